#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace usher::db {

/// Sets the library's options for the whole process; they can be set only before its first use. Every Vfs
/// does it.
void settle_library();

enum class FileKind { database, log, other };
enum class FileCall { read, write, sync, truncate };

/// A thin layer between SQLite and the system's files, one for each open database.
///
/// It counts the syncs of the write-ahead log, and it knows one rule: a database file whose fsync failed once
/// is never trusted again, so every later fsync of it fails too. The kernel marks the pages of a failed fsync
/// clean, and the next fsync would succeed without having written them; with this rule no checkpoint
/// completes after such a failure, the log (which has everything) is kept, and the next start copies it anew.
class Vfs {
 public:
  /// For tests: called before each call to a file; what it returns, unless SQLITE_OK, is the call's outcome.
  using Hook = std::function<int(FileKind, FileCall)>;

  explicit Vfs(Hook hook);
  Vfs(const Vfs&) = delete;
  Vfs& operator=(const Vfs&) = delete;
  ~Vfs();

  /// To be handed to sqlite3_open_v2; every connection closes before this object dies.
  const char* name() const noexcept { return name_.c_str(); }

  std::uint64_t log_syncs() const noexcept { return log_syncs_.load(std::memory_order_relaxed); }

  bool trusted() const noexcept { return !untrusted_.load(std::memory_order_relaxed); }

  /// For the layer's own functions.
  int before(FileKind kind, FileCall call) const { return hook_ ? hook_(kind, call) : SQLITE_OK; }
  int sync(FileKind kind, sqlite3_file* file, int flags);

  sqlite3_vfs& system() const noexcept { return *system_; }

 private:
  Hook hook_;
  std::string name_;
  sqlite3_vfs* system_;
  sqlite3_vfs own_{};
  std::atomic<std::uint64_t> log_syncs_{0};
  std::atomic<bool> untrusted_{false};
};

}  // namespace usher::db
