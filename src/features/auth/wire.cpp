#include "features/auth/wire.hpp"

#include "passwords/hasher.hpp"
#include "tokens/claims.hpp"

#include <array>
#include <span>
#include <utility>

namespace usher::auth {
namespace {

constexpr std::int64_t email_chars_max = 1024;
// As long as what can be registered, however it is composed. Counted in characters first, then in bytes.
constexpr std::int64_t password_chars_max = passwords::password_bytes_max;
static_assert(passwords::password_bytes_max == 16384, "the texts below say so");

constexpr std::string_view example_token =
    R"("eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Ii4uLiJ9.eyJzdWIiOiI3In0.c2ln")";

constexpr std::array login_request_fields{
    json::field<&LoginRequest::email>(
        "email", {.max = email_chars_max}, "E-mail address of the account.", R"("ada@example.org")"
    ),
    json::field<&LoginRequest::password>(
        "password", {.max = password_chars_max}, "At most 16384 bytes.", R"("correct horse battery staple")"
    ),
};

constexpr std::array password_request_fields{
    json::field<&PasswordRequest::password>(
        "password",
        {.max = password_chars_max},
        "The account's password, at most 16384 bytes.",
        R"("correct horse battery staple")"
    ),
};

constexpr std::string_view access_token_doc = "Signed JWT (RFC 9068). Send it as Authorization: Bearer.";
constexpr std::string_view refresh_token_doc =
    "Good for one POST /api/refresh, which answers with its successor.";
constexpr std::string_view expires_in_doc = "Seconds until the access token expires.";

constexpr std::array login_reply_fields{
    json::field<&LoginReply::access_token>("access_token", {}, access_token_doc, example_token),
    json::field<&LoginReply::refresh_token>("refresh_token", {}, refresh_token_doc, example_token),
    json::field<&LoginReply::token_type>("token_type", {}, "Always Bearer.", R"("Bearer")"),
    json::field<&LoginReply::expires_in>("expires_in", {}, expires_in_doc, "900"),
    json::field<&LoginReply::user_id>("user_id", {}, "Who logged in.", "7"),
};

constexpr std::array refresh_reply_fields{
    json::field<&RefreshReply::access_token>("access_token", {}, access_token_doc, example_token),
    json::field<&RefreshReply::refresh_token>("refresh_token", {}, refresh_token_doc, example_token),
    json::field<&RefreshReply::token_type>("token_type", {}, "Always Bearer.", R"("Bearer")"),
    json::field<&RefreshReply::expires_in>("expires_in", {}, expires_in_doc, "900"),
};

constexpr std::array access_reply_fields{
    json::field<&AccessReply::access_token>("access_token", {}, access_token_doc, example_token),
    json::field<&AccessReply::token_type>("token_type", {}, "Always Bearer.", R"("Bearer")"),
    json::field<&AccessReply::expires_in>("expires_in", {}, expires_in_doc, "900"),
};

constexpr std::string_view example_time = R"("2026-11-24T21:13:00Z")";

constexpr std::array session_fields{
    json::field<&SessionView::id>("id", {}, "The session.", R"("019ab7d2-6f00-7c3a-9f21-5d0c4e8b1a77")"),
    json::field<&SessionView::current>("current", {}, "Whether this request belongs to it.", "true"),
    json::field<&SessionView::created_at>("created_at", {}, "When it began: the login.", example_time),
    json::field<&SessionView::refreshed_at>("refreshed_at", {}, "When it was last refreshed.", example_time),
    json::field<&SessionView::expires_at>(
        "expires_at", {}, "When it runs out unless it is refreshed before.", example_time
    ),
    json::field<&SessionView::auth_time>("auth_time", {}, "When the password was last shown.", example_time),
    json::field<&SessionView::amr>("amr", {}, "How (RFC 8176), as in the access token.", R"(["pwd"])"),
    json::field<&SessionView::user_agent>("user_agent", {}, "As the client named itself.", R"("curl/8.5.0")"),
    json::field<&SessionView::address>("address", {}, "Network address of the login.", R"("203.0.113.7")"),
    json::field<&SessionView::ended_at>(
        "ended_at", {}, "When it ended; absent while it lives.", example_time
    ),
    json::field<&SessionView::end_reason>(
        "end_reason",
        {},
        "Why: logout, ended_by_user, ended_by_admin, revoked, refresh_reused, password_changed, "
        "role_changed, disabled, too_many, expired.",
        R"("logout")"
    ),
};

const json::Shape<SessionView> session_shape{"Session", session_fields, "One login."};

constexpr std::array session_list_fields{
    json::field<&SessionList::sessions>(
        "sessions", {}, "Those alive, then those that are over; newest first.", {}, session_shape
    ),
};

/// Limits count characters; this one is in bytes, because it bounds what the hash has to read.
void hold_to_bytes(const Secret& password, std::vector<FieldError>& wrong)
{
  if (password.reveal().size() > passwords::password_bytes_max) {
    wrong.push_back({.field = "password", .reason = "must be at most 16384 bytes"});
  }
}

template <class T>
Result<T> checked(std::string_view body, const json::Shape<T>& shape)
{
  USHER_TRY(json::Draft<T> draft, json::draft(body, shape));
  if (draft.good("password")) {
    hold_to_bytes(draft.value.password, draft.wrong);
  }
  if (!draft.wrong.empty()) {
    return refuse_fields(std::move(draft.wrong));
  }
  return std::move(draft.value);
}

SessionView view_of(const sessions::Session& session, const Uuid& current)
{
  return {
      .id = session.id,
      .current = session.id == current,
      .created_at = session.created,
      .refreshed_at = session.refreshed,
      .expires_at = session.runs_out(),
      .auth_time = session.auth_time,
      .amr = tokens::amr_words(session.amr),
      .user_agent = session.user_agent,
      .address = session.address,
      .ended_at = session.ended,
      .end_reason = session.end_reason ? std::optional{sessions::name_of(*session.end_reason)} : std::nullopt,
  };
}

}  // namespace

const json::Shape<LoginRequest> login_request_shape{"Login", login_request_fields};
const json::Shape<PasswordRequest> password_request_shape{"PasswordAgain", password_request_fields};
const json::Shape<LoginReply> login_reply_shape{"LoginTokens", login_reply_fields};
const json::Shape<RefreshReply> refresh_reply_shape{"Tokens", refresh_reply_fields};
const json::Shape<AccessReply> access_reply_shape{"AccessToken", access_reply_fields};
const json::Shape<SessionList> session_list_shape{"SessionList", session_list_fields};

Result<LoginRequest> parse_login(std::string_view body)
{
  return checked(body, login_request_shape);
}

Result<PasswordRequest> parse_password(std::string_view body)
{
  return checked(body, password_request_shape);
}

std::string to_json(const std::vector<sessions::Session>& listed, const Uuid& current)
{
  SessionList list;
  list.sessions.reserve(listed.size());
  for (const sessions::Session& session : listed) {
    list.sessions.push_back(view_of(session, current));
  }
  return json::text_of(list, session_list_shape);
}

}  // namespace usher::auth
