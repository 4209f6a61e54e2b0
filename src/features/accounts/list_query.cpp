#include "features/accounts/list_query.hpp"

#include "features/accounts/cursor.hpp"
#include "features/users/rules.hpp"
#include "text/unicode.hpp"

#include <array>
#include <charconv>

namespace usher::accounts {
namespace {

using users::Direction;
using users::Order;
using users::SortKey;

constexpr std::size_t search_bytes_max = 256;

struct NamedOrder {
  std::string_view name;
  Order order;
};

constexpr std::array orders{
    NamedOrder{"id", {SortKey::id, Direction::up}},
    NamedOrder{"-id", {SortKey::id, Direction::down}},
    NamedOrder{"name", {SortKey::name, Direction::up}},
    NamedOrder{"-name", {SortKey::name, Direction::down}},
    NamedOrder{"email", {SortKey::email, Direction::up}},
    NamedOrder{"-email", {SortKey::email, Direction::down}},
    NamedOrder{"created_at", {SortKey::created, Direction::up}},
    NamedOrder{"-created_at", {SortKey::created, Direction::down}},
};

using Wrong = std::vector<FieldError>;

/// The parameter's value; nothing when it is absent or cannot be read, which is noted.
std::optional<std::string> value_of(const http::Request& request, std::string_view name, Wrong& wrong)
{
  auto value = request.query_value(name);
  if (!value) {
    wrong.insert(wrong.end(), value.error().fields.begin(), value.error().fields.end());
    return std::nullopt;
  }
  return *std::move(value);
}

void read_limit(std::string_view text, Listing& listing, Wrong& wrong)
{
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), listing.limit);
  if (failed != std::errc{} || end != text.data() + text.size() || listing.limit < 1 ||
      listing.limit > page_size_max) {
    wrong.push_back({.field = "limit", .reason = "must be 1 to 100"});
  }
}

void read_role(std::string_view text, Listing& listing, Wrong& wrong)
{
  listing.role = users::parse_role(text);
  if (!listing.role) {
    wrong.push_back({.field = "role", .reason = "must be USER or ADMIN"});
  }
}

void read_sort(std::string_view text, Listing& listing, Wrong& wrong)
{
  for (const NamedOrder& named : orders) {
    if (named.name == text) {
      listing.order = named.order;
      return;
    }
  }
  wrong.push_back(
      {.field = "sort", .reason = "must be id, name, email or created_at, or one of them after a -"}
  );
}

void read_search(std::string_view text, Listing& listing, Wrong& wrong)
{
  if (text.size() > search_bytes_max) {
    wrong.push_back({.field = "q", .reason = "must be at most 256 bytes"});
    return;
  }
  listing.prefix = text::folded(text);
}

/// application/x-www-form-urlencoded would write a space as '+'; RFC 3986 knows only %20, which both read.
std::string encoded(std::string_view text)
{
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hex[byte >> 4U];
    out += hex[byte & 0xFU];
  }
  return out;
}

}  // namespace

Result<Listing> listing_of(const http::Request& request, const crypto::HmacKey& cursors)
{
  Listing listing;
  Wrong wrong;
  if (const auto limit = value_of(request, "limit", wrong)) {
    read_limit(*limit, listing, wrong);
  }
  if (const auto role = value_of(request, "role", wrong)) {
    read_role(*role, listing, wrong);
  }
  if (const auto sort = value_of(request, "sort", wrong)) {
    read_sort(*sort, listing, wrong);
  }
  if (const auto search = value_of(request, "q", wrong)) {
    read_search(*search, listing, wrong);
  }
  const auto cursor = value_of(request, "cursor", wrong);
  if (!wrong.empty()) {
    return refuse_fields(std::move(wrong));
  }
  if (cursor) {
    USHER_TRY(listing.from, position_of(*cursor, listing, request.caller.user, cursors));
  }
  return listing;
}

std::string next_target(const http::Request& request, std::string_view cursor)
{
  std::string target{request.path};
  target += '?';
  Wrong known_to_be_none;
  for (const std::string_view name : {"limit", "q", "role", "sort"}) {
    if (const auto value = value_of(request, name, known_to_be_none)) {
      target.append(name) += '=' + encoded(*value) + '&';
    }
  }
  return target.append("cursor=").append(cursor);
}

std::vector<http::QueryParam> list_params()
{
  return {
      {.name = "limit",
       .doc = "How many users at most.",
       .schema = R"({"type":"integer","minimum":1,"maximum":100,"default":20})"},
      {.name = "cursor", .doc = "next_cursor of the page before, with the same q, role and sort."},
      {.name = "q",
       .doc = "Only users whose name or e-mail address starts so, whatever the case. Without sort those "
              "found by "
              "name come first. With sort there may be at most 1000 matches.",
       .schema = R"({"type":"string","maxLength":256})"},
      {.name = "role",
       .doc = "Only users of this role.",
       .schema = R"({"type":"string","enum":["USER","ADMIN"]})"},
      {.name = "sort",
       .doc = "A - in front turns the order round.",
       .schema = R"({"type":"string","default":"id","enum":["id","-id","name","-name","email","-email",)"
                 R"("created_at","-created_at"]})"},
  };
}

}  // namespace usher::accounts
