#pragma once

#include "config/setting.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace usher::config {

enum class Alg { es256, eddsa, rs256, hs256 };

constexpr std::array<std::string_view, 4> names_of(Alg /*which*/)
{
  return {"ES256", "EdDSA", "RS256", "HS256"};
}

struct Tokens {
  Alg alg{Alg::es256};
  std::string issuer{"usher"};
  std::string audience{};
  std::chrono::seconds access_ttl{900};
  std::chrono::seconds refresh_ttl{30 * 86400};
  std::chrono::seconds fresh_for{0};
  std::chrono::seconds leeway{0};
  std::chrono::seconds rotate_every{90 * 86400};  ///< 0: only by hand
};

struct Sessions {
  std::optional<std::chrono::seconds> reuse_window{};  ///< empty: until the successor is used
  std::chrono::seconds max_life{90 * 86400};
};

std::span<const Setting> tokens_settings();

}  // namespace usher::config
