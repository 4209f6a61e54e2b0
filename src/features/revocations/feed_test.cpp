#include "features/revocations/feed.hpp"

#include "features/revocations/workbench_test.hpp"
#include "features/sessions/store.hpp"
#include "features/users/store.hpp"
#include "testing/database.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>

namespace usher::revocations {
namespace {

using namespace std::chrono_literals;
using ::testing::SizeIs;

struct Following : Workbench {
  Following()
  {
    revoked.follow(*database, clock.now());
    feed.follow(*database);
  }

  void revoke(std::int64_t user)
  {
    usher::testing::in(*database, [&](db::Tx& tx) {
      sessions::revoke_user(tx, users::UserId{user}, 2, clock.now());
    });
  }

  usher::testing::TestDatabase database{users::migrations(), sessions::migrations()};
};

TEST_F(Following, brings_a_commit_to_the_listeners)
{
  Ear ear{channel.listen({}).value()};
  ear.take();
  revoke(7);
  turn();
  const auto said = heard_by(ear);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].seq(), 1);
  EXPECT_THAT(said[0].payload, ::testing::HasSubstr(R"("users":{"7":2})"));
}

TEST_F(Following, wakes_no_loop_on_which_nobody_listens)
{
  revoke(7);
  loop.restart();
  EXPECT_EQ(loop.poll(), 0U);
}

TEST_F(Following, dates_nothing_by_the_present_while_it_is_behind_the_database)
{
  const auto rename = [&](const char* sql) {
    usher::testing::in(*database, [&](db::Tx& tx) {
      tx.execute(sql);
      tx.notify("revocations");
    });
  };
  WholeSet whole{
      {.revoked = revoked,
       .keys = ring,
       .tokens = tokens,
       .clock = clock,
       .moments = feed.moments(),
       .keep = 960s}
  };
  const auto ask = [&] {
    auto start = [&](Waker waker) { whole.make(std::move(waker)); };
    boost::asio::co_spawn(loop, until_woken(std::move(start)), boost::asio::detached);
    loop.restart();
    loop.run();
    return Said{whole.newest()->text, key}.iat();
  };
  const auto stands_at = [&] {
    return heard_by(*std::make_unique<Ear>(channel.listen({}).value())).at(0).iat();
  };
  revoke(7);
  rename("ALTER TABLE revocations RENAME TO away");
  clock.advance(30s);
  EXPECT_EQ(stands_at(), 1'800'000'000);
  EXPECT_EQ((Said{channel.after(1)->text, key}.iat()), 1'800'000'000);
  EXPECT_EQ(ask(), 1'800'000'000);
  rename("ALTER TABLE away RENAME TO revocations");
  EXPECT_EQ(stands_at(), 1'800'000'030);
  EXPECT_EQ((Said{channel.after(1)->text, key}.iat()), 1'800'000'030);
  EXPECT_EQ(ask(), 1'800'000'030);
}

TEST_F(Following, survives_loops_that_come_and_go)
{
  {
    boost::asio::io_context other_loop{1};
    tokens::Mint other_mint{ring, tokens, clock};
    Channel other{feed, other_loop.get_executor(), other_mint};
    const Ear ear{other.listen({}).value()};
    revoke(7);
  }
  revoke(8);
  EXPECT_EQ(revoked.seq(), 2);
}

}  // namespace
}  // namespace usher::revocations
