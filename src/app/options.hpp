#pragma once

#include "config/config.hpp"
#include "crypto/key.hpp"
#include "features/accounts/routes.hpp"
#include "features/auth/options.hpp"
#include "features/revocations/feed.hpp"
#include "http/server.hpp"
#include "limits/guessing.hpp"
#include "log/log.hpp"
#include "passwords/gate.hpp"
#include "tokens/options.hpp"

// Settings as the options of the rooms that know nothing of settings.

namespace usher::app {

http::Options http_options(const config::Config& config);
tokens::Options token_options(const config::Config& config);
auth::Options auth_options(const config::Config& config);
accounts::Options account_options(const config::Config& config, const passwords::Options& passwords);
passwords::Options password_options(const config::Config& config);
revocations::Options revocation_options(const config::Config& config);
limits::Options limit_options(const config::Config& config);
log::Logger::Options log_options(const config::Config& config);
log::Level log_level(const config::Config& config);
crypto::Algorithm algorithm(const config::Config& config);

}  // namespace usher::app
