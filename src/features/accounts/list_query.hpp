#pragma once

#include "base/result.hpp"
#include "crypto/hmac.hpp"
#include "features/accounts/listing.hpp"
#include "http/request.hpp"
#include "http/router.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace usher::accounts {

/// The listing that a request's query (limit, cursor, q, role, sort) asks for.
/// Refuses with fields_invalid, which names every wrong parameter, or cursor_invalid.
Result<Listing> listing_of(const http::Request& request, const crypto::HmacKey& cursors);

/// The target of the next page: what was asked for, with `cursor`.
std::string next_target(const http::Request& request, std::string_view cursor);

std::vector<http::QueryParam> list_params();

}  // namespace usher::accounts
