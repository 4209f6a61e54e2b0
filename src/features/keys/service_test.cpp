#include "features/keys/service.hpp"

#include "audit/audit.hpp"
#include "base/fault.hpp"
#include "crypto/random.hpp"
#include "features/keys/store.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace usher::keys {
namespace {

using namespace std::chrono_literals;
using crypto::Algorithm;
using ::testing::HasSubstr;
using testing::in;
using ::testing::Not;
using ::testing::SizeIs;
using tokens::KeyState;

struct Keys : ::testing::Test {
  Keys() { crypto::start(); }

  testing::TestDatabase database{keys::migrations(), audit::migrations()};
  crypto::MasterKey master{Secret{std::string(32, 'm')}};
  Options options{};
  Instant now{1'800'000'000s};

  void ensure()
  {
    ASSERT_TRUE(in(*database, [&](db::Tx& tx) { return ensure_keys(tx, master, options, now); }));
  }

  KeyRecord the(KeyState state)
  {
    return in(*database, [&](db::Tx& tx) { return find_by_state(tx, state).value(); });
  }

  std::vector<KeyRecord> records()
  {
    return in(*database, [](db::Tx& tx) { return all(tx); });
  }

  std::shared_ptr<const tokens::KeyRing> ring()
  {
    return in(*database, [&](db::Tx& tx) { return load_ring(tx, master); });
  }

  /// After the next key was published for long enough.
  Rotated turn()
  {
    now += options.published_for;
    return in(*database, [&](db::Tx& tx) { return rotate(tx, master, options, {}, now); }).value();
  }
};

TEST_F(Keys, are_made_at_the_first_start_and_kept_at_the_next)
{
  ensure();
  const std::string active = the(KeyState::active).kid;
  const std::string next = the(KeyState::next).kid;
  EXPECT_NE(active, next);
  EXPECT_EQ(the(KeyState::active).algorithm, Algorithm::es256);
  EXPECT_EQ(the(KeyState::active).activated, now);
  ensure();
  EXPECT_EQ(the(KeyState::active).kid, active);
  EXPECT_EQ(the(KeyState::next).kid, next);
  EXPECT_THAT(records(), SizeIs(2));
}

TEST_F(Keys, sign_and_verify_after_they_were_stored)
{
  ensure();
  const auto loaded = ring();
  ASSERT_NE(loaded->active().key, nullptr);
  EXPECT_EQ(loaded->active().kid, the(KeyState::active).kid);
  const std::string signature = loaded->active().key->sign("message");
  EXPECT_TRUE(loaded->find(loaded->active().kid)->public_key->verify("message", signature));
}

TEST_F(Keys, are_published_ahead_of_their_use)
{
  ensure();
  EXPECT_THAT(ring()->jwks(), HasSubstr(the(KeyState::active).kid));
  EXPECT_THAT(ring()->jwks(), HasSubstr(the(KeyState::next).kid));
}

TEST_F(Keys, lie_sealed_in_the_database)
{
  ensure();
  for (const KeyRecord& record : records()) {
    EXPECT_THAT(record.private_sealed, Not(HasSubstr("PRIVATE")));
    EXPECT_FALSE(record.private_sealed.empty());
    EXPECT_THAT(record.public_pem, HasSubstr("PUBLIC KEY"));
  }
}

TEST_F(Keys, stay_shut_to_another_master_key)
{
  ensure();
  const crypto::MasterKey other{Secret{std::string(32, 'x')}};
  EXPECT_THROW((void)in(*database, [&](db::Tx& tx) { return load_ring(tx, other); }), Fault);
  EXPECT_THROW(in(*database, [&](db::Tx& tx) { (void)load_secret(tx, other, cursor_secret); }), Fault);
}

TEST_F(Keys, cannot_stand_in_for_one_another)
{
  ensure();
  in(*database, [](db::Tx& tx) {
    tx.execute(
        "UPDATE signing_keys SET private_sealed ="
        " (SELECT private_sealed FROM signing_keys WHERE state = 'next') WHERE state = 'active'"
    );
  });
  EXPECT_THROW((void)ring(), Fault);
}

TEST_F(Keys, come_with_secrets_that_differ_and_last)
{
  ensure();
  const auto secret = [&](std::string_view name) {
    return in(*database, [&](db::Tx& tx) { return std::string{load_secret(tx, master, name).reveal()}; });
  };
  const std::string cursor = secret(cursor_secret);
  EXPECT_THAT(cursor, SizeIs(32));
  EXPECT_NE(cursor, secret(refresh_secret));
  ensure();
  EXPECT_EQ(secret(cursor_secret), cursor);
}

TEST_F(Keys, move_on_one_state_each_when_they_rotate)
{
  ensure();
  const std::string active = the(KeyState::active).kid;
  const std::string next = the(KeyState::next).kid;
  now += 1h;
  const Rotated rotated = turn();
  EXPECT_EQ(rotated.retired, active);
  EXPECT_EQ(rotated.active, next);
  EXPECT_EQ(rotated.next, the(KeyState::next).kid);
  EXPECT_EQ(rotated.retired_gone, now + options.retired_for + retired_spare);
  EXPECT_EQ(the(KeyState::active).kid, next);
  EXPECT_EQ(the(KeyState::active).activated, now);
  EXPECT_EQ(the(KeyState::retired).retired, now);
  EXPECT_THAT(ring()->jwks(), HasSubstr(active));  // its tokens are still about
}

TEST_F(Keys, go_when_their_last_token_has_died)
{
  ensure();
  const std::string retired = turn().retired;
  const auto upkeep = [&] {
    return in(*database, [&](db::Tx& tx) { return maintain(tx, master, options, now); }).value();
  };
  now += options.retired_for + retired_spare;
  EXPECT_FALSE(upkeep());
  EXPECT_NE(ring()->find(retired), nullptr);
  now += 1s;
  EXPECT_FALSE(upkeep());
  EXPECT_EQ(ring()->find(retired), nullptr);
}

TEST_F(Keys, rotate_by_themselves_when_it_is_time)
{
  ensure();
  const std::string next = the(KeyState::next).kid;
  const auto upkeep = [&] {
    return in(*database, [&](db::Tx& tx) { return maintain(tx, master, options, now); }).value();
  };
  now += options.rotate_every - 1s;
  EXPECT_FALSE(upkeep());
  now += 1s;
  const auto rotated = upkeep();
  ASSERT_TRUE(rotated);
  EXPECT_EQ(rotated->active, next);
  EXPECT_FALSE(upkeep());
}

TEST_F(Keys, are_published_before_they_sign)
{
  options.rotate_every = 60s;
  ensure();
  const std::string active = the(KeyState::active).kid;
  const auto rotate_now = [&] {
    return in(*database, [&](db::Tx& tx) { return rotate(tx, master, options, {}, now); });
  };
  now += jwks_max_age - 1s;
  EXPECT_EQ(rotate_now().error().code(), "key_too_young");
  EXPECT_FALSE(in(*database, [&](db::Tx& tx) { return maintain(tx, master, options, now); }).value());
  EXPECT_EQ(the(KeyState::active).kid, active);
  now += 1s;
  EXPECT_TRUE(rotate_now());
  EXPECT_EQ(rotate_now().error().code(), "key_too_young") << "the new next is as young";
  options.published_for = 0s;
  EXPECT_TRUE(rotate_now());
}

TEST_F(Keys, rotate_only_by_hand_when_so_configured)
{
  ensure();
  EXPECT_FALSE(rotation_due(records(), now + 100 * options.rotate_every, 0s));
}

TEST_F(Keys, change_over_at_once_when_the_algorithm_is_changed)
{
  ensure();
  const std::string before = the(KeyState::active).kid;
  const std::string never_used = the(KeyState::next).kid;
  options.algorithm = Algorithm::eddsa;
  ensure();
  EXPECT_EQ(the(KeyState::active).algorithm, Algorithm::eddsa);
  EXPECT_EQ(the(KeyState::next).algorithm, Algorithm::eddsa);
  EXPECT_EQ(the(KeyState::retired).kid, before);
  EXPECT_FALSE(in(*database, [&](db::Tx& tx) { return find(tx, never_used); }));
  EXPECT_THAT(ring()->jwks(), HasSubstr("Ed25519"));
}

TEST_F(Keys, that_are_shared_secrets_are_never_published)
{
  options.algorithm = Algorithm::hs256;
  ensure();
  EXPECT_EQ(the(KeyState::active).public_pem, "");
  EXPECT_THAT(ring()->jwks(), Not(HasSubstr(the(KeyState::active).kid)));
  EXPECT_TRUE(ring()->active().public_key->verify("m", ring()->active().key->sign("m")));
}

TEST_F(Keys, made_elsewhere_become_the_next)
{
  ensure();
  const Secret pem = crypto::generate_key(Algorithm::es256)->pem();
  const auto take = [&](Algorithm algorithm, const Secret& text) {
    return in(*database, [&](db::Tx& tx) {
      return import_key(tx, master, {.algorithm = algorithm, .pem = text}, {}, now);
    });
  };
  const auto kid = take(Algorithm::es256, pem);
  ASSERT_TRUE(kid);
  EXPECT_EQ(the(KeyState::next).kid, *kid);
  EXPECT_EQ(turn().active, *kid);
  EXPECT_EQ(take(Algorithm::es256, pem).error().code(), "key_exists");
  EXPECT_EQ(take(Algorithm::eddsa, pem).error().code(), "key_invalid");
  EXPECT_EQ(take(Algorithm::es256, Secret{std::string{"nonsense"}}).error().code(), "key_invalid");
}

TEST_F(Keys, are_handed_out_to_whoever_has_the_data_and_that_is_noted)
{
  ensure();
  const auto give = [&](std::string_view kid) {
    return in(*database, [&](db::Tx& tx) { return export_private(tx, master, kid, {}, now); });
  };
  const auto pem = give(the(KeyState::active).kid);
  ASSERT_TRUE(pem);
  const auto key = crypto::load_private_key(Algorithm::es256, *pem);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(tokens::thumbprint(*key), the(KeyState::active).kid);
  EXPECT_EQ(give("unknown").error().code(), "key_not_found");
}

TEST_F(Keys, that_have_leaked_go_at_once)
{
  ensure();
  const std::string retired = turn().retired;
  const auto drop_it = [&](std::string_view kid) {
    return in(*database, [&](db::Tx& tx) { return drop(tx, master, kid, {}, now); });
  };
  EXPECT_TRUE(drop_it(retired));
  EXPECT_EQ(ring()->find(retired), nullptr);
  const std::string next = the(KeyState::next).kid;
  EXPECT_TRUE(drop_it(next));
  EXPECT_NE(the(KeyState::next).kid, next);
  EXPECT_EQ(drop_it(the(KeyState::active).kid).error().code(), "key_in_use");
  EXPECT_EQ(drop_it("unknown").error().code(), "key_not_found");
}

TEST_F(Keys, are_published_anew_to_everybody_who_follows)
{
  ensure();
  Published<tokens::KeyRing> published{ring()};
  follow(*database, master, published);
  Published<tokens::KeyRing>::View view{published};
  const std::string before = view.get().active().kid;
  const Rotated rotated = turn();
  EXPECT_EQ(view.get().active().kid, rotated.active);
  EXPECT_NE(view.get().active().kid, before);
}

}  // namespace
}  // namespace usher::keys
