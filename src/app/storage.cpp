#include "app/storage.hpp"

#include "app/migrations.hpp"
#include "app/start_fault.hpp"
#include "crypto/base64url.hpp"
#include "crypto/random.hpp"
#include "db/sqlite/sqlite_database.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

namespace usher::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t master_key_bytes = 32;

/// A file descriptor with one owner.
class File {
 public:
  explicit File(int fd) : fd_{fd} {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File()
  {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }

  int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

std::string reason()
{
  return std::generic_category().message(errno);
}

void make_data_dir(const std::string& dir)
{
  std::error_code failed;
  if (fs::is_directory(dir, failed)) {
    return;
  }
  const fs::path parent = fs::path{dir}.parent_path();
  if (!parent.empty()) {
    fs::create_directories(parent, failed);
  }
  if (::mkdir(dir.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    throw StartFault{
        errno == EACCES ? EX_NOPERM : EX_CANTCREAT,
        "data.dir = \"" + dir + "\" cannot be made (" + reason() + "); name another folder with --data"
    };
  }
}

std::optional<Secret> decoded(std::string_view text)
{
  auto bytes = crypto::from_base64url(text);
  if (!bytes || bytes->size() != master_key_bytes) {
    return std::nullopt;
  }
  return Secret{*std::move(bytes)};
}

void check_private(const std::string& path, const struct stat& status)
{
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw StartFault{EX_NOPERM, path + " may be read by others; run: chmod 600 " + path};
  }
}

std::optional<std::string> read_key_file(const std::string& path)
{
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is one
  const File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd() < 0) {
    if (errno == ENOENT) {
      return std::nullopt;
    }
    throw StartFault{
        EX_NOPERM, path + " cannot be read (" + reason() + "); it must belong to the user that runs usher"
    };
  }
  struct stat status{};
  if (::fstat(file.fd(), &status) == 0) {
    check_private(path, status);
  }
  std::array<char, 256> text{};
  const auto length = ::read(file.fd(), text.data(), text.size());
  std::string key{text.data(), static_cast<std::size_t>(length > 0 ? length : 0)};
  if (key.ends_with('\n')) {
    key.pop_back();
  }
  return key;
}

/// A name is on disk only once its folder is.
bool sync_folder(const std::string& folder)
{
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg)
  const File file{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return file.fd() >= 0 && ::fsync(file.fd()) == 0;
}

/// Written beside and linked to its name, so that a crash never leaves half a key.
void write_key_file(const std::string& path, const std::string& key)
{
  const std::string beside = path + "." + std::to_string(::getpid());
  const std::string line = key + "\n";
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg)
  const File file{::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  const bool written = file.fd() >= 0 &&
                       ::write(file.fd(), line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                       ::fsync(file.fd()) == 0;
  // link() and not rename(): of two starts at once, the first one's key stays.
  const bool named = written && (::link(beside.c_str(), path.c_str()) == 0 || errno == EEXIST) &&
                     sync_folder(fs::path{path}.parent_path());
  const std::string why = reason();
  ::unlink(beside.c_str());
  if (!named) {
    throw StartFault{
        EX_CANTCREAT, path + " cannot be written (" + why + "); make the data directory writable"
    };
  }
}

/// Password hashes are for nobody else. SQLite's companions inherit the database's mode.
void check_database_private(const std::string& file)
{
  for (const std::string_view companion : {"", "-wal", "-shm"}) {
    std::string path = file;
    path += companion;
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0) {
      check_private(path, status);
    }
  }
}

}  // namespace

Opened open_database(
    const config::Config& config, Missing missing, const std::function<void(std::string_view)>& report
)
{
  const std::string file = config.data.database_file();
  std::error_code failed;
  const bool there = fs::exists(file, failed);
  if (!there && missing == Missing::refuse) {
    throw StartFault{
        EX_NOINPUT,
        "there is no database at " + file +
            "; run `usher init-db` or `usher serve` to make it, or name "
            "its folder with --data"
    };
  }
  make_data_dir(config.data.dir);
  check_database_private(file);
  Opened opened{
      .database = db::open_sqlite(
          {.path = file,
           .queue_max = config.data.queue_max,
           .batch_max = config.data.batch_max,
           .report = report}
      ),
      .created = !there
  };
  opened.migrations = opened.database->migrate(all_migrations());
  return opened;
}

crypto::MasterKey open_master_key(const config::Config& config, Missing missing)
{
  if (!config.master.key.empty()) {
    auto key = decoded(config.master.key.reveal());
    if (!key) {
      throw StartFault{
          EX_CONFIG,
          "master.key is not 32 bytes of base64url; make one with: head -c 32 /dev/urandom | basenc "
          "--base64url | tr -d ="
      };
    }
    return crypto::MasterKey{*std::move(key)};
  }
  const std::string path = config.data.dir + "/master.key";
  auto text = read_key_file(path);
  if (!text && missing == Missing::create) {
    write_key_file(path, crypto::random_token(master_key_bytes));
    text = read_key_file(path);
  }
  if (!text) {
    throw StartFault{
        EX_NOINPUT,
        "there is no " + path +
            ", and USHER_MASTER_KEY is not set; without the key that sealed them, the "
            "signing keys in the database cannot be read"
    };
  }
  auto key = decoded(*text);
  if (!key) {
    throw StartFault{
        EX_DATAERR, path + " is not 32 bytes of base64url; put the right key back from a backup"
    };
  }
  return crypto::MasterKey{*std::move(key)};
}

}  // namespace usher::app
