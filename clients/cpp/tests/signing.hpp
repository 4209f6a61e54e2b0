#pragma once

// Keys, tokens and statements for the tests: anything at all, signed well or badly.

#include "jws.hpp"
#include "keys.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace usher::verify {

using Json = nlohmann::ordered_json;

inline constexpr std::int64_t start = 1'800'000'000;
inline constexpr std::string_view some_session = "019ab7d2-7f3c-7a01-8b12-0123456789ab";

class Signer {
 public:
  explicit Signer(Algorithm algorithm, std::string name = {});

  std::string signature(std::string_view message) const;
  std::string sign(const std::string& header, const std::string& payload) const;
  std::string sign(const Json& header, const Json& payload) const
  {
    return sign(header.dump(), payload.dump());
  }
  std::string token(const Json& payload) const { return sign(header(), payload); }
  std::string statement(const Json& payload) const;

  Json header() const;
  Json jwk() const;
  std::string jwks() const;
  std::string pem() const;
  const std::string& secret() const { return secret_; }
  const std::string& kid() const { return kid_; }
  Algorithm algorithm() const { return algorithm_; }
  std::string alg() const { return std::string{name_of(algorithm_)}; }
  EVP_PKEY* handle() const { return key_.get(); }

 private:
  Algorithm algorithm_;
  std::string kid_;
  Owned<EVP_PKEY> key_;
  std::string secret_;
};

/// Keys take a second to make: one of each kind for all tests.
const Signer& shared_signer(Algorithm algorithm);

/// As Usher writes them, issued at `issued`.
Json claims_at(std::int64_t issued);
Json statement_at(std::int64_t issued, std::int64_t from, std::int64_t seq);

Json with(Json object, const std::string& name, const Json& value);
Json without(Json object, const std::string& name);

}  // namespace usher::verify
