#pragma once

#include "base/error.hpp"
#include "crypto/hmac.hpp"
#include "features/accounts/listing.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace usher::accounts {

inline constexpr Refusal cursor_invalid{
    Kind::invalid,
    "cursor_invalid",
    "Cursor not valid",
    "Send the cursor of the answer before, unchanged, with the same q, role and sort; or none."
};

/// A position as opaque text, signed together with whose it is and of which listing: changed, made up, taken
/// from somebody else or from another search, order or role, it is none. The limit may change from page to
/// page.
std::string cursor_of(
    const Position& position, const Listing& listing, std::int64_t caller, const crypto::HmacKey& key
);

/// Refuses with cursor_invalid.
Result<Position> position_of(
    std::string_view cursor, const Listing& listing, std::int64_t caller, const crypto::HmacKey& key
);

}  // namespace usher::accounts
