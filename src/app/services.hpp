#pragma once

#include "app/documents.hpp"
#include "app/options.hpp"
#include "base/clock.hpp"
#include "base/published.hpp"
#include "config/config.hpp"
#include "crypto/hmac.hpp"
#include "crypto/seal.hpp"
#include "db/database.hpp"
#include "features/accounts/hashing.hpp"
#include "features/auth/options.hpp"
#include "features/revocations/feed.hpp"
#include "features/sessions/live.hpp"
#include "limits/guessing.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "passwords/gate.hpp"
#include "tokens/keyring.hpp"

#include <atomic>
#include <memory>

namespace usher::app {

/// What lives as long as the server and is shared by its threads: opened from top to bottom, closed the other
/// way round, but for the database, which goes first since its threads call into the others.
struct Services {
  explicit Services(const config::Config& settings);
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;
  ~Services();

  const config::Config& config;
  SystemClock clock;
  log::Logger log;
  metrics::Registry metrics;
  std::unique_ptr<db::Database> database;
  crypto::MasterKey master;
  Published<tokens::KeyRing> ring;
  crypto::HmacKey cursors;  ///< of lists
  auth::Options auth_options;
  sessions::Revoked revoked;
  revocations::Feed feed;
  passwords::Options password_options;
  passwords::Gate passwords;
  limits::Guessing guessing;
  accounts::Hashing hashing{};
  Documents documents;
  std::atomic<bool> ready{false};  ///< listening and not draining; for /readyz
};

}  // namespace usher::app
