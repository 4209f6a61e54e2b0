#include "audit/audit.hpp"

#include "testing/database.hpp"

#include <gmock/gmock.h>

namespace usher::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Instant noon = from_epoch(1'795'000'000);
constexpr Uuid session{.high = 0x0190a8c37fff7abc, .low = 0x8123456789abcdef};

class Audit : public ::testing::Test {
 protected:
  void write(const Event& event, const Origin& origin = {})
  {
    testing::in(*database_, [&](db::Tx& tx) { record(tx, event, origin, noon); });
  }

  std::vector<Entry> read(std::int64_t subject, const Page& page = {})
  {
    return database_->read_now([&](db::Tx& tx) { return recent(tx, subject, page); });
  }

  std::vector<std::string> names(std::int64_t subject, const Page& page = {})
  {
    std::vector<std::string> names;
    for (const Entry& entry : read(subject, page)) {
      names.push_back(entry.event);
    }
    return names;
  }

  testing::TestDatabase database_{migrations()};
};

TEST_F(Audit, an_event_is_read_as_it_was_written)
{
  write(
      {.what = "role_changed", .actor = 1, .subject = 7, .session = session, .detail = "role=ADMIN"},
      {.address = "192.0.2.1", .user_agent = "curl/8", .request_id = "r-1"}
  );
  const auto entries = read(7);
  ASSERT_EQ(entries.size(), 1U);
  const Entry& entry = entries.front();
  EXPECT_EQ(entry.at, noon);
  EXPECT_EQ(entry.event, "role_changed");
  EXPECT_EQ(entry.actor, 1);
  EXPECT_EQ(entry.subject, 7);
  EXPECT_EQ(entry.session, session);
  EXPECT_EQ(entry.origin.address, "192.0.2.1");
  EXPECT_EQ(entry.origin.user_agent, "curl/8");
  EXPECT_EQ(entry.origin.request_id, "r-1");
  EXPECT_EQ(entry.detail, "role=ADMIN");
}

TEST_F(Audit, an_event_without_a_session_has_none)
{
  write({.what = "login_failed", .subject = 7});
  EXPECT_EQ(read(7).at(0).session, std::nullopt);
}

TEST_F(Audit, recent_is_newest_first_and_of_one_subject_only)
{
  write({.what = "login", .subject = 7});
  write({.what = "login", .subject = 8});
  write({.what = "logout", .subject = 7});
  EXPECT_THAT(names(7), ElementsAre("logout", "login"));
  EXPECT_THAT(names(9), IsEmpty());
}

TEST_F(Audit, subject_zero_is_everybody)
{
  write({.what = "login", .subject = 7});
  write({.what = "logout", .subject = 8});
  EXPECT_THAT(names(0), ElementsAre("logout", "login"));
}

TEST_F(Audit, pages_go_on_below_the_last_id)
{
  for (const char* what : {"a", "b", "c"}) {
    write({.what = what, .subject = 7});
  }
  const auto first = read(7, {.limit = 2});
  ASSERT_EQ(first.size(), 2U);
  EXPECT_THAT(names(7, {.before = first.back().id, .limit = 2}), ElementsAre("a"));
}

TEST_F(Audit, an_event_dies_with_the_transaction_of_its_deed)
{
  (void)database_->write_now([](db::Tx& tx) -> Result<Done> {
    record(tx, {.what = "login", .subject = 7}, {}, noon);
    return refuse(server_busy);
  });
  EXPECT_THAT(names(7), IsEmpty());
}

}  // namespace
}  // namespace usher::audit
