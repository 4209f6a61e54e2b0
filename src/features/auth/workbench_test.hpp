#pragma once

#include "audit/audit.hpp"
#include "crypto/random.hpp"
#include "db/door.hpp"
#include "features/auth/authenticator.hpp"
#include "features/auth/service.hpp"
#include "features/sessions/live.hpp"
#include "features/sessions/store.hpp"
#include "features/users/store.hpp"
#include "testing/database.hpp"
#include "tokens/mint.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

namespace usher::auth {

inline constexpr Instant start_time{std::chrono::seconds{1'800'000'000}};

/// A ring with one ES256 key; making one per test would be a waste.
inline std::shared_ptr<const tokens::KeyRing> a_ring()
{
  crypto::start();
  static const auto key = crypto::generate_key(crypto::Algorithm::es256);
  return std::make_shared<const tokens::KeyRing>(
      std::vector{tokens::make_signing_key(key, tokens::KeyState::active)}, Secret{crypto::random_bytes(32)}
  );
}

/// What one network loop has, on a database of its own, with one user in it.
struct Workbench : ::testing::Test {
  ManualClock clock{start_time};
  testing::TestDatabase database{users::migrations(), sessions::migrations(), audit::migrations()};
  boost::asio::io_context loop{1};
  Published<tokens::KeyRing> ring{a_ring()};
  Options options{};
  tokens::Mint mint{ring, options.tokens, clock};
  sessions::Revoked revoked{access_life(options.tokens)};
  db::Door door{*database, loop.get_executor()};
  Origin origin{.address = "203.0.113.7", .user_agent = "curl/8", .request_id = "r1"};
  std::string hash{"$stored$"};
  users::UserId ada = new_user("ada@example.org", users::Role::user);

  void SetUp() override { revoked.follow(*database, clock.now()); }

  users::UserId new_user(const std::string& email, users::Role role)
  {
    return testing::in(*database, [&](db::Tx& tx) {
      const users::NewUser wanted{
          .profile = {.name = "Somebody", .email = email, .age = 36}, .role = role, .password_hash = hash
      };
      return users::insert(tx, wanted, clock.now()).value().id;
    });
  }

  template <class Work>
  auto write(Work work)
  {
    return testing::in(*database, std::move(work));
  }

  users::User disable(users::UserId user)
  {
    return write([&](db::Tx& tx) { return users::set_access(tx, user, users::Access::disabled, clock.now()); }
    ).value();
  }

  Grant log_in(users::UserId user)
  {
    return write([&](db::Tx& tx) {
             return start_session(tx, {.user = user, .hash = hash}, origin, options, clock.now());
           }
    ).value();
  }

  Result<Refreshed> refresh_with(const Uuid& session, std::int64_t counter)
  {
    const Caller caller{.user = ada.value, .session = session, .counter = counter};
    return write([&](db::Tx& tx) { return refresh(tx, caller, origin, options, clock.now()); });
  }

  sessions::Session stored(const Uuid& id)
  {
    return write([&](db::Tx& tx) { return sessions::find(tx, id).value(); });
  }

  std::string access_token(const Grant& grant, Freshness freshness = Freshness::fresh)
  {
    return mint.sign(access_claims(grant, freshness, options.tokens, clock.now()));
  }

  /// How often something was written to the audit trail.
  std::size_t audited(std::string_view what)
  {
    return write([&](db::Tx& tx) {
      return static_cast<std::size_t>(tx.one(
                                            "SELECT COUNT(*) FROM audit WHERE event = $1",
                                            {what},
                                            [](const db::Row& row) { return row.integer(0); }
      ).value());
    });
  }
};

}  // namespace usher::auth
