#pragma once

#include "base/clock.hpp"
#include "crypto/key.hpp"
#include "tokens/keyring.hpp"

#include <optional>
#include <string>

namespace usher::keys {

/// A signing key as it is kept. Its private half is sealed with the master key.
struct KeyRecord {
  std::string kid;
  crypto::Algorithm algorithm{};
  tokens::KeyState state{};
  std::string private_sealed;
  std::string public_pem;  ///< empty for HS256
  Instant created{};
  std::optional<Instant> activated{};
  std::optional<Instant> retired{};
};

}  // namespace usher::keys
