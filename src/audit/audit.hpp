#pragma once

#include "base/caller.hpp"
#include "base/clock.hpp"
#include "base/uuid.hpp"
#include "db/database.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace usher::audit {

/// What a user or administrator did, written in the same transaction as the deed. No secret ever stands here.
struct Event {
  std::string_view what;    ///< stable name: "login", "login_failed", "refresh_reused", "user_deleted"
  std::int64_t actor{0};    ///< 0: nobody, or the command line
  std::int64_t subject{0};  ///< the user it was done to
  Uuid session{};
  std::string_view detail{};  ///< short text of ours, such as "role=ADMIN"
};

void record(db::Tx& tx, const Event& event, const Origin& origin, Instant now);

/// An event as it was written down.
struct Entry {
  std::int64_t id{};
  Instant at{};
  std::string event;
  std::int64_t actor{};
  std::int64_t subject{};
  std::optional<Uuid> session;
  Origin origin;
  std::string detail;
};

/// Which entries, newest first.
struct Page {
  std::int64_t before{0};  ///< only ids below this one; 0: from the newest on
  int limit{50};           ///< at most 500
};

/// What was done to `subject`; 0 stands for everybody.
std::vector<Entry> recent(db::Tx& tx, std::int64_t subject, const Page& page);

std::span<const db::Migration> migrations();

}  // namespace usher::audit
