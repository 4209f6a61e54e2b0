#pragma once

#include "features/clients/client.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace usher::clients {

inline constexpr std::size_t name_length_max = 64;
inline constexpr std::size_t secret_bytes = 32;

/// 1 to 64 of a-z, 0-9, dot, underscore, hyphen: the same in every encoding it travels in.
bool is_client_name(std::string_view text);

/// "introspect,revoke". Nothing when one of them is unknown or none is named.
std::optional<Scopes> parse_scopes(std::string_view list, char separator);
std::string text_of(const Scopes& scopes, char separator);

}  // namespace usher::clients
