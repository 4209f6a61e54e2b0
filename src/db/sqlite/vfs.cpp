#include "db/sqlite/vfs.hpp"

#include "base/fault.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <new>

// SQLite's file interface is C: objects are recognised by their first member and carved out of memory that
// the library hands over. NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast)

namespace usher::db {
namespace {

/// What SQLite holds as a file of ours; the system's own file object follows it in the same memory.
struct File {
  sqlite3_file base;
  Vfs* vfs;
  FileKind kind;
};

static_assert(offsetof(File, base) == 0 && sizeof(File) % alignof(sqlite3_int64) == 0);

File& ours(sqlite3_file* file)
{
  return *reinterpret_cast<File*>(file);
}

sqlite3_file* below(sqlite3_file* file)
{
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(file) + sizeof(File));
}

int before(sqlite3_file* file, FileCall call)
{
  return ours(file).vfs->before(ours(file).kind, call);
}

int close_file(sqlite3_file* file)
{
  return below(file)->pMethods->xClose(below(file));
}

int read_file(sqlite3_file* file, void* into, int size, sqlite3_int64 at)
{
  if (const int code = before(file, FileCall::read); code != SQLITE_OK) {
    return code;
  }
  return below(file)->pMethods->xRead(below(file), into, size, at);
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at)
{
  if (const int code = before(file, FileCall::write); code != SQLITE_OK) {
    return code;
  }
  return below(file)->pMethods->xWrite(below(file), from, size, at);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size)
{
  if (const int code = before(file, FileCall::truncate); code != SQLITE_OK) {
    return code;
  }
  return below(file)->pMethods->xTruncate(below(file), size);
}

int sync_file(sqlite3_file* file, int flags)
{
  return ours(file).vfs->sync(ours(file).kind, file, flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size)
{
  return below(file)->pMethods->xFileSize(below(file), size);
}

int lock_file(sqlite3_file* file, int level)
{
  return below(file)->pMethods->xLock(below(file), level);
}

int unlock_file(sqlite3_file* file, int level)
{
  return below(file)->pMethods->xUnlock(below(file), level);
}

int check_reserved_lock(sqlite3_file* file, int* locked)
{
  return below(file)->pMethods->xCheckReservedLock(below(file), locked);
}

int file_control(sqlite3_file* file, int operation, void* argument)
{
  return below(file)->pMethods->xFileControl(below(file), operation, argument);
}

int sector_size(sqlite3_file* file)
{
  return below(file)->pMethods->xSectorSize(below(file));
}

int device_characteristics(sqlite3_file* file)
{
  return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

int shm_map(sqlite3_file* file, int region, int size, int extend, volatile void** memory)
{
  return below(file)->pMethods->xShmMap(below(file), region, size, extend, memory);
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags)
{
  return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}

void shm_barrier(sqlite3_file* file)
{
  below(file)->pMethods->xShmBarrier(below(file));
}

int shm_unmap(sqlite3_file* file, int remove)
{
  return below(file)->pMethods->xShmUnmap(below(file), remove);
}

// Version 2: shared memory for the log, but no memory-mapped pages.
constexpr sqlite3_io_methods methods{
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

FileKind kind_of(int flags)
{
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
    return FileKind::database;
  }
  return (flags & SQLITE_OPEN_WAL) != 0 ? FileKind::log : FileKind::other;
}

int open_file(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* flags_got)
{
  auto* owner = static_cast<Vfs*>(vfs->pAppData);
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): placed in memory that SQLite owns
  File* opened = new (file) File{.base = {}, .vfs = owner, .kind = kind_of(flags)};
  below(file)->pMethods = nullptr;
  sqlite3_vfs& system = owner->system();
  const int code = system.xOpen(&system, name, below(file), flags, flags_got);
  // With methods SQLITE closes the file even when opening it failed; without, it does not.
  if (below(file)->pMethods != nullptr) {
    opened->base.pMethods = &methods;
  }
  return code;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder)
{
  sqlite3_vfs& system = static_cast<Vfs*>(vfs->pAppData)->system();
  return system.xDelete(&system, name, sync_folder);
}

int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* answer)
{
  sqlite3_vfs& system = static_cast<Vfs*>(vfs->pAppData)->system();
  return system.xAccess(&system, name, flags, answer);
}

int full_pathname(sqlite3_vfs* vfs, const char* name, int size, char* into)
{
  sqlite3_vfs& system = static_cast<Vfs*>(vfs->pAppData)->system();
  return system.xFullPathname(&system, name, size, into);
}

bool settled()
{
  // No global memory counters (a contended mutex), no mutex in connections, no "file:" paths.
  // C's way to pass options. NOLINTBEGIN(cppcoreguidelines-pro-type-vararg)
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK &&
         sqlite3_config(SQLITE_CONFIG_MULTITHREAD) == SQLITE_OK &&
         sqlite3_config(SQLITE_CONFIG_URI, 0) == SQLITE_OK && sqlite3_initialize() == SQLITE_OK;
  // NOLINTEND(cppcoreguidelines-pro-type-vararg)
}

sqlite3_vfs* system_files()
{
  settle_library();
  return sqlite3_vfs_find(nullptr);
}

std::string next_name()
{
  static std::atomic<std::uint64_t> opened{0};
  return "usher-" + std::to_string(opened.fetch_add(1));
}

}  // namespace

void settle_library()
{
  static const bool done = settled();
  USHER_ASSERT(done);
}

// The system's table is copied, so that everything not named here (time, randomness, sleep) stays its own.
Vfs::Vfs(Hook hook) : hook_{std::move(hook)}, name_{next_name()}, system_{system_files()}, own_{*system_}
{
  own_.szOsFile = static_cast<int>(sizeof(File)) + system_->szOsFile;
  own_.pNext = nullptr;
  own_.zName = name_.c_str();
  own_.pAppData = this;
  own_.xOpen = open_file;
  own_.xDelete = delete_file;
  own_.xAccess = access_file;
  own_.xFullPathname = full_pathname;
  if (sqlite3_vfs_register(&own_, 0) != SQLITE_OK) {
    throw Fault{"sqlite: no memory for a file layer"};
  }
}

Vfs::~Vfs()
{
  sqlite3_vfs_unregister(&own_);
}

int Vfs::sync(FileKind kind, sqlite3_file* file, int flags)
{
  if (kind == FileKind::log) {
    log_syncs_.fetch_add(1, std::memory_order_relaxed);
  }
  if (kind == FileKind::database && !trusted()) {
    return SQLITE_IOERR_FSYNC;
  }
  int code = before(kind, FileCall::sync);
  if (code == SQLITE_OK) {
    code = below(file)->pMethods->xSync(below(file), flags);
  }
  if (code != SQLITE_OK && kind == FileKind::database) {
    untrusted_.store(true, std::memory_order_relaxed);
  }
  return code;
}

}  // namespace usher::db

// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
