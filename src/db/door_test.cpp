#include "db/door.hpp"

#include "db/sqlite/sqlite_database.hpp"
#include "testing/database.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <array>
#include <future>
#include <thread>

namespace usher::db {
namespace {

namespace asio = boost::asio;

constexpr std::array rows{std::to_array<Migration>({
    {.number = 1, .name = "rows", .sql = "CREATE TABLE rows (id BIGINT PRIMARY KEY);"},
})};

constexpr Refusal unwanted{Kind::conflict, "unwanted", "Unwanted", "Not wanted."};

Result<std::int64_t> add(Tx& tx, std::int64_t id)
{
  tx.execute("INSERT INTO rows (id) VALUES ($1)", {id});
  return id;
}

std::int64_t count_in(Tx& tx)
{
  return tx.one("SELECT count(*) FROM rows", {}, [](const Row& row) { return row.integer(0); }).value();
}

class DoorTest : public ::testing::Test {
 protected:
  DoorTest()
  {
    database_->migrate(rows);
    door_.emplace(*database_, loop_.get_executor());
  }

  std::unique_ptr<Database> open() { return open_sqlite({.path = (folder_.path() / "usher.db").string()}); }

  /// Starts `body(door)` on the loop; what it throws is rethrown by run().
  template <class Body>
  void start(Body body)
  {
    // co_spawn keeps the closure as long as the coroutine runs, and with it the captures of `body`.
    auto begin = [this, body = std::move(body)]() { return body(*door_); };
    asio::co_spawn(loop_, std::move(begin), [this](const std::exception_ptr& thrown) {
      thrown_ = thrown ? thrown : thrown_;
    });
  }

  void run()
  {
    loop_.run();
    if (thrown_) {
      std::rethrow_exception(thrown_);
    }
  }

  testing::TempFolder folder_;
  std::unique_ptr<Database> database_{open()};
  asio::io_context loop_{1};
  std::optional<Door> door_;
  std::exception_ptr thrown_;
};

TEST_F(DoorTest, a_write_resumes_on_its_own_loop_when_it_is_on_disk)
{
  std::thread::id before;
  std::thread::id after;
  std::int64_t seen = -1;
  start([&](Door& door) -> Task<> {
    before = std::this_thread::get_id();
    auto work = [](Tx& tx) { return add(tx, 1); };
    (void)co_await door.write(std::move(work));
    after = std::this_thread::get_id();
    seen = door.read(count_in);
  });
  run();
  EXPECT_EQ(before, after);
  EXPECT_EQ(seen, 1);
}

TEST_F(DoorTest, a_refusal_rolls_back_and_comes_back_as_it_is)
{
  std::string code;
  start([&](Door& door) -> Task<> {
    auto work = [](Tx& tx) -> Result<std::int64_t> {
      USHER_CHECK(add(tx, 1));
      return refuse(unwanted);
    };
    const auto outcome = co_await door.write(std::move(work));
    code = outcome.error().code();
  });
  run();
  EXPECT_EQ(code, "unwanted");
  EXPECT_EQ(database_->read_now(count_in), 0);
}

TEST_F(DoorTest, a_fault_is_thrown_where_the_write_is_awaited)
{
  bool caught = false;
  start([&](Door& door) -> Task<> {
    auto work = [](Tx&) -> Result<Done> { throw Fault{"by hand"}; };
    try {
      (void)co_await door.write(std::move(work));
    } catch (const Fault&) {
      caught = true;
    }
  });
  run();
  EXPECT_TRUE(caught);
}

TEST_F(DoorTest, a_write_may_own_what_cannot_be_copied)
{
  std::int64_t got = 0;
  start([&](Door& door) -> Task<> {
    auto work = [id = std::make_unique<std::int64_t>(7)](Tx& tx) { return add(tx, *id); };
    got = (co_await door.write(std::move(work))).value();
  });
  run();
  EXPECT_EQ(got, 7);
}

TEST_F(DoorTest, many_writes_of_one_loop_all_come_back)
{
  int done = 0;
  for (int id = 0; id < 200; ++id) {
    start([&done, id](Door& door) -> Task<> {
      auto work = [id](Tx& tx) { return add(tx, id); };
      (void)co_await door.write(std::move(work));
      ++done;
    });
  }
  run();
  EXPECT_EQ(done, 200);
  EXPECT_EQ(database_->read_now(count_in), 200);
  EXPECT_LT(database_->counts().commits, 200U);
}

TEST_F(DoorTest, a_read_is_never_older_than_a_commit_of_this_process)
{
  std::array<std::int64_t, 2> seen{};
  start([&](Door& door) -> Task<> {
    seen[0] = door.read(count_in);
    (void)database_->write_now([](Tx& tx) { return add(tx, 1); });
    seen[1] = door.read(count_in);  // the same tick
    co_return;
  });
  run();
  EXPECT_EQ(seen, (std::array<std::int64_t, 2>{0, 1}));
}

TEST_F(DoorTest, a_read_keeps_its_snapshot_for_the_tick_and_no_longer)
{
  const auto other_process = open();
  std::array<std::int64_t, 3> seen{};
  start([&](Door& door) -> Task<> {
    seen[0] = door.read(count_in);
    (void)other_process->write_now([](Tx& tx) { return add(tx, 1); });
    seen[1] = door.read(count_in);
    co_await asio::post(loop_.get_executor(), use_task);
    seen[2] = door.read(count_in);
  });
  run();
  EXPECT_EQ(seen, (std::array<std::int64_t, 3>{0, 0, 1}));
}

TEST_F(DoorTest, the_loop_stays_until_its_writes_are_back)
{
  std::promise<void> entered;
  std::promise<void> gate;
  bool resumed = false;
  start([&](Door& door) -> Task<> {
    auto work = [&](Tx& tx) {
      entered.set_value();
      gate.get_future().wait();
      return add(tx, 1);
    };
    (void)co_await door.write(std::move(work));
    resumed = true;
  });
  std::thread opener{[&] {
    entered.get_future().wait();
    gate.set_value();
  }};
  run();
  opener.join();
  EXPECT_TRUE(resumed);
}

TEST_F(DoorTest, may_go_while_its_writes_are_under_way)
{
  std::promise<void> entered;
  std::promise<void> gate;
  bool resumed = false;
  auto owned = std::make_shared<int>(1);
  start([&, owned](Door& door) -> Task<> {
    auto work = [&](Tx& tx) {
      entered.set_value();
      gate.get_future().wait();
      return add(tx, 1);
    };
    const auto kept = owned;
    (void)co_await door.write(std::move(work));
    resumed = true;
  });
  loop_.poll();  // runs up to the await
  entered.get_future().wait();
  std::thread opener{[&] { gate.set_value(); }};
  door_.reset();
  opener.join();
  EXPECT_FALSE(resumed);
  EXPECT_EQ(database_->read_now(count_in), 1) << "what the writer had is done all the same";
}

}  // namespace
}  // namespace usher::db
