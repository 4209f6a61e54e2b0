#pragma once

#include "base/clock.hpp"
#include "base/uuid.hpp"

#include <cstddef>
#include <string>

namespace usher::crypto {

/// Must run once before anything else of this module; throws Fault when libsodium cannot start.
void start();

std::string random_bytes(std::size_t count);
/// `bytes` random bytes as base64url text: 16 bytes are 22 characters.
std::string random_token(std::size_t bytes);
/// RFC 9562 version 7: 60 bits of time (a quarter of a microsecond), so that ids sort as they were made; 62
/// random bits.
Uuid make_uuid7();

}  // namespace usher::crypto
