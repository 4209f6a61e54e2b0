#pragma once

#include "tokens/mint.hpp"

#include <string_view>

namespace usher::tokens {

/// A token is remembered as verified before it is known to be alive. Whatever comes of that question, also a
/// lost database, only a yes may leave it so. `token` outlives it.
class Doubt {
 public:
  Doubt(Mint& mint, std::string_view token) : mint_{mint}, token_{token} {}
  Doubt(const Doubt&) = delete;
  Doubt& operator=(const Doubt&) = delete;
  ~Doubt()
  {
    if (!resolved_) {
      mint_.forget(token_);
    }
  }

  void resolve() { resolved_ = true; }

 private:
  Mint& mint_;
  std::string_view token_;
  bool resolved_{false};
};

}  // namespace usher::tokens
