#include "limits/state.hpp"

#include "base/fault.hpp"
#include "crypto/random.hpp"

#include <algorithm>
#include <cstring>

namespace usher::limits {
namespace {

/// A source that has not logged in for so long is new again.
constexpr std::chrono::hours known_for{90 * 24};
/// Who comes when so many wait for the same is refused: hashing is slower than that anyway.
constexpr std::size_t queue_max = 1000;

NetworkSet exempt_of(const Options& options)
{
  auto set = NetworkSet::parse(options.exempt);
  if (!set) {
    throw Fault{"limits.exempt holds something that is no address and no network"};
  }
  return *std::move(set);
}

/// One network of a provider's customer: an IPv4 address, or the /64 that IPv6 gives to each.
std::string canonical_source(std::string_view source)
{
  const auto ip = parse_ip(source);
  if (!ip) {
    return std::string{source};
  }
  const IpAddress counted = ip->is_v4() ? *ip : ip->network(64);
  return {counted.bytes.begin(), counted.bytes.end()};
}

void enqueue(std::shared_ptr<Waiter> waiter, Counter& counter)
{
  if (!counter.queue) {
    counter.queue = std::make_unique<Queue>();
  }
  counter.queue->push_back(std::move(waiter));
}

}  // namespace

Waiter::~Waiter()
{
  if (outcome && outcome->has_value()) {
    (*outcome)->cancel();
  }
}

Guessing::State::State(Options options, const Clock& clock)
    : options_{std::move(options)},
      clock_{clock},
      exempt_{exempt_of(options_)},
      hash_key_{Secret{crypto::random_bytes(32)}},
      counters_{options_.entries_max},
      known_{options_.entries_max}
{
}

bool Guessing::State::is_exempt(std::string_view source) const
{
  return exempt_.contains(source);
}

Key Guessing::State::key_of(char kind, std::string_view account, std::string_view source) const
{
  std::string text{kind};
  text.append(account).push_back('\0');
  text.append(source);
  const std::string tag = hash_key_.sign(text);
  Key key;
  std::memcpy(&key.high, tag.data(), sizeof key.high);
  std::memcpy(&key.low, tag.data() + sizeof key.high, sizeof key.low);
  return key;
}

// NOLINTNEXTLINE(bugprone-easily-swappable-parameters): the order of admit(), which the features call
Keys Guessing::State::keys_of(std::string_view account, std::string_view source) const
{
  const std::string counted = canonical_source(source);
  return {
      .pair = key_of('p', account, counted),
      .source = key_of('s', {}, counted),
      .account = key_of('a', account, {})
  };
}

std::optional<Result<Guessing::Ticket>> Guessing::State::admit(const Keys& keys)
{
  const std::lock_guard lock{mutex_};
  return decide(keys, nullptr).outcome;
}

void Guessing::State::wait(std::shared_ptr<Waiter> waiter)
{
  {
    const std::lock_guard lock{mutex_};
    Decision decision = decide(waiter->keys, nullptr);
    if (!decision.outcome) {
      enqueue(std::move(waiter), *decision.waits_for);
      return;
    }
    waiter->outcome = std::move(decision.outcome);
  }
  waiter->waker.wake();
}

void Guessing::State::end(const Keys& keys, bool known, End how)
{
  Settled settled;
  {
    const std::lock_guard lock{mutex_};
    if (how == End::right) {
      remember_under_lock(keys);
    }
    const Charges charges = charges_of(keys, known);
    release(charges, how);
    settled = serve(charges);
  }
  // Outside the lock: who is not there any more gives its place up, which ends it here again.
  for (const std::shared_ptr<Waiter>& waiter : settled) {
    waiter->waker.wake();
  }
}

Result<Done> Guessing::State::admit_registration(std::string_view source)
{
  const Key key = key_of('r', {}, canonical_source(source));
  const std::lock_guard lock{mutex_};
  if (Counter* const counter = counters_.find(key)) {
    const auto locked = locked_for(*counter, options_.registrations_per_source, options_.register_window);
    if (locked.count() > 0) {
      return too_many(locked);
    }
  }
  note_wrong(counter_at(key), options_.register_window);
  return Done{};
}

void Guessing::State::remember(const Keys& keys)
{
  const std::lock_guard lock{mutex_};
  remember_under_lock(keys);
}

std::size_t Guessing::State::entries() const
{
  const std::lock_guard lock{mutex_};
  return counters_.size() + known_.size();
}

Guessing::State::Charges Guessing::State::charges_of(const Keys& keys, bool known) const
{
  Charges charges{
      {.key = keys.pair, .limit = std::max<std::size_t>(options_.per_account_and_source, 1)},
      {.key = keys.source, .limit = std::max<std::size_t>(options_.per_source, 1)}
  };
  if (!known) {
    charges.push_back({.key = keys.account, .limit = std::max<std::size_t>(options_.per_account, 1)});
  }
  return charges;
}

bool Guessing::State::is_known(const Keys& keys, Instant now)
{
  const Instant* const last = known_.find(keys.pair);
  return last != nullptr && now - *last < known_for;
}

Guessing::State::Decision Guessing::State::decide(const Keys& keys, const Counter* serving)
{
  const bool known = is_known(keys, clock_.now());
  const Charges charges = charges_of(keys, known);
  std::chrono::seconds locked{0};
  Counter* waits_for = nullptr;
  for (const Charge& charge : charges) {
    Counter* const counter = counters_.find(charge.key);
    if (counter == nullptr) {
      continue;
    }
    locked = std::max(locked, locked_for(*counter, charge.limit, options_.window));
    const bool others_first = counter->queue != nullptr && counter != serving;
    if (waits_for == nullptr && (others_first || counter->wrong + counter->pending >= charge.limit)) {
      waits_for = counter;
    }
  }
  if (locked.count() > 0) {
    return {.outcome = too_many(locked)};
  }
  if (waits_for != nullptr && waits_for->queue != nullptr && waits_for->queue->size() >= queue_max) {
    return {.outcome = too_many(std::chrono::seconds{1})};
  }
  if (waits_for != nullptr) {
    return {.waits_for = waits_for};
  }
  for (const Charge& charge : charges) {
    ++counter_at(charge.key).pending;
  }
  auto held =
      std::make_unique<Ticket::Held>(Ticket::Held{.state = shared_from_this(), .keys = keys, .known = known});
  return {.outcome = Ticket{std::move(held)}};
}

/// How long until the window of a counter at its limit is over; 0 when it is not at its limit.
std::chrono::seconds Guessing::State::locked_for(
    Counter& counter, std::size_t limit, std::chrono::seconds window
) const
{
  renew(counter, window);
  return counter.wrong >= std::max<std::size_t>(limit, 1) ? counter.begun + window - clock_.now()
                                                          : std::chrono::seconds{0};
}

void Guessing::State::renew(Counter& counter, std::chrono::seconds window) const
{
  const Instant now = clock_.now();
  // A clock that was set back must not make a window longer than it is.
  counter.begun = std::min(counter.begun, now);
  if (now - counter.begun >= window) {
    counter.wrong = 0;
  }
}

void Guessing::State::note_wrong(Counter& counter, std::chrono::seconds window) const
{
  renew(counter, window);
  if (counter.wrong == 0) {
    counter.begun = clock_.now();
  }
  ++counter.wrong;
}

Error Guessing::State::too_many(std::chrono::seconds retry_after)
{
  refused_.fetch_add(1, std::memory_order_relaxed);
  Error error = refuse(too_many_attempts);
  error.retry_after = retry_after;
  return error;
}

Counter& Guessing::State::counter_at(const Key& key)
{
  const Instant now = clock_.now();
  const auto window = std::max(options_.window, options_.register_window);
  const auto is_idle = [](const Counter& counter) { return counter.idle(); };
  const auto is_expired = [now, window](const Counter& counter) {
    return counter.idle() && now - counter.begun >= window;
  };
  return counters_.at(key, is_expired, is_idle);
}

void Guessing::State::release(const Charges& charges, End how)
{
  for (const Charge& charge : charges) {
    Counter* const counter = counters_.find(charge.key);
    USHER_ASSERT(counter != nullptr && counter->pending > 0);
    --counter->pending;
    if (how == End::wrong) {
      note_wrong(*counter, options_.window);
    }
  }
}

Guessing::State::Settled Guessing::State::serve(const Charges& charges)
{
  Settled settled;
  for (const Charge& charge : charges) {
    Counter* const counter = counters_.find(charge.key);
    if (counter == nullptr) {
      continue;  // made way for somebody who was just served
    }
    serve(*counter, settled);
    if (counter->idle() && counter->wrong == 0) {
      counters_.erase(charge.key);
    }
  }
  return settled;
}

void Guessing::State::serve(Counter& counter, Settled& settled)
{
  while (counter.queue) {
    Decision decision = decide(counter.queue->front()->keys, &counter);
    if (decision.waits_for == &counter) {
      return;
    }
    std::shared_ptr<Waiter> waiter = std::move(counter.queue->front());
    counter.queue->pop_front();
    if (counter.queue->empty()) {
      counter.queue.reset();
    }
    if (decision.outcome) {
      waiter->outcome = std::move(decision.outcome);
      settled.push_back(std::move(waiter));
    } else {
      enqueue(std::move(waiter), *decision.waits_for);
    }
  }
}

void Guessing::State::remember_under_lock(const Keys& keys)
{
  const Instant now = clock_.now();
  const auto is_expired = [now](Instant last) { return now - last >= known_for; };
  const auto is_idle = [](Instant) { return true; };
  known_.at(keys.pair, is_expired, is_idle) = now;
}

}  // namespace usher::limits
