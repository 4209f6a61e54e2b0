#include "config/checks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace usher::config {
namespace {

std::optional<unsigned> number_in(std::string_view text, unsigned max)
{
  unsigned number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || failed != std::errc{} || end != text.data() + text.size() || number > max) {
    return std::nullopt;
  }
  return number;
}

/// The bits of an address: 32, 128, or 0 when it is none.
unsigned address_bits(std::string_view text)
{
  const std::string zero_terminated{text};
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (inet_pton(AF_INET, zero_terminated.c_str(), bytes.data()) == 1) {
    return 32;
  }
  return inet_pton(AF_INET6, zero_terminated.c_str(), bytes.data()) == 1 ? 128 : 0;
}

/// The host of HOST:PORT, brackets of IPv6 taken off.
std::string_view host_of(std::string_view endpoint)
{
  std::string_view host = endpoint.substr(0, endpoint.rfind(':'));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return host;
}

/// OWASP ASVS 5.0 appendix C: any one of these is enough.
bool hashes_hard_enough(const Passwords& passwords)
{
  return (passwords.passes >= 1 && passwords.memory_kib >= std::size_t{46} * 1024) ||
         (passwords.passes >= 2 && passwords.memory_kib >= std::size_t{19} * 1024) ||
         (passwords.passes >= 3 && passwords.memory_kib >= std::size_t{12} * 1024);
}

void check_tokens(const Config& config, std::vector<Clash>& found)
{
  if (config.tokens.access_ttl > config.tokens.refresh_ttl) {
    found.push_back({"tokens.access_ttl", "must not be longer than tokens.refresh_ttl"});
  }
  if (config.tokens.access_ttl > config.sessions.max_life) {
    found.push_back({"tokens.access_ttl", "must not be longer than sessions.max_life"});
  }
  if (config.tokens.audience == "revocations") {
    found.push_back(
        {"tokens.audience", "must not be `revocations`, which is the audience of the revocation feed"}
    );
  }
  const auto rotate = config.tokens.rotate_every;
  if (rotate.count() != 0 && (rotate < std::chrono::hours{1} || rotate < 2 * config.tokens.access_ttl)) {
    found.push_back({"tokens.rotate_every", "must be 0, or at least 1h and twice tokens.access_ttl"});
  }
}

}  // namespace

std::string problem_with_empty(std::string_view text)
{
  return text.empty() ? "must not be empty" : "";
}

std::string problem_with_endpoint(std::string_view text)
{
  constexpr std::string_view cure = "must be HOST:PORT such as 127.0.0.1:8080 or [::1]:8080";
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || !number_in(text.substr(colon + 1), 65535)) {
    return std::string{cure};
  }
  const std::string_view host = text.substr(0, colon);
  const bool bracketed = host.front() == '[';
  if (bracketed ? address_bits(host_of(text)) != 128 : host.find(':') != std::string_view::npos) {
    return std::string{cure};
  }
  return host.find_first_of(" /@") == std::string_view::npos ? "" : std::string{cure};
}

std::string problem_with_metrics_endpoint(std::string_view text)
{
  if (text.empty() || text == "same") {
    return {};
  }
  const std::string reason = problem_with_endpoint(text);
  return reason.empty() ? reason : reason + ", `same`, or empty";
}

std::string problem_with_network(std::string_view text)
{
  const std::size_t slash = text.find('/');
  const unsigned bits = address_bits(text.substr(0, slash));
  if (bits == 0 || (slash != std::string_view::npos && !number_in(text.substr(slash + 1), bits))) {
    return "must be an address or a network such as 10.0.0.0/8 or fd00::/8";
  }
  return {};
}

std::string problem_with_origin(std::string_view text)
{
  constexpr std::string_view cure = "must be an origin such as https://app.example.com, without a path or *";
  const bool known = text.starts_with("https://") || text.starts_with("http://");
  const std::string_view host = known ? text.substr(text.find("//") + 2) : std::string_view{};
  const bool good = !host.empty() && host.find_first_of("/*?#@ ") == std::string_view::npos;
  return good ? "" : std::string{cure};
}

std::string problem_with_database_url(std::string_view text)
{
  if (text.starts_with("postgres:") || text.starts_with("postgresql:")) {
    return "PostgreSQL is not in this version; write sqlite: or sqlite:FILE";
  }
  return text.starts_with("sqlite:") ? "" : "must be sqlite: or sqlite:FILE";
}

bool is_loopback(std::string_view endpoint)
{
  const std::string_view host = host_of(endpoint);
  return host == "localhost" || host == "::1" || (host.starts_with("127.") && address_bits(host) == 32);
}

std::vector<Clash> clashes(const Config& config)
{
  std::vector<Clash> found;
  check_tokens(config, found);
  if (config.tls.cert.empty() != config.tls.key.empty()) {
    const bool no_key = config.tls.key.empty();
    found.push_back(
        {no_key ? "tls.key" : "tls.cert",
         no_key ? "must be given beside tls.cert" : "must be given beside tls.key"}
    );
  }
  if (!hashes_hard_enough(config.passwords)) {
    found.push_back(
        {"passwords.memory_kib",
         "is too little for " + std::to_string(config.passwords.passes) +
             " passes; write at least 47104 for 1, 19456 for 2 or 12288 for 3 passwords.passes"}
    );
  }
  if (config.admin.email.empty() != config.admin.password.empty()) {
    found.push_back(
        {"admin.email",
         "and admin.password go together: give USHER_ADMIN_EMAIL and USHER_ADMIN_PASSWORD, or neither"}
    );
  }
  if (config.http.listen.empty()) {
    found.push_back({"http.listen", "must name at least one HOST:PORT"});
  }
  return found;
}

std::vector<std::string> second_thoughts(const Config& config)
{
  std::vector<std::string> thoughts;
  const bool in_public = !std::ranges::all_of(config.http.listen, is_loopback);
  if (in_public && config.tls.cert.empty() && config.http.trusted_proxies.empty()) {
    thoughts.emplace_back(
        "http.listen is reachable from other machines without TLS: set tls.cert and tls.key, or put a proxy "
        "in "
        "front and name it in http.trusted_proxies"
    );
  }
  if (config.tokens.alg == Alg::hs256) {
    thoughts.emplace_back("tokens.alg is HS256: other services cannot check tokens without sharing the secret"
    );
  }
  if (config.compat != Compat::off) {
    thoughts.emplace_back(
        "compat is on: weak passwords, public search and the course's answers; never use this in production"
    );
  }
  if (!config.limits.exempt.empty()) {
    thoughts.emplace_back(
        "limits.exempt lets these networks guess passwords without limit: " +
        find_setting("limits.exempt")->get(config)
    );
  }
  return thoughts;
}

}  // namespace usher::config
