#include "features/sessions/live.hpp"

#include "base/result.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace usher::sessions {
namespace {

constexpr std::size_t slots_at_first = 1024;

/// The finalizer of splitmix64: every bit of the key moves every bit of the place.
std::uint64_t mixed(std::uint64_t key)
{
  key = (key ^ (key >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  key = (key ^ (key >> 27U)) * 0x94d049bb133111ebULL;
  return key ^ (key >> 31U);
}

/// The random half of a version 7 id; never 0, which marks a free slot.
std::uint64_t key_of(const Uuid& session)
{
  return session.low == 0 ? 1 : session.low;
}

struct Entry {
  std::uint64_t key;
  std::int64_t value;
  bool user;
  Revoked::Stamp at;
};

}  // namespace

/// Open addressing, insert-only: a slot's value is written before its key appears, and from then on only
/// grows. One writer; readers see a whole entry or none.
class Revoked::Table {
 public:
  explicit Table(std::size_t slots) : slots_(slots), mask_{slots - 1} {}

  std::size_t size() const noexcept { return used_; }

  bool crowded() const noexcept { return used_ * 2 >= slots_.size(); }

  /// 0 when the key is not there.
  std::int64_t value_of(std::uint64_t key) const noexcept
  {
    const Slot& slot = slots_[place_of(key)];
    // The key is looked at again: a free slot may be on its way to becoming another key's.
    return slot.key.load(std::memory_order_acquire) == key ? slot.value.load(std::memory_order_acquire) : 0;
  }

  void raise(const Entry& entry)
  {
    Slot& slot = slots_[place_of(entry.key)];
    if (slot.value.load(std::memory_order_relaxed) < entry.value) {
      slot.value.store(entry.value, std::memory_order_release);
    }
    if (slot.key.load(std::memory_order_relaxed) == 0) {
      slot.key.store(entry.key, std::memory_order_release);
      ++used_;
    }
  }

 private:
  struct Slot {
    std::atomic<std::uint64_t> key{0};
    std::atomic<std::int64_t> value{0};
  };

  /// Where the key is, or the free slot where it would be. There always is one: half of them are free.
  std::size_t place_of(std::uint64_t key) const noexcept
  {
    std::size_t place = mixed(key) & mask_;
    while (true) {
      const std::uint64_t found = slots_[place].key.load(std::memory_order_acquire);
      if (found == key || found == 0) {
        return place;
      }
      place = (place + 1) & mask_;
    }
  }

  std::vector<Slot> slots_;
  std::size_t mask_;
  std::size_t used_{0};  ///< the writer's
};

/// What readers see; replaced whole when a table has to grow or is swept, filled in place otherwise.
class Revoked::Tables {
 public:
  Tables(std::size_t session_slots, std::size_t user_slots)
      : sessions{std::make_unique<Table>(session_slots)}, users{std::make_unique<Table>(user_slots)}
  {
  }

  // Behind pointers, so that the writer may add to what readers hold as const: their slots are atomics.
  std::unique_ptr<Table> sessions;  ///< key -> 1
  std::unique_ptr<Table> users;     ///< id -> the lowest generation alive
};

class Revoked::Writer {
 public:
  explicit Writer(std::chrono::seconds life) : life_{life} {}

  void catch_up(db::Tx& tx)
  {
    const std::lock_guard lock{mutex_};
    while (true) {
      const std::vector<Revocation> batch = revocations_since(tx, last_);
      take(batch, std::chrono::steady_clock::now());
      if (batch.size() < static_cast<std::size_t>(revocations_batch)) {
        return;
      }
    }
  }

  void start_after(std::int64_t seq)
  {
    const std::lock_guard lock{mutex_};
    last_ = seq;
  }

  void apply(std::span<const Revocation> batch, Stamp at)
  {
    const std::lock_guard lock{mutex_};
    take(batch, at);
  }

  std::size_t size()
  {
    const std::lock_guard lock{mutex_};
    return tables_->sessions->size() + tables_->users->size();
  }

  const Published<Tables>& published() const noexcept { return published_; }

 private:
  void take(std::span<const Revocation> batch, Stamp at)
  {
    forget_old(at);
    for (const Revocation& revocation : batch) {
      if (revocation.session) {
        add({.key = key_of(*revocation.session), .value = 1, .user = false, .at = at});
      } else {
        const auto user = static_cast<std::uint64_t>(revocation.user.value);
        add({.key = user, .value = revocation.generation, .user = true, .at = at});
      }
      last_ = std::max(last_, revocation.seq);
    }
  }

  void add(const Entry& entry)
  {
    log_.push_back(entry);
    if (table_for(entry).crowded()) {
      rebuild();  // with the new entry, which is in the log
      return;
    }
    table_for(entry).raise(entry);
  }

  Table& table_for(const Entry& entry) { return entry.user ? *tables_->users : *tables_->sessions; }

  /// Only once half of all are old, so that the work stays in proportion to what is added.
  void forget_old(Stamp now)
  {
    if (log_.empty() || log_[log_.size() / 2].at + life_ >= now) {
      return;
    }
    while (!log_.empty() && log_.front().at + life_ < now) {
      log_.pop_front();
    }
    rebuild();
  }

  void rebuild()
  {
    std::size_t users = 0;
    for (const Entry& entry : log_) {
      users += entry.user ? 1 : 0;
    }
    auto fresh = std::make_shared<Tables>(slots_for(log_.size() - users), slots_for(users));
    for (const Entry& entry : log_) {
      (entry.user ? *fresh->users : *fresh->sessions).raise(entry);
    }
    tables_ = std::move(fresh);
    published_.publish(tables_);
  }

  static std::size_t slots_for(std::size_t entries)
  {
    std::size_t slots = slots_at_first;
    while (slots < entries * 4) {
      slots *= 2;
    }
    return slots;
  }

  const std::chrono::seconds life_;
  std::mutex mutex_;
  std::int64_t last_{0};
  std::deque<Entry> log_;
  std::shared_ptr<Tables> tables_{std::make_shared<Tables>(slots_at_first, slots_at_first)};
  Published<Tables> published_{tables_};
};

Revoked::Revoked(std::chrono::seconds life) : life_{life}, writer_{std::make_shared<Writer>(life)} {}

Revoked::~Revoked() = default;

void Revoked::follow(db::Database& database)
{
  const auto last = [](db::Tx& tx) { return Result<std::int64_t>{last_revocation(tx)}; };
  writer_->start_after(database.read_now(last).value());
  database.listen("revocations", [writer = writer_](db::Tx& tx) { writer->catch_up(tx); });
  // What was committed between the two.
  (void)database.read_now([this](db::Tx& tx) {
    writer_->catch_up(tx);
    return Result<Done>{Done{}};
  });
}

void Revoked::apply(std::span<const Revocation> batch, Stamp at)
{
  writer_->apply(batch, at);
}

std::size_t Revoked::size() const
{
  return writer_->size();
}

Revoked::View::View(const Revoked& revoked) : tables_{revoked.writer_->published()} {}

bool Revoked::View::is_dead(const Uuid& session, std::int64_t user, std::int64_t generation)
{
  const Tables& tables = tables_.get();
  return tables.sessions->value_of(key_of(session)) != 0 ||
         generation < tables.users->value_of(static_cast<std::uint64_t>(user));
}

}  // namespace usher::sessions
