#pragma once

#include "base/secret.hpp"
#include "features/users/user.hpp"
#include "json/json.hpp"

#include <string>
#include <string_view>

namespace usher::setup {

struct SetupRequest {
  std::string token;
  std::string name;
  std::string email;
  int age{};
  Secret password;
};

extern const json::Shape<SetupRequest> setup_request_shape;
extern const json::Shape<users::User> administrator_shape;

}  // namespace usher::setup
