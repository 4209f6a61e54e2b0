#pragma once

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

namespace usher::json {

/// One JSON object whose members nobody can declare ahead (a token's header and claims, a JWK), as strictly
/// as json::read: RFC 8259, valid UTF-8, no lone surrogates, no duplicate members at any level, depth 32, no
/// number beyond a double, nothing after the value. Nothing otherwise. The caller bounds the size of `text`.
/// Whole numbers of 64 bits are exact; what is not whole, or larger, is a double.
std::optional<boost::json::object> parse_object(std::string_view text);

}  // namespace usher::json
