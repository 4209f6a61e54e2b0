#pragma once

#include "base/secret.hpp"
#include "features/auth/service.hpp"
#include "json/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace usher::auth {

struct LoginRequest {
  std::string email;  ///< any text: what is no address belongs to nobody, and is told no sooner
  Secret password;
};

struct PasswordRequest {
  Secret password;
};

struct LoginReply {
  std::string access_token;
  std::string refresh_token;
  std::string_view token_type{"Bearer"};
  std::int64_t expires_in{};
  users::UserId user_id{};
};

struct RefreshReply {
  std::string access_token;
  std::string refresh_token;
  std::string_view token_type{"Bearer"};
  std::int64_t expires_in{};
};

struct AccessReply {
  std::string access_token;
  std::string_view token_type{"Bearer"};
  std::int64_t expires_in{};
};

struct SessionView {
  Uuid id;
  bool current{false};
  Instant created_at{};
  Instant refreshed_at{};
  Instant expires_at{};
  Instant auth_time{};
  std::vector<std::string> amr;
  std::string user_agent;
  std::string address;
  std::optional<Instant> ended_at{};
  std::optional<std::string_view> end_reason{};
};

struct SessionList {
  std::vector<SessionView> sessions;
};

extern const json::Shape<LoginRequest> login_request_shape;
extern const json::Shape<PasswordRequest> password_request_shape;
extern const json::Shape<LoginReply> login_reply_shape;
extern const json::Shape<RefreshReply> refresh_reply_shape;
extern const json::Shape<AccessReply> access_reply_shape;
extern const json::Shape<SessionList> session_list_shape;

/// Refuse with json_invalid, fields_invalid.
Result<LoginRequest> parse_login(std::string_view body);
Result<PasswordRequest> parse_password(std::string_view body);

/// `current` is the session of the one who asks.
std::string to_json(const std::vector<sessions::Session>& listed, const Uuid& current);

}  // namespace usher::auth
