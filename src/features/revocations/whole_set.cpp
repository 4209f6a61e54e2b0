#include "features/revocations/whole_set.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace usher::revocations {
namespace {

std::chrono::seconds pause_after(std::size_t entries)
{
  const auto wanted = std::chrono::seconds{entries / WholeSet::entries_a_second};
  return std::clamp(wanted, WholeSet::pause_min, WholeSet::pause_max);
}

}  // namespace

WholeSet::WholeSet(Parts parts)
    : parts_{std::move(parts)}, thread_{[this](const std::stop_token& stop) { work(stop); }}
{
}

WholeSet::~WholeSet() = default;

Shared WholeSet::ready() const
{
  const std::lock_guard lock{mutex_};
  return ready_locked();
}

Shared WholeSet::ready_locked() const
{
  if (!newest_.statement) {
    return nullptr;
  }
  const auto age = parts_.moments.complete() - newest_.statement->as_of;
  const bool fresh = age >= std::chrono::seconds{0} && age < statement_age_max;
  const bool complete = newest_.statement->seq == parts_.revoked.seq();
  const bool resting =
      newest_.entries > quick_entries_max && parts_.steady() < newest_.at + pause_after(newest_.entries);
  return (fresh && complete) || resting ? newest_.statement : nullptr;
}

void WholeSet::make(Waker waker)
{
  {
    const std::lock_guard lock{mutex_};
    waiting_.push_back(std::move(waker));
  }
  asked_.notify_one();
}

Shared WholeSet::newest() const
{
  const std::lock_guard lock{mutex_};
  if (failed_ && !ready_locked()) {
    std::rethrow_exception(failed_);
  }
  return newest_.statement;
}

void WholeSet::work(const std::stop_token& stop)
{
  tokens::Mint mint{parts_.keys, parts_.tokens, parts_.clock};
  while (true) {
    std::vector<Waker> served;
    {
      std::unique_lock lock{mutex_};
      if (!asked_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
        return;
      }
      served = std::exchange(waiting_, {});
    }
    try {
      if (!ready()) {  // none that was finished since they asked
        Made fresh = made(mint);
        keep(std::move(fresh), served);
      }
    } catch (...) {
      const std::lock_guard lock{mutex_};
      failed_ = std::current_exception();
    }
    for (Waker& waker : served) {
      waker.wake();
    }
  }
}

WholeSet::Made WholeSet::made(tokens::Mint& mint) const
{
  const Instant as_of = parts_.moments.complete();  // before the set is read
  sessions::News news = parts_.revoked.since(0);
  Made made{.entries = news.sessions.size() + news.users.size()};
  made.statement =
      std::make_shared<const Statement>(signed_statement(mint, std::move(news), as_of, parts_.keep, Gzip::yes)
      );
  made.at = parts_.steady();
  return made;
}

/// Adds to those whom it serves: who came meanwhile need not wait for another, where this one is new enough.
void WholeSet::keep(Made made, std::vector<Waker>& served)
{
  const std::lock_guard lock{mutex_};
  newest_ = std::move(made);
  failed_ = nullptr;
  if (ready_locked()) {
    std::ranges::move(waiting_, std::back_inserter(served));
    waiting_.clear();
  }
}

}  // namespace usher::revocations
