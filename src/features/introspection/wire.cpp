#include "features/introspection/wire.hpp"

#include "json/document.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>

namespace usher::introspection {
namespace {

using I = Introspection;

constexpr std::string_view example_token =
    R"("eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Ii4uLiJ9.eyJzdWIiOiI3In0.c2ln")";

constexpr std::array<std::string_view, 2> token_types{"access", "refresh"};
constexpr std::array<std::string_view, 2> roles{"ADMIN", "USER"};

constexpr std::array token_form_fields{
    json::field<&TokenForm::token>("token", {}, "An access token or a refresh token.", example_token),
    json::field<&TokenForm::token_type_hint>(
        "token_type_hint", {}, "Not needed, and not looked at.", R"("access_token")"
    ),
    json::field<&TokenForm::client_id>(
        "client_id", {}, "Where the credential is not sent as HTTP Basic.", R"("orders")"
    ),
    json::field<&TokenForm::client_secret>(
        "client_secret", {}, "Where the credential is not sent as HTTP Basic."
    ),
};

constexpr std::array introspection_fields{
    json::field<&I::active>("active", {}, "Whether the token is good now; if not, this is all.", "true"),
    json::field<&I::token_type>("token_type", {}, "Of an access token: Bearer.", R"("Bearer")"),
    json::field<&I::type>("type", {.one_of = token_types}, "Which kind of token it is.", R"("access")"),
    json::field<&I::sub>("sub", {}, "The user, as text.", R"("7")"),
    json::field<&I::user_id>("user_id", {}, "The user, as a number.", "7"),
    json::field<&I::iss>("iss", {}, "The setting tokens.issuer.", R"("usher")"),
    json::field<&I::aud>("aud", {}, "The setting tokens.audience, where there is one.", R"("api")"),
    json::field<&I::exp>("exp", {}, "When it expires, in seconds since 1970.", "1764021600"),
    json::field<&I::iat>("iat", {}, "When it was issued.", "1764020700"),
    json::field<&I::nbf>("nbf", {}, "When it became valid.", "1764020700"),
    json::field<&I::jti>("jti", {}, "The token's own id.", R"("8Fh1sU0kQm7rW2xYb3ZtPg")"),
    json::field<&I::sid>("sid", {}, "The session.", R"("019ab7d2-6f00-7c3a-9f21-5d0c4e8b1a77")"),
    json::field<&I::gen>("gen", {}, "The user's generation when it was issued.", "1"),
    json::field<&I::fresh>("fresh", {}, "Of an access token: whether it is fresh now.", "true"),
    json::field<&I::role>("role", {.one_of = roles}, "Of an access token.", R"("USER")"),
    json::field<&I::auth_time>("auth_time", {}, "When the password was last shown.", "1764020700"),
    json::field<&I::amr>("amr", {}, "How the user logged in (RFC 8176).", R"(["pwd"])"),
};

}  // namespace

const json::Shape<TokenForm> token_form_shape{"TokenForm", token_form_fields};
const json::Shape<Introspection> introspection_shape{
    "Introspection", introspection_fields, "What a token says, if it is good (RFC 7662)."
};

Stamp stamp_of(std::string_view payload)
{
  Stamp stamp;
  const auto object = json::parse_object(payload);
  if (!object) {
    return stamp;
  }
  if (const auto* jti = object->if_contains("jti"); jti != nullptr && jti->is_string()) {
    stamp.jti.emplace(jti->get_string().data(), jti->get_string().size());
  }
  if (const auto* nbf = object->if_contains("nbf"); nbf != nullptr && nbf->is_int64()) {
    stamp.nbf = nbf->get_int64();
  }
  return stamp;
}

}  // namespace usher::introspection
