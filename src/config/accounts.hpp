#pragma once

#include "base/secret.hpp"
#include "config/setting.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace usher::config {

enum class Registration { open, closed };

constexpr std::array<std::string_view, 2> names_of(Registration /*which*/)
{
  return {"open", "closed"};
}

enum class Compat { off, day7, day14 };

constexpr std::array<std::string_view, 3> names_of(Compat /*which*/)
{
  return {"off", "day7", "day14"};
}

struct Accounts {
  Registration registration{Registration::open};
  bool public_search{false};
};

/// The first administrator, for unattended installations.
struct Admin {
  std::string email{};
  Secret password{};
};

std::span<const Setting> accounts_settings();

}  // namespace usher::config
