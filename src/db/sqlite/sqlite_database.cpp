#include "db/sqlite/sqlite_database.hpp"

#include "base/result.hpp"
#include "db/listeners.hpp"
#include "db/migrations.hpp"
#include "db/sqlite/checkpointer.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/error.hpp"
#include "db/sqlite/hooked.hpp"
#include "db/sqlite/progress.hpp"
#include "db/sqlite/sqlite_reader.hpp"
#include "db/sqlite/vfs.hpp"
#include "db/sqlite/writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace usher::db {
namespace {

/// "ushr": how file(1) and we recognise a database of ours.
constexpr std::int64_t application_id = 0x75736872;

constexpr Dialect dialect{.identity = "INTEGER PRIMARY KEY AUTOINCREMENT", .blob = "BLOB"};

/// Another process may be at its own migrations, and those take as long as they take.
constexpr auto migrate_patience = std::chrono::minutes{1};

/// The descriptor, closed at the end of the scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_{number} {}

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  ~Descriptor()
  {
    if (number_ >= 0) {
      ::close(number_);
    }
  }

  int get() const noexcept { return number_; }

 private:
  int number_;
};

[[noreturn]] void fail_with_errno(const std::string& doing)
{
  throw Fault{doing + ": " + std::generic_category().message(errno)};
}

/// An empty file that only its owner may read; SQLite gives its companions the same mode. Never opens a file
/// that is there already: closing it would drop the locks that this process holds on it.
void create_when_absent(const std::string& path)
{
  constexpr mode_t owner_only = 0600;
  // POSIX's way to pass a mode. NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg)
  const Descriptor file{::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, owner_only)};
  if (file.get() < 0) {
    if (errno == EEXIST) {
      return;
    }
    fail_with_errno("cannot create " + path);
  }
  const auto parent = std::filesystem::absolute(path).parent_path();
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg)
  const Descriptor folder{::open(parent.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC)};
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) {
    fail_with_errno("cannot sync the folder of " + path);
  }
}

/// Looks before anything is changed: switching another program's database to our journal would do harm.
void refuse_strangers(Connection connection)
{
  const bool empty = connection.number("SELECT count(*) FROM sqlite_schema") == 0;
  if (!empty && connection.number("PRAGMA application_id") != application_id) {
    throw Fault{"it is a database of another program"};
  }
}

void mark_as_ours(Connection& connection)
{
  if (connection.number("PRAGMA application_id") != application_id) {
    connection.run("PRAGMA application_id = " + std::to_string(application_id));
  }
}

Connection open_first(const std::string& path, const Vfs& vfs)
{
  create_when_absent(path);
  try {
    refuse_strangers({path, vfs, Connection::Use::read});
    Connection connection{path, vfs, Connection::Use::write};
    mark_as_ours(connection);
    return connection;
  } catch (const Fault& fault) {
    throw Fault{"cannot open " + path + ": " + fault.what()};
  }
}

/// In a handler only.
void rethrow_after(std::chrono::steady_clock::time_point deadline)
{
  if (std::chrono::steady_clock::now() > deadline) {
    throw;
  }
}

SqliteOptions completed(SqliteOptions options)
{
  if (!options.report) {
    options.report = [](std::string_view) {};
  }
  return options;
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(SqliteOptions options, Vfs::Hook hook)
      : options_{completed(std::move(options))},
        vfs_{std::move(hook)},
        first_{open_first(options_.path, vfs_)},
        checkpointer_{Connection{options_.path, vfs_, Connection::Use::checkpoint}, vfs_, options_.report},
        writer_{
            std::move(first_),
            {.listeners = listeners_,
             .checkpointer = checkpointer_,
             .progress = progress_,
             .options = options_}
        }
  {
  }

  void submit(std::unique_ptr<Unit> unit) override { writer_.submit(std::move(unit)); }

  std::unique_ptr<Reader> open_reader() override
  {
    return std::make_unique<SqliteReader>(
        Connection{options_.path, vfs_, Connection::Use::read}, progress_.commits
    );
  }

  void listen(std::string_view channel, std::function<void(Tx&)> heard) override
  {
    listeners_.add(channel, std::move(heard));
  }

  int migrate(std::span<const Migration> migrations) override
  {
    const auto deadline = std::chrono::steady_clock::now() + migrate_patience;
    while (true) {
      try {
        return migrate_once(migrations);
      } catch (const Locked&) {
        rethrow_after(deadline);
      }
    }
  }

  Counts counts() const noexcept override
  {
    return {
        .commits = progress_.commits.load(std::memory_order_relaxed),
        .units = progress_.units.load(std::memory_order_relaxed),
        .syncs = vfs_.log_syncs(),
        .faults = progress_.faults.load(std::memory_order_relaxed),
    };
  }

 private:
  int migrate_once(std::span<const Migration> migrations)
  {
    int applied = 0;
    transact([&](Tx& tx) {
      auto& own = dynamic_cast<SqliteTx&>(tx);
      applied = apply(tx, migrations, dialect, [&own](const std::string& sql) { own.script(sql); });
      return Verdict::commit;
    });
    return applied;
  }

  SqliteOptions options_;
  Vfs vfs_;
  Progress progress_;
  Listeners listeners_;
  Connection first_;  ///< until the writer has it
  Checkpointer checkpointer_;
  Writer writer_;
};

}  // namespace

std::unique_ptr<Database> open_sqlite(SqliteOptions options)
{
  return open_hooked(std::move(options), {});
}

std::unique_ptr<Database> open_hooked(SqliteOptions options, Vfs::Hook hook)
{
  return std::make_unique<SqliteDatabase>(std::move(options), std::move(hook));
}

}  // namespace usher::db
