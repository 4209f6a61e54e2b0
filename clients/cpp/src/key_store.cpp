#include "key_store.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

namespace usher::verify {
namespace {

using std::chrono::seconds;

constexpr seconds between_fetches{5};
constexpr seconds until_first_retry{1};
constexpr seconds max_age_min{5};
constexpr seconds max_age_default{300};
constexpr seconds max_age_max{86'400};
/// A thumbprint has 43 letters; nobody's memory is filled with longer names.
constexpr std::size_t kid_bytes_max = 256;
constexpr std::size_t unknown_max = 1000;
constexpr seconds unknown_for{60};

/// The keys of `fresh`, with those that were known before as the objects they were, prepared contexts and
/// all.
KeySet merged(const KeySet* before, const KeySet& fresh)
{
  std::vector<KeyPtr> keys;
  for (const KeyPtr& key : fresh.keys()) {
    const KeyPtr same = before == nullptr ? nullptr : before->find(key->kid());
    keys.push_back(same && same->kid() == key->kid() && same->identity() == key->identity() ? same : key);
  }
  return KeySet{std::move(keys)};
}

bool lacks_one_of(const KeySet& fresh, const KeySet* before)
{
  const auto is_gone = [&](const KeyPtr& key) {
    return std::ranges::find(fresh.keys(), key) == fresh.keys().end();
  };
  return before != nullptr && std::ranges::any_of(before->keys(), is_gone);
}

}  // namespace

KeyStore::KeyStore(KeySet fixed) : fixed_{true}, keys_{std::make_shared<const KeySet>(std::move(fixed))} {}

KeyStore::Found KeyStore::find(std::string_view kid, Steady now)
{
  const std::lock_guard lock{mutex_};
  if (KeyPtr key = keys_ ? keys_->find(kid) : nullptr) {
    return {State::found, std::move(key)};
  }
  const bool is_name = !kid.empty() && kid.size() <= kid_bytes_max;
  if (fixed_ || (keys_ && !is_name)) {
    return {State::unknown, nullptr};
  }
  const auto known = unknown_.find(kid);
  if (known != unknown_.end() && now < known->second) {
    return {State::unknown, nullptr};
  }
  const seconds pause = keys_ ? between_fetches : until_first_retry;
  if (!fetching_ && !wanted_ && last_fetch_ != Steady::min() && now < last_fetch_ + pause) {
    // The service was asked a moment ago: what it did not name then is unknown.
    return {last_failed_ ? State::unavailable : State::unknown, nullptr};
  }
  const bool begins = !fetching_ && !wanted_;
  wanted_ = wanted_ || begins;
  if (is_name && asked_.size() < unknown_max) {
    asked_.emplace(kid);
  }
  return {State::pending, nullptr, begins};
}

bool KeyStore::is_empty() const
{
  const std::lock_guard lock{mutex_};
  return keys_ == nullptr;
}

bool KeyStore::fetch_is_due(Steady now) const
{
  const std::lock_guard lock{mutex_};
  return !fixed_ && !fetching_ && (wanted_ || now >= expires_);
}

KeyStore::Steady KeyStore::next_fetch() const
{
  const std::lock_guard lock{mutex_};
  return fixed_ || fetching_ ? Steady::max() : expires_;
}

void KeyStore::fetch_begins(Steady now)
{
  const std::lock_guard lock{mutex_};
  fetching_ = true;
  wanted_ = false;
  last_fetch_ = now;
}

void KeyStore::fetched(const KeySet& keys, seconds max_age, Steady now)
{
  const std::lock_guard lock{mutex_};
  auto fresh = std::make_shared<const KeySet>(merged(keys_.get(), keys));
  const bool lost_one = lacks_one_of(*fresh, keys_.get());
  keys_ = std::move(fresh);
  if (lost_one) {
    version_.fetch_add(1, std::memory_order_release);
  }
  succeed(max_age, now);
}

void KeyStore::unchanged(seconds max_age, Steady now)
{
  const std::lock_guard lock{mutex_};
  succeed(max_age, now);
}

void KeyStore::fetch_failed(Steady now)
{
  const std::lock_guard lock{mutex_};
  fetching_ = false;
  last_failed_ = true;
  asked_.clear();
  expires_ = keys_ ? now + between_fetches : now + until_first_retry;
}

void KeyStore::succeed(seconds max_age, Steady now)
{
  fetching_ = false;
  last_failed_ = false;
  expires_ = now + max_age;
  remember_unknown(now);
}

void KeyStore::remember_unknown(Steady now)
{
  std::erase_if(unknown_, [&](const auto& entry) { return now >= entry.second; });
  for (const std::string& kid : asked_) {
    if (!keys_ || keys_->find(kid)) {
      continue;
    }
    if (unknown_.size() >= unknown_max) {
      unknown_.erase(unknown_.begin());
    }
    unknown_.insert_or_assign(kid, now + unknown_for);
  }
  asked_.clear();
}

seconds max_age_of(std::string_view cache_control)
{
  constexpr std::string_view name = "max-age=";
  const std::size_t at = cache_control.find(name);
  if (at == std::string_view::npos) {
    return max_age_default;
  }
  const std::string_view digits = cache_control.substr(at + name.size());
  seconds::rep age = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), age);
  if (error == std::errc::result_out_of_range) {
    return max_age_max;
  }
  return error == std::errc{} ? std::clamp(seconds{age}, max_age_min, max_age_max) : max_age_default;
}

}  // namespace usher::verify
