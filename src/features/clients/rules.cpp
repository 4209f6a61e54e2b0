#include "features/clients/rules.hpp"

#include <algorithm>

namespace usher::clients {
namespace {

std::optional<Scope> parse_scope(std::string_view text)
{
  const auto* const found = std::ranges::find(all_scopes, text, name_of);
  return found == all_scopes.end() ? std::nullopt : std::optional{*found};
}

}  // namespace

bool is_client_name(std::string_view text)
{
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789._-";
  return !text.empty() && text.size() <= name_length_max &&
         text.find_first_not_of(allowed) == std::string_view::npos;
}

std::optional<Scopes> parse_scopes(std::string_view list, char separator)
{
  Scopes scopes;
  for (bool more = true; more;) {
    const auto end = list.find(separator);
    const auto scope = parse_scope(list.substr(0, end));
    if (!scope) {
      return std::nullopt;
    }
    scopes.insert(*scope);
    more = end != std::string_view::npos;
    list = more ? list.substr(end + 1) : std::string_view{};
  }
  return scopes;
}

std::string text_of(const Scopes& scopes, char separator)
{
  std::string text;
  for (const Scope scope : scopes) {
    if (!text.empty()) {
      text += separator;
    }
    text += name_of(scope);
  }
  return text;
}

}  // namespace usher::clients
