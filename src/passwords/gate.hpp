#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"
#include "passwords/hasher.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace usher::passwords {

struct Options {
  std::size_t memory_kib{19UL * 1024};       ///< passwords.memory_kib; never under the ASVS floor
  unsigned passes{2};                        ///< passwords.passes
  std::size_t threads{0};                    ///< passwords.threads; 0: one per core
  std::size_t queue_max{256};                ///< passwords.queue_max
  std::chrono::milliseconds wait_max{5000};  ///< passwords.wait_max: waiting longer than this is refused
  int niceness{5};                           ///< passwords.niceness of the hashing threads
  std::size_t length_min{8};                 ///< passwords.length_min, code points after NFC
  std::size_t length_max{256};               ///< passwords.length_max, code points after NFC
  int strength_min{2};                       ///< passwords.strength_min: zxcvbn score 0 to 4
};

/// The only place where passwords are hashed: a bounded pool of threads at lower priority. The permit belongs
/// to the work, not to the connection: work owns what it needs and is done even when nobody waits for it any
/// more. Refuses with server_busy (Retry-After) when the queue is full or the wait was too long. Throws
/// PassingFault when there is no memory for a hash. A loop may end while it awaits this, and this may end
/// while loops await it: what still waits is refused.
class Gate {
 public:
  explicit Gate(Options options);
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate();

  /// Resumes on the awaiting loop. An empty `stored` (unknown user) costs the same work and does not match.
  /// `password` and `stored` are moved into the work.
  Task<Result<Verdict>> verify(Secret password, std::string stored);
  /// A new Argon2id hash in PHC text form. Refuses with fields_invalid what no policy lets through: more than
  /// password_bytes_max.
  Task<Result<std::string>> hash(Secret password);

  /// Blocking, for the command line and tests.
  std::string hash_now(const Secret& password) const;

  std::size_t waiting() const noexcept;   ///< work that no thread has begun
  std::uint64_t hashed() const noexcept;  ///< hashes computed so far

 private:
  class Pool;
  struct Job;
  Task<> done(Job job);

  Hasher hasher_;
  std::unique_ptr<Pool> pool_;  ///< ends before the hasher
};

}  // namespace usher::passwords
