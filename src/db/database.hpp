#pragma once

#include "base/fault.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace usher::db {

using Blob = std::span<const std::byte>;

/// A UNIQUE or PRIMARY KEY said no: the value is there already. The store that expects it catches it and
/// turns it into a refusal; only the one statement was undone, and the transaction goes on.
class Taken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A FOREIGN KEY said no: the row it points at is not there (any more). As Taken: the transaction goes on.
class Orphan : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An argument of a statement; borrows text and bytes for the length of the call.
class Value {
 public:
  // Implicit, so that arguments read as a list: {id.value, name, expires}.
  // NOLINTBEGIN(google-explicit-constructor)
  Value(std::nullptr_t) {}
  Value(std::int64_t number) : held_{number} {}
  Value(int number) : held_{std::int64_t{number}} {}
  Value(std::string_view text) : held_{text} {}
  Value(const std::string& text) : held_{std::string_view{text}} {}
  Value(const char* text) : held_{std::string_view{text}} {}
  Value(Blob bytes) : held_{bytes} {}
  template <class T>
  Value(const std::optional<T>& value) : Value{value ? Value{*value} : Value{nullptr}}
  {
  }
  Value(bool) = delete;
  // NOLINTEND(google-explicit-constructor)

  using Held = std::variant<std::nullptr_t, std::int64_t, std::string_view, Blob>;

  const Held& held() const noexcept { return held_; }

 private:
  Held held_{nullptr};
};

using Args = std::initializer_list<Value>;

/// The row a statement stands on. Columns by position, in the order the SELECT names them. Views die with the
/// next row. Asking for the wrong type is a bug and ends in an assertion.
class Row {
 public:
  Row() = default;
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;
  virtual ~Row() = default;

  virtual bool null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual Blob blob(int column) const = 0;

  std::optional<std::string> maybe_text(int column) const
  {
    return null(column) ? std::nullopt : std::optional{std::string{text(column)}};
  }
};

/// A transaction in progress. Stores are free functions over one of these; they never begin or end it.
///
/// Statements are written once, in the SQL that SQLite and PostgreSQL share ($1 parameters, RETURNING,
/// ON CONFLICT), as string literals: the driver keeps each prepared. Every call may throw Fault, Taken or
/// Orphan. Constraints are immediate: a deferred one would fail the commit that other units share.
class Tx {
 public:
  using Visit = std::function<void(const Row&)>;

  Tx() = default;
  Tx(const Tx&) = delete;
  Tx& operator=(const Tx&) = delete;
  virtual ~Tx() = default;

  /// Calls `visit` for each row of the answer. No other statement may run inside `visit`.
  virtual void each(std::string_view sql, Args args, const Visit& visit) = 0;

  /// For statements without an answer; hands back how many rows they changed.
  virtual std::int64_t execute(std::string_view sql, Args args = {}) = 0;

  /// Tells every listener of `channel`, on every node, once (and only if) this transaction has committed.
  /// On this node they have been called before the writer learns of its success.
  virtual void notify(std::string_view channel) = 0;

  /// The one row, mapped, or nothing.
  template <class Map>
  std::optional<std::invoke_result_t<Map, const Row&>> one(std::string_view sql, Args args, Map map)
  {
    std::optional<std::invoke_result_t<Map, const Row&>> found;
    each(sql, args, [&](const Row& row) {
      if (!found) {
        found.emplace(map(row));
      }
    });
    return found;
  }

  template <class Map>
  std::vector<std::invoke_result_t<Map, const Row&>> all(std::string_view sql, Args args, Map map)
  {
    std::vector<std::invoke_result_t<Map, const Row&>> found;
    each(sql, args, [&](const Row& row) { found.push_back(map(row)); });
    return found;
  }
};

enum class Verdict { commit, rollback };

/// One unit of work for the writer. The writer owns it from submit() on.
class Unit {
 public:
  Unit() = default;
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;
  virtual ~Unit() = default;

  /// On the writer's thread, inside its own savepoint; may run again after a retry. Throws Fault to fail
  /// alone.
  virtual Verdict run(Tx& tx) = 0;

  /// Once, after the commit (or its failure: `fault` is set) is decided and on disk. On the writer's thread,
  /// or inside submit() when the unit is turned away there.
  virtual void finish(std::exception_ptr fault) noexcept = 0;
};

/// One thread's read-only door: sees every transaction that was committed before the call.
class Reader {
 public:
  Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  virtual ~Reader() = default;

  /// Runs `work` in a read transaction. Calls close together may share one snapshot, but never an old one.
  virtual void read(const std::function<void(Tx&)>& work) = 0;

  /// Ends a snapshot that read() kept open; the network loop calls it when it has nothing more to do.
  virtual void release() noexcept = 0;

  /// True between a read() that kept its snapshot and release().
  virtual bool holds() const noexcept = 0;
};

struct Migration {
  int number;
  std::string_view name;
  /// Both engines' SQL; ${identity} stands for "a 64-bit key that is never reused", ${blob} for bytes.
  std::string_view sql;
};

/// What the engine has done since it was opened; for the metrics.
struct Counts {
  std::uint64_t commits{};  ///< transactions on disk
  std::uint64_t units{};    ///< units of work in them
  std::uint64_t syncs{};    ///< fsync/fdatasync calls for commits
  std::uint64_t faults{};
};

/// Where the rows live. Thread-safe.
class Database {
 public:
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database() = default;

  /// Queues `unit`; never blocks. After close(), or when the queue is full, finish() gets a PassingFault.
  virtual void submit(std::unique_ptr<Unit> unit) = 0;

  /// A door for the calling thread; to be used and destroyed on it, before the database.
  virtual std::unique_ptr<Reader> open_reader() = 0;

  /// `heard` is called after each commit (of any node or process, at the latest a second after it) that
  /// notified `channel`, on one of the database's threads, with a transaction to read what is new.
  /// Register before the first write.
  virtual void listen(std::string_view channel, std::function<void(Tx&)> heard) = 0;

  /// Brings the schema up to the last of `migrations` in one transaction; hands back how many were applied.
  /// Throws Fault when the database is newer than this program.
  virtual int migrate(std::span<const Migration> migrations) = 0;

  virtual Counts counts() const noexcept = 0;

  /// Blocking write for the command line and tests: commit on a value, rollback on an Error.
  template <class Work>
  std::invoke_result_t<Work&, Tx&> write_now(Work work);

  /// Blocking read on a short-lived reader.
  template <class Work>
  std::invoke_result_t<Work&, Tx&> read_now(Work work);

 protected:
  /// Submits and waits. Rethrows the fault.
  void transact(const std::function<Verdict(Tx&)>& work);
};

template <class Work>
std::invoke_result_t<Work&, Tx&> Database::write_now(Work work)
{
  std::optional<std::invoke_result_t<Work&, Tx&>> outcome;
  transact([&](Tx& tx) {
    outcome.emplace(work(tx));
    return outcome->has_value() ? Verdict::commit : Verdict::rollback;
  });
  return *std::move(outcome);  // NOLINT(bugprone-unchecked-optional-access): the work ran, or threw
}

template <class Work>
std::invoke_result_t<Work&, Tx&> Database::read_now(Work work)
{
  std::optional<std::invoke_result_t<Work&, Tx&>> outcome;
  open_reader()->read([&](Tx& tx) { outcome.emplace(work(tx)); });
  return *std::move(outcome);  // NOLINT(bugprone-unchecked-optional-access): the work ran, or threw
}

}  // namespace usher::db
