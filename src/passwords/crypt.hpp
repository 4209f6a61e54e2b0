#pragma once

#include <string>
#include <string_view>

// crypt(3) of libxcrypt. The setting is always a stored hash, never what a client chose.

namespace usher::passwords {

/// bcrypt ($2a$ $2b$ $2y$, cost 4 to 15; $2x$ is a known bug and refused), yescrypt ($y$), scrypt ($7$),
/// SHA-crypt
/// ($5$ $6$, at most a million rounds); memory at most 256 MiB.
bool is_crypt(std::string_view stored);

/// False for a zero byte in the password, which crypt(3) would take for its end, and for more than 511 bytes.
bool crypt_takes(std::string_view password);

/// `stored` is_crypt and `password` is taken. Compared in constant time.
bool crypt_matches(std::string_view password, const std::string& stored);

}  // namespace usher::passwords
