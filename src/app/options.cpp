#include "app/options.hpp"

#include "features/clients/client.hpp"

namespace usher::app {

http::Options http_options(const config::Config& config)
{
  const config::Http& http = config.http;
  return {
      .listen = http.listen,
      .threads = http.threads,
      .head_bytes_max = http.head_max,
      .header_count_max = http.headers_max,
      .target_bytes_max = http.target_max,
      .body_bytes_max = http.body_max,
      .connections_max = http.connections_max,
      .idle_timeout = http.idle_timeout,
      .message_timeout = http.message_timeout,
      .drain_timeout = http.drain_timeout,
      .trusted_proxies = http.trusted_proxies,
      .cors_origins = http.cors_origins,
      .access_log = http.access_log,
      .tls_cert = config.tls.cert,
      .tls_key = config.tls.key,
  };
}

tokens::Options token_options(const config::Config& config)
{
  return {
      .issuer = config.tokens.issuer,
      .audience = config.tokens.audience,
      .access_ttl = config.tokens.access_ttl,
      .refresh_ttl = config.tokens.refresh_ttl,
      .fresh_for = config.tokens.fresh_for,
      .leeway = config.tokens.leeway,
  };
}

auth::Options auth_options(const config::Config& config)
{
  return {
      .tokens = token_options(config),
      .session_life_max = config.sessions.max_life,
      .reuse_window = config.sessions.reuse_window,
  };
}

accounts::Options account_options(const config::Config& config, const passwords::Options& passwords)
{
  return {
      .passwords = passwords,
      .registration = config.accounts.registration == config::Registration::closed
                          ? accounts::Registration::closed
                          : accounts::Registration::open,
  };
}

passwords::Options password_options(const config::Config& config)
{
  const config::Passwords& passwords = config.passwords;
  return {
      .memory_kib = passwords.memory_kib,
      .passes = passwords.passes,
      .threads = passwords.threads,
      .queue_max = passwords.queue_max,
      .wait_max = passwords.wait_max,
      .niceness = passwords.niceness,
      .length_min = passwords.length_min,
      .length_max = passwords.length_max,
      .strength_min = passwords.strength_min,
  };
}

revocations::Options revocation_options(const config::Config& config)
{
  return {
      .listeners_max = config.revocations.listeners_max,
      .heartbeat = config.revocations.heartbeat,
      .scope = config.revocations.open ? std::string_view{} : clients::name_of(clients::Scope::revocations),
  };
}

limits::Options limit_options(const config::Config& config)
{
  const config::Limits& limits = config.limits;
  return {
      .per_account_and_source = limits.login_per_account,
      .per_source = limits.login_per_source,
      .per_account = limits.login_total,
      .window = limits.login_window,
      .registrations_per_source = limits.register_per_source,
      .register_window = limits.register_window,
      .entries_max = limits.entries_max,
      .exempt = limits.exempt,
  };
}

log::Level log_level(const config::Config& config)
{
  return static_cast<log::Level>(config.log.level);
}

log::Logger::Options log_options(const config::Config& config)
{
  static_assert(static_cast<int>(config::LogLevel::off) == static_cast<int>(log::Level::off));
  static_assert(static_cast<int>(config::LogFormat::json) == static_cast<int>(log::Format::json));
  return {.level = log_level(config), .format = static_cast<log::Format>(config.log.format)};
}

crypto::Algorithm algorithm(const config::Config& config)
{
  static_assert(static_cast<int>(config::Alg::hs256) == static_cast<int>(crypto::Algorithm::hs256));
  return static_cast<crypto::Algorithm>(config.tokens.alg);
}

}  // namespace usher::app
