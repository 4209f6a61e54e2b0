#pragma once

#include "key_store.hpp"
#include "revocation_set.hpp"
#include "usher_verify.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

namespace usher::verify {

/// The feed as one process knows it: takes in signed statements, answers for tokens. Any thread.
class Feed {
 public:
  /// `keys` must outlive it.
  Feed(KeyStore& keys, std::string issuer, seconds leeway)
      : keys_{keys}, issuer_{std::move(issuer)}, set_{leeway}
  {
  }

  /// Holds a statement against the keys, and adds it to the set. `later`: its key is not here yet, but may
  /// come.
  enum class Taken { newest, older, refused, later };
  Taken take(std::string_view jws, Moment now);
  /// For what cannot be a statement at all: too long, for one.
  void count_refused() noexcept { refused_.fetch_add(1, std::memory_order_relaxed); }

  struct Standing {
    bool is_revoked{false};
    std::optional<milliseconds> age{};
    std::optional<seconds> keep{};
    std::chrono::system_clock::time_point service_time{};  ///< it is no earlier
  };
  Standing standing(SessionId session, const Claims& claims, Moment now) const;

  RevocationSet::Missing missing() const;
  std::int64_t have() const;
  /// Nothing: it was never complete.
  std::optional<milliseconds> age(Moment now) const;
  std::int64_t heard() const;
  void set_streaming(bool streaming) noexcept { streaming_.store(streaming, std::memory_order_relaxed); }
  Status status(Moment now) const;

 private:
  Taken refuse() noexcept;

  KeyStore& keys_;
  std::string issuer_;
  mutable std::shared_mutex mutex_;
  RevocationSet set_;
  std::atomic<bool> streaming_{false};
  std::atomic<std::uint64_t> refused_{0};
};

}  // namespace usher::verify
