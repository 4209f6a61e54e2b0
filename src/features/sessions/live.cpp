#include "features/sessions/live.hpp"

#include "base/result.hpp"
#include "features/sessions/tables.hpp"

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

namespace usher::sessions {
namespace {

History::Entry entry_of(const Revocation& revocation)
{
  return {
      .seq = revocation.seq,
      .session = revocation.session,
      .user = {.id = revocation.user.value, .generation = revocation.generation},
  };
}

}  // namespace

/// What readers see; replaced whole when a table has to grow or is swept, filled in place otherwise.
class Revoked::Tables {
 public:
  Tables(std::size_t session_count, std::size_t user_count)
      : sessions{std::make_unique<SessionTable>(session_count)},
        users{std::make_unique<GenerationTable>(user_count)}
  {
  }

  // Behind pointers, so that the writer may add to what readers hold as const: their slots are atomics.
  std::unique_ptr<SessionTable> sessions;
  std::unique_ptr<GenerationTable> users;
};

/// Tables belong to who holds `writing_`; the history changes under both locks, so that whoever asks what is
/// new waits for a copy at most, never for a table to be rebuilt.
class Revoked::Writer {
 public:
  explicit Writer(std::chrono::seconds life) : history_{life} {}

  /// What the database still has from `since` on. What is older, and what is missing in between, counts as
  /// forgotten.
  void load(db::Tx& tx, Instant since)
  {
    const Stamp at = std::chrono::steady_clock::now();
    const std::scoped_lock lock{writing_, reading_};
    while (true) {
      const std::vector<Revocation> batch = revocations_since(tx, history_.seq());
      for (const Revocation& revocation : batch) {
        if (revocation.at < since || revocation.is_mark()) {
          history_.start_after(revocation.seq);
        } else {
          history_.start_after(revocation.seq - 1);  // of which some may be missing
          history_.add(entry_of(revocation), at, batch.size());
        }
      }
      if (batch.size() < static_cast<std::size_t>(revocations_batch)) {
        break;
      }
    }
    rebuild();
    seq_.store(history_.seq(), std::memory_order_release);
  }

  /// A database is not put back to an older state under a running process, so numbers only grow here.
  void catch_up(db::Tx& tx)
  {
    const std::lock_guard lock{writing_};
    try {
      read_on(tx);
    } catch (...) {
      behind_.store(true, std::memory_order_release);
      throw;
    }
    behind_.store(false, std::memory_order_release);  // after the number: see is_behind()
  }

  void apply(std::span<const Revocation> batch, Stamp at)
  {
    const std::lock_guard lock{writing_};
    take(batch, at);
  }

  void forget(Stamp now)
  {
    const std::lock_guard lock{writing_};
    drop_old(now);
  }

  bool is_behind() const noexcept { return behind_.load(std::memory_order_acquire); }

  std::int64_t seq() const noexcept { return seq_.load(std::memory_order_acquire); }

  News since(std::int64_t seq, std::size_t max)
  {
    const std::lock_guard lock{reading_};
    return history_.since(seq, max);
  }

  std::size_t size()
  {
    const std::lock_guard lock{reading_};
    return history_.sessions() + history_.users();
  }

  std::size_t bytes()
  {
    const std::lock_guard lock{writing_};
    return history_.bytes() + tables_->sessions->bytes() + tables_->users->bytes();
  }

  const Published<Tables>& published() const noexcept { return published_; }

 private:
  void read_on(db::Tx& tx)
  {
    while (true) {
      const std::vector<Revocation> batch = revocations_since(tx, history_.seq());
      take(batch, std::chrono::steady_clock::now());
      if (batch.size() < static_cast<std::size_t>(revocations_batch)) {
        return;
      }
    }
  }

  void take(std::span<const Revocation> batch, Stamp at)
  {
    drop_old(at);
    remember(batch, at);
    for (const Revocation& revocation : batch) {
      if (tables_->sessions->crowded() || tables_->users->crowded()) {
        rebuild();  // with all of the batch, which is in the history
        break;
      }
      if (revocation.session) {
        tables_->sessions->add(*revocation.session);
      } else if (!revocation.is_mark()) {
        tables_->users->raise(revocation.user.value, revocation.generation);
      }
    }
    seq_.store(history_.seq(), std::memory_order_release);
  }

  void remember(std::span<const Revocation> batch, Stamp at)
  {
    const std::lock_guard lock{reading_};
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (batch[i].is_mark()) {
        history_.reach(batch[i].seq);
      } else {
        history_.add(entry_of(batch[i]), at, batch.size() - i);
      }
    }
  }

  /// From the tables only once half of them is old, so that the work stays in proportion to what is added.
  void drop_old(Stamp now)
  {
    {
      const std::lock_guard lock{reading_};
      outdated_ += history_.forget(now);
    }
    if (outdated_ * 2 > tables_->sessions->size()) {
      rebuild();
    }
  }

  void rebuild()
  {
    auto fresh = std::make_shared<Tables>(history_.sessions(), history_.users());
    history_.each_session([&](const Uuid& session) { fresh->sessions->add(session); });
    history_.each_user([&](const News::User& user) { fresh->users->raise(user.id, user.generation); });
    outdated_ = 0;
    tables_ = std::move(fresh);
    published_.publish(tables_);
  }

  std::mutex writing_;
  std::mutex reading_;
  History history_;
  std::size_t outdated_{0};  ///< in the session table, though the history has forgotten them
  std::atomic<std::int64_t> seq_{0};
  std::atomic<bool> behind_{false};
  std::shared_ptr<Tables> tables_{std::make_shared<Tables>(0, 0)};
  Published<Tables> published_{tables_};
};

Revoked::Revoked(std::chrono::seconds life) : life_{life}, writer_{std::make_shared<Writer>(life)} {}

Revoked::~Revoked() = default;

void Revoked::follow(db::Database& database, Instant now)
{
  const Instant since = now - life_ - clock_set_max;
  (void)database.read_now([&](db::Tx& tx) {
    writer_->load(tx, since);
    return Result<Done>{Done{}};
  });
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

void Revoked::forget(Stamp now)
{
  writer_->forget(now);
}

std::size_t Revoked::size() const
{
  return writer_->size();
}

std::size_t Revoked::bytes() const
{
  return writer_->bytes();
}

std::int64_t Revoked::seq() const
{
  return writer_->seq();
}

bool Revoked::is_behind() const
{
  return writer_->is_behind();
}

News Revoked::since(std::int64_t seq, std::size_t max) const
{
  return writer_->since(seq, max);
}

Revoked::View::View(const Revoked& revoked) : tables_{revoked.writer_->published()} {}

bool Revoked::View::is_dead(const Uuid& session, std::int64_t user, std::int64_t generation)
{
  const Tables& tables = tables_.get();
  return tables.sessions->contains(session) || generation < tables.users->lowest_of(user);
}

}  // namespace usher::sessions
