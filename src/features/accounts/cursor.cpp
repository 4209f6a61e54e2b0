#include "features/accounts/cursor.hpp"

#include "crypto/base64url.hpp"

#include <charconv>

namespace usher::accounts {
namespace {

constexpr std::size_t signature_bytes = 32;
constexpr std::size_t cursor_bytes_max = 4096;

/// What the cursor belongs to. The search text comes last: it may hold anything.
std::string context_of(const Listing& listing, std::int64_t caller)
{
  std::string context = "users " + std::to_string(caller);
  context += listing.role ? std::string{' '}.append(name_of(*listing.role)) : " any";
  if (listing.order) {
    context += ' ' + std::to_string(static_cast<int>(listing.order->key)) + ' ' +
               std::to_string(static_cast<int>(listing.order->direction));
  } else {
    context += " unsorted";
  }
  return context + ' ' + listing.prefix;
}

std::string to_be_signed(std::string_view context, std::string_view payload)
{
  return std::to_string(context.size()) + ' ' + std::string{context} + std::string{payload};
}

/// The number up to the next space, which is taken too.
std::optional<std::int64_t> take_number(std::string_view& text)
{
  std::int64_t number{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto length = static_cast<std::size_t>(end - text.data());
  if (failed != std::errc{} || length == text.size() || text[length] != ' ') {
    return std::nullopt;
  }
  text.remove_prefix(length + 1);
  return number;
}

std::optional<Position> parse(std::string_view payload)
{
  const auto run = take_number(payload);
  const auto number = run ? take_number(payload) : std::nullopt;
  const auto id = number ? take_number(payload) : std::nullopt;
  if (!id || *run < 0 || *run > 1) {
    return std::nullopt;
  }
  return Position{
      .run = *run == 0 ? Position::Run::first : Position::Run::by_email,
      .after = {.text = std::string{payload}, .number = *number, .id = *id}
  };
}

}  // namespace

std::string cursor_of(
    const Position& position, const Listing& listing, std::int64_t caller, const crypto::HmacKey& key
)
{
  const std::string payload = std::to_string(static_cast<int>(position.run)) + ' ' +
                              std::to_string(position.after.number) + ' ' +
                              std::to_string(position.after.id) + ' ' + position.after.text;
  return crypto::base64url(key.sign(to_be_signed(context_of(listing, caller), payload)) + payload);
}

Result<Position> position_of(
    std::string_view cursor, const Listing& listing, std::int64_t caller, const crypto::HmacKey& key
)
{
  if (cursor.size() > cursor_bytes_max) {
    return refuse(cursor_invalid);
  }
  const auto bytes = crypto::from_base64url(cursor);
  if (!bytes || bytes->size() <= signature_bytes) {
    return refuse(cursor_invalid);
  }
  const std::string_view signature = std::string_view{*bytes}.substr(0, signature_bytes);
  const std::string_view payload = std::string_view{*bytes}.substr(signature_bytes);
  const auto position = key.verify(to_be_signed(context_of(listing, caller), payload), signature)
                            ? parse(payload)
                            : std::nullopt;
  if (!position) {
    return refuse(cursor_invalid);
  }
  return *position;
}

}  // namespace usher::accounts
