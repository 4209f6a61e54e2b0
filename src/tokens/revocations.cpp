#include "tokens/revocations.hpp"

#include "json/writer.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace usher::tokens {
namespace {

constexpr std::size_t session_bytes = 39;  ///< in quotes, and a comma
constexpr std::size_t user_bytes_max = 39;
constexpr std::size_t rest_bytes_max = 32;
/// The largest integer that every JSON reader takes whole (RFC 8259 section 6).
constexpr std::int64_t safe_number_max = 9'007'199'254'740'991;

void append_sessions(std::string& out, const std::vector<Uuid>& sessions)
{
  std::string_view before = "\"";
  for (const Uuid& session : sessions) {
    const auto text = text_of(session);
    out += before;
    out.append(text.data(), text.size());
    out += '"';
    before = ",\"";
  }
}

void append_users(std::string& out, const std::vector<RevocationClaims::User>& users)
{
  std::string_view before = "\"";
  for (const RevocationClaims::User& user : users) {
    out += before;
    out += std::to_string(user.id);
    out += "\":";
    out += std::to_string(std::min(user.generation, safe_number_max));
    before = ",\"";
  }
}

}  // namespace

std::string write_revocations(const RevocationClaims& claims, std::string_view issuer)
{
  json::Writer head;
  head.begin_object();
  head.member("iss", issuer);
  head.member("aud", "revocations");
  head.member("type", "revocations");
  head.key("iat");
  head.integer(epoch_seconds(claims.issued));
  head.key("exp");
  head.integer(0);  // expired, to a library that looks at signature, `iss` and `exp` only
  head.key("seq");
  head.integer(claims.seq);
  head.key("from");
  head.integer(claims.from);
  head.key("keep");
  head.integer(claims.keep.count());
  std::string text = std::move(head).take();
  text.reserve(
      text.size() + (claims.sessions.size() * session_bytes) + (claims.users.size() * user_bytes_max) +
      rest_bytes_max
  );
  text += R"(,"sessions":[)";
  append_sessions(text, claims.sessions);
  text += R"(],"users":{)";
  append_users(text, claims.users);
  text += "}}";
  return text;
}

}  // namespace usher::tokens
