#pragma once

#include "json/json.hpp"

#include <string_view>

namespace usher::health {

struct Status {
  std::string_view status;
};

struct Version {
  std::string_view name;
  std::string_view version;
};

extern const json::Shape<Status> status_shape;
extern const json::Shape<Version> version_shape;

}  // namespace usher::health
