#include "app/maintenance.hpp"

#include "app/signing_keys.hpp"
#include "features/auth/options.hpp"
#include "features/sessions/live.hpp"
#include "features/sessions/store.hpp"

namespace usher::app {
namespace {

void keep_keys(Services& services, Instant now)
{
  const auto rotated = services.database->write_now([&](db::Tx& tx) {
    return keys::maintain(tx, services.master, key_options(services.config), now);
  });
  USHER_ASSERT(rotated.has_value());
  if (const std::optional<keys::Rotated>& done = rotated.value()) {
    services.log.info("Signing key rotated", {{"kid", done->active}, {"retired_kid", done->retired}});
  }
}

/// A stretch per transaction, so that requests get their turn between them.
void sweep_sessions(Services& services, Instant now)
{
  Uuid cursor;
  const auto sweep = [&](db::Tx& tx) {
    return Result<Uuid>{sessions::purge_sessions(tx, cursor, now - auth::ended_shown)};
  };
  for (bool more = true; more; more = static_cast<bool>(cursor)) {
    cursor = services.database->write_now(sweep).value();
  }
}

void sweep_revocations(Services& services, Instant now)
{
  // A token that was issued within the clock's second and verified at the end of its leeway is as old as
  // that, by a clock that was not set meanwhile.
  const Instant before = now - auth::access_life(services.auth_options.tokens) - std::chrono::minutes{1} -
                         sessions::clock_set_max;
  services.revoked.forget(std::chrono::steady_clock::now());
  (void)services.database->write_now([&](db::Tx& tx) {
    return Result<std::int64_t>{sessions::purge_revocations(tx, before)};
  });
}

}  // namespace

void keep_house(Services& services)
{
  const Instant now = services.clock.now();
  keep_keys(services, now);
  sweep_sessions(services, now);
  sweep_revocations(services, now);
}

Maintenance::Maintenance(Services& services, std::chrono::seconds every)
    : services_{services}, thread_{[this, every] { run(every); }}
{
}

Maintenance::~Maintenance()
{
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void Maintenance::run(std::chrono::seconds every)
{
  std::unique_lock lock{mutex_};
  while (!stop_.wait_for(lock, every, [this] { return stopping_; })) {
    lock.unlock();
    try {
      keep_house(services_);
    } catch (const std::exception& fault) {
      services_.log.error("Housekeeping failed; it is tried again", {{"what", fault.what()}});
    }
    lock.lock();
  }
}

}  // namespace usher::app
