#include "app/services.hpp"

#include "app/compat.hpp"
#include "app/signing_keys.hpp"
#include "app/storage.hpp"
#include "features/keys/service.hpp"
#include "features/sessions/store.hpp"

namespace usher::app {
namespace {

std::unique_ptr<db::Database> opened(const config::Config& config, log::Logger& log)
{
  const auto report = [&log](std::string_view what) { log.error("Database", {{"what", what}}); };
  Opened found = open_database(config, Missing::create, report);
  if (found.migrations > 0) {
    log.info("Schema brought up to date", {{"migrations", found.migrations}});
  }
  return std::move(found.database);
}

void start_numbers(db::Database& database, Instant now)
{
  database
      .write_now([&](db::Tx& tx) {
        sessions::start_numbers_at(tx, now);
        return Result<Done>{Done{}};
      })
      .value();
}

void measure(Services& services)
{
  metrics::Registry& metrics = services.metrics;
  db::Database* const database = services.database.get();
  metrics.counted("usher_db_commits_total", "Transactions on disk.", [database] {
    return static_cast<double>(database->counts().commits);
  });
  metrics.counted("usher_db_units_total", "Units of work in them.", [database] {
    return static_cast<double>(database->counts().units);
  });
  metrics.counted("usher_db_syncs_total", "Calls that forced them there.", [database] {
    return static_cast<double>(database->counts().syncs);
  });
  metrics.counted("usher_db_faults_total", "Units of work that failed.", [database] {
    return static_cast<double>(database->counts().faults);
  });
  metrics.gauge("usher_passwords_waiting", "Passwords waiting to be hashed.", [&services] {
    return static_cast<double>(services.passwords.waiting());
  });
  metrics.counted("usher_passwords_hashed_total", "Passwords hashed.", [&services] {
    return static_cast<double>(services.passwords.hashed());
  });
  metrics.counted("usher_limits_refused_total", "Guesses and registrations refused.", [&services] {
    return static_cast<double>(services.guessing.refused());
  });
  metrics.gauge("usher_revoked", "Revocations in memory.", [&services] {
    return static_cast<double>(services.revoked.size());
  });
}

}  // namespace

Services::Services(const config::Config& settings)
    : config{settings},
      log{log_options(settings)},
      database{opened(settings, log)},
      master{open_master_key(settings, Missing::create)},
      ring{open_ring(settings, master, *database)},
      cursors{database
                  ->read_now([&](db::Tx& tx) {
                    return Result<Secret>{keys::load_secret(tx, master, keys::cursor_secret)};
                  })
                  .value()},
      auth_options{app::auth_options(settings)},
      revoked{auth::access_life(auth_options.tokens) + revocations::verifier_leeway_max},
      feed{
          {.revoked = revoked,
           .keys = ring,
           .tokens = auth_options.tokens,
           .clock = clock,
           .metrics = metrics,
           .options = revocation_options(settings)}
      },
      password_options{compat_passwords(settings, app::password_options(settings))},
      passwords{password_options},
      guessing{limit_options(settings), clock}
{
  keys::follow(*database, master, ring);
  start_numbers(*database, clock.now());
  revoked.follow(*database, clock.now());
  feed.follow(*database);  // after revoked, which has to have heard first
  measure(*this);
}

Services::~Services()
{
  database.reset();
}

}  // namespace usher::app
