#pragma once

#include "base/clock.hpp"
#include "features/sessions/history.hpp"
#include "tokens/mint.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace usher::revocations {

/// A statement of the feed as it goes over the wire (docs/revocations.md).
struct Statement {
  std::int64_t from{};
  std::int64_t seq{};
  Instant as_of{};        ///< nothing that was revoked before is missing from it and those up to `from`
  std::string text{};     ///< the signed JWS
  std::string gzipped{};  ///< the same; empty where that saves nothing, or nobody asks for it
  std::string etag{};     ///< of `text`, with its quotes
};

using Shared = std::shared_ptr<const Statement>;

enum class Gzip { no, yes };

/// `keep`: how long an entry matters to whoever holds it.
Statement signed_statement(
    tokens::Mint& mint, sessions::News news, Instant as_of, std::chrono::seconds keep, Gzip gzip
);

/// "There is nothing new after `seq`"; to who has less, that something is missing.
sessions::News nothing_after(std::int64_t seq);

/// As a server-sent event, its id being the statement's number.
std::string event_of(const Statement& statement);

}  // namespace usher::revocations
