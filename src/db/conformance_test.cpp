#include "db/conformance_test.hpp"

#include "base/result.hpp"

#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <future>
#include <span>
#include <thread>
#include <vector>

namespace usher::db {
namespace {

using ::testing::ElementsAre;

constexpr std::array things{std::to_array<Migration>({
    {.number = 1,
     .name = "things",
     .sql =
         "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE);\n"
         "CREATE TABLE parts (id ${identity}, thing BIGINT NOT NULL REFERENCES things (id) ON DELETE CASCADE,"
         " data ${blob}, note TEXT, size BIGINT);"},
})};

constexpr Refusal unwanted{Kind::conflict, "unwanted", "Unwanted", "Not wanted."};

Result<Done> put(Tx& tx, std::int64_t id, std::string_view name)
{
  tx.execute("INSERT INTO things (id, name) VALUES ($1, $2)", {id, name});
  return Done{};
}

Verdict keep(Tx& tx, std::int64_t id, std::string_view name, Verdict verdict)
{
  (void)put(tx, id, name);
  return verdict;
}

std::int64_t count_in(Tx& tx)
{
  return tx.one("SELECT count(*) FROM things", {}, [](const Row& row) { return row.integer(0); }).value();
}

/// A unit whose moments a test can watch.
class Watched final : public Unit {
 public:
  Watched(std::function<Verdict(Tx&)> work, std::function<void(std::exception_ptr)> finished)
      : work_{std::move(work)}, finished_{std::move(finished)}
  {
  }

  Verdict run(Tx& tx) override { return work_(tx); }

  void finish(std::exception_ptr fault) noexcept override { finished_(std::move(fault)); }

 private:
  std::function<Verdict(Tx&)> work_;
  std::function<void(std::exception_ptr)> finished_;
};

/// Holds the writer inside a unit until it is let go, so that what is submitted meanwhile makes one batch.
class Plug {
 public:
  explicit Plug(Database& database)
  {
    auto hold = [entered = &entered_, gate = gate_.get_future().share()](Tx&) {
      entered->set_value();
      gate.wait();
      return Verdict::rollback;
    };
    database.submit(std::make_unique<Watched>(std::move(hold), [](const std::exception_ptr&) {}));
    entered_.get_future().wait();
  }

  void pull() { gate_.set_value(); }

 private:
  std::promise<void> entered_;
  std::promise<void> gate_;
};

/// How one submitted unit ended.
class Ending {
 public:
  void submit(Database& database, std::function<Verdict(Tx&)> work)
  {
    database.submit(std::make_unique<Watched>(std::move(work), [this](const std::exception_ptr& fault) {
      ended_.set_value(fault);
    }));
  }

  /// Rethrows the fault, if there was one.
  void wait()
  {
    if (const auto fault = ended_.get_future().get()) {
      std::rethrow_exception(fault);
    }
  }

 private:
  std::promise<std::exception_ptr> ended_;
};

}  // namespace

void Conformance::SetUp()
{
  place_ = GetParam().fresh_place();
  reopen({});
}

void Conformance::reopen(const Engine::Limits& limits)
{
  database_.reset();
  database_ = place_->open(limits);
  database_->migrate(things);
}

void Conformance::insert(std::int64_t id, std::string_view name)
{
  ASSERT_TRUE(database().write_now([&](Tx& tx) { return put(tx, id, name); }));
}

std::int64_t Conformance::count()
{
  return database().read_now([](Tx& tx) { return count_in(tx); });
}

TEST_P(Conformance, a_value_commits)
{
  insert(1, "one");
  EXPECT_EQ(count(), 1);
}

TEST_P(Conformance, an_error_rolls_back)
{
  const auto outcome = database().write_now([](Tx& tx) -> Result<Done> {
    USHER_CHECK(put(tx, 1, "one"));
    return refuse(unwanted);
  });
  EXPECT_EQ(outcome.error().code(), "unwanted");
  EXPECT_EQ(count(), 0);
}

TEST_P(Conformance, an_exception_rolls_back_and_reaches_the_caller)
{
  const auto write = [&] {
    (void)database().write_now([](Tx& tx) -> Result<Done> {
      USHER_CHECK(put(tx, 1, "one"));
      throw Fault{"by hand"};
    });
  };
  EXPECT_THROW(write(), Fault);
  EXPECT_EQ(count(), 0);
  EXPECT_EQ(database().counts().faults, 1U);
}

TEST_P(Conformance, rows_are_there_after_a_new_start)
{
  insert(1, "one");
  reopen({});
  EXPECT_EQ(count(), 1);
}

TEST_P(Conformance, a_unit_that_fails_harms_no_neighbour_in_its_batch)
{
  Plug plug{database()};
  std::array<Ending, 4> endings;
  endings[0].submit(database(), [](Tx& tx) { return keep(tx, 1, "one", Verdict::commit); });
  endings[1].submit(database(), [](Tx& tx) -> Verdict {
    keep(tx, 2, "two", Verdict::commit);
    throw Fault{"by hand"};
  });
  endings[2].submit(database(), [](Tx& tx) { return keep(tx, 3, "three", Verdict::rollback); });
  endings[3].submit(database(), [](Tx& tx) { return keep(tx, 4, "four", Verdict::commit); });
  plug.pull();

  EXPECT_NO_THROW(endings[0].wait());
  EXPECT_THROW(endings[1].wait(), Fault);
  EXPECT_NO_THROW(endings[2].wait());
  EXPECT_NO_THROW(endings[3].wait());
  const auto ids = database().read_now([](Tx& tx) {
    return tx.all("SELECT id FROM things ORDER BY id", {}, [](const Row& row) { return row.integer(0); });
  });
  EXPECT_THAT(ids, ElementsAre(1, 4));
}

TEST_P(Conformance, a_unit_sees_its_neighbours_that_came_before)
{
  Plug plug{database()};
  std::array<Ending, 2> endings;
  std::int64_t seen = -1;
  endings[0].submit(database(), [](Tx& tx) { return keep(tx, 1, "one", Verdict::commit); });
  endings[1].submit(database(), [&](Tx& tx) { return seen = count_in(tx), Verdict::commit; });
  plug.pull();
  endings[0].wait();
  endings[1].wait();
  EXPECT_EQ(seen, 1);
}

TEST_P(Conformance, many_writers_share_their_syncs)
{
  constexpr int writers = 64;
  constexpr int each = 8;
  const Counts before = database().counts();
  std::vector<std::thread> threads;
  threads.reserve(writers);
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      for (int at = 0; at < each; ++at) {
        const int id = writer * each + at;
        (void)database().write_now([&](Tx& tx) { return put(tx, id, std::to_string(id)); });
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const Counts after = database().counts();
  EXPECT_EQ(count(), writers * each);
  EXPECT_EQ(after.units - before.units, std::uint64_t{writers} * each);
  EXPECT_LT(after.commits - before.commits, std::uint64_t{writers} * each);
  EXPECT_LE(after.syncs - before.syncs, after.commits - before.commits + 2);
}

TEST_P(Conformance, a_batch_that_changed_nothing_does_not_sync)
{
  insert(1, "one");
  const std::uint64_t before = database().counts().syncs;
  (void)database().write_now([](Tx& tx) -> Result<Done> {
    USHER_CHECK(put(tx, 2, "two"));
    return refuse(unwanted);
  });
  (void)database().write_now([](Tx& tx) -> Result<std::int64_t> { return count_in(tx); });
  EXPECT_EQ(database().counts().syncs, before);
}

TEST_P(Conformance, a_full_queue_turns_units_away_and_never_blocks)
{
  reopen({.queue_max = 2});
  Plug plug{database()};
  std::array<Ending, 3> endings;
  for (Ending& ending : endings) {
    ending.submit(database(), [](Tx&) { return Verdict::commit; });
  }
  EXPECT_THROW(endings[2].wait(), PassingFault);
  plug.pull();
  EXPECT_NO_THROW(endings[0].wait());
  EXPECT_NO_THROW(endings[1].wait());
}

TEST_P(Conformance, closing_finishes_what_was_accepted)
{
  std::array<Ending, 20> endings;
  for (std::size_t at = 0; at < endings.size(); ++at) {
    endings[at].submit(database(), [at](Tx& tx) {
      return keep(tx, static_cast<std::int64_t>(at), std::to_string(at), Verdict::commit);
    });
  }
  reopen({});
  for (Ending& ending : endings) {
    EXPECT_NO_THROW(ending.wait());
  }
  EXPECT_EQ(count(), 20);
}

TEST_P(Conformance, a_listener_has_heard_before_the_writer_is_told)
{
  std::vector<std::int64_t> heard;
  database().listen("things", [&](Tx& tx) { heard.push_back(count_in(tx)); });
  (void)database().write_now([](Tx& tx) {
    tx.notify("things");
    return put(tx, 1, "one");
  });
  EXPECT_THAT(heard, ElementsAre(1));
}

TEST_P(Conformance, a_listener_hears_of_its_own_channel_and_of_commits_only)
{
  std::atomic<int> calls{0};
  database().listen("things", [&](Tx&) { ++calls; });
  (void)database().write_now([](Tx& tx) {
    tx.notify("other");
    return put(tx, 1, "one");
  });
  (void)database().write_now([](Tx& tx) -> Result<Done> {
    tx.notify("things");
    return refuse(unwanted);
  });
  EXPECT_EQ(calls, 0);
}

TEST_P(Conformance, a_listener_may_read_but_not_write)
{
  std::promise<bool> refused;
  std::atomic<bool> first{true};
  database().listen("things", [&](Tx& tx) {
    if (!first.exchange(false)) {
      return;
    }
    try {
      tx.execute("DELETE FROM things");
      refused.set_value(false);
    } catch (const Fault&) {
      refused.set_value(true);
    }
  });
  (void)database().write_now([](Tx& tx) {
    tx.notify("things");
    return put(tx, 1, "one");
  });
  EXPECT_TRUE(refused.get_future().get());
  EXPECT_EQ(count(), 1);
}

TEST_P(Conformance, a_listener_that_fails_is_called_again)
{
  std::promise<void> heard;
  int calls = 0;
  database().listen("things", [&](Tx&) {
    if (++calls == 1) {
      throw Fault{"by hand"};
    }
    heard.set_value();
  });
  (void)database().write_now([](Tx& tx) {
    tx.notify("things");
    return put(tx, 1, "one");
  });
  heard.get_future().wait();
  EXPECT_EQ(calls, 2);
}

TEST_P(Conformance, another_opening_of_the_same_rows_is_heard)
{
  std::promise<std::int64_t> heard;
  database().listen("things", [&](Tx& tx) { heard.set_value(count_in(tx)); });
  (void)open_beside()->write_now([](Tx& tx) {
    tx.notify("things");
    return put(tx, 1, "one");
  });
  EXPECT_EQ(heard.get_future().get(), 1);
}

TEST_P(Conformance, a_reader_never_misses_an_acknowledged_write)
{
  const auto reader = database().open_reader();
  std::vector<std::int64_t> seen;
  for (int id = 1; id <= 3; ++id) {
    insert(id, std::to_string(id));
    reader->read([&](Tx& tx) { seen.push_back(count_in(tx)); });  // no release in between
  }
  EXPECT_THAT(seen, ElementsAre(1, 2, 3));
  EXPECT_TRUE(reader->holds());
  reader->release();
  EXPECT_FALSE(reader->holds());
}

TEST_P(Conformance, a_read_does_not_see_what_is_not_committed)
{
  std::int64_t seen = -1;
  (void)database().write_now([&](Tx& tx) {
    auto outcome = put(tx, 1, "one");
    seen = count();
    return outcome;
  });
  EXPECT_EQ(seen, 0);
}

TEST_P(Conformance, a_reader_cannot_write)
{
  const auto reader = database().open_reader();
  EXPECT_THROW(reader->read([](Tx& tx) { tx.execute("DELETE FROM things"); }), Fault);
  EXPECT_FALSE(reader->holds());
}

TEST_P(Conformance, a_reader_works_on_after_an_exception)
{
  const auto reader = database().open_reader();
  EXPECT_THROW(reader->read([](Tx&) { throw Fault{"by hand"}; }), Fault);
  std::int64_t seen = -1;
  reader->read([&](Tx& tx) { seen = count_in(tx); });
  EXPECT_EQ(seen, 0);
}

TEST_P(Conformance, taken_undoes_one_statement_and_leaves_the_transaction_usable)
{
  insert(1, "one");
  const auto outcome = database().write_now([](Tx& tx) -> Result<Done> {
    EXPECT_THROW(tx.execute("INSERT INTO things (id, name) VALUES ($1, $2)", {2, "one"}), Taken);
    EXPECT_THROW(tx.execute("INSERT INTO things (id, name) VALUES ($1, $2)", {1, "two"}), Taken);
    return put(tx, 3, "three");
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(count(), 2);
}

TEST_P(Conformance, a_row_without_its_parent_is_an_orphan)
{
  const auto outcome = database().write_now([](Tx& tx) -> Result<Done> {
    EXPECT_THROW(tx.execute("INSERT INTO parts (thing) VALUES ($1)", {7}), Orphan);
    return Done{};
  });
  EXPECT_TRUE(outcome);
}

TEST_P(Conformance, children_go_with_their_parent)
{
  insert(1, "one");
  const auto left = database().write_now([](Tx& tx) -> Result<std::int64_t> {
    tx.execute("INSERT INTO parts (thing) VALUES ($1)", {1});
    EXPECT_EQ(tx.execute("DELETE FROM things WHERE id = $1", {1}), 1);
    return *tx.one("SELECT count(*) FROM parts", {}, [](const Row& row) { return row.integer(0); });
  });
  EXPECT_EQ(left.value(), 0);
}

TEST_P(Conformance, identities_are_never_reused)
{
  insert(1, "one");
  const auto add = [this] {
    return database()
        .write_now([](Tx& tx) -> Result<std::int64_t> {
          return *tx.one("INSERT INTO parts (thing) VALUES ($1) RETURNING id", {1}, [](const Row& row) {
            return row.integer(0);
          });
        })
        .value();
  };
  const std::int64_t first = add();
  (void)database().write_now([&](Tx& tx) {
    return Result<std::int64_t>{tx.execute("DELETE FROM parts WHERE id = $1", {first})};
  });
  EXPECT_GT(add(), first);
}

TEST_P(Conformance, a_statement_is_usable_again_after_its_visitor_threw)
{
  insert(1, "one");
  insert(2, "two");
  const auto outcome = database().write_now([](Tx& tx) -> Result<std::int64_t> {
    const auto broken_off = [&] {
      tx.each("SELECT id FROM things", {}, [](const Row&) { throw Fault{"by hand"}; });
    };
    EXPECT_THROW(broken_off(), Fault);
    return static_cast<std::int64_t>(tx.all("SELECT id FROM things", {}, [](const Row&) { return 0; }).size()
    );
  });
  EXPECT_EQ(outcome.value(), 2);
}

TEST_P(Conformance, execute_tells_how_many_rows_it_changed)
{
  const auto outcome = database().write_now([](Tx& tx) -> Result<Done> {
    USHER_CHECK(put(tx, 1, "one"));
    USHER_CHECK(put(tx, 2, "two"));
    EXPECT_EQ(tx.execute("UPDATE things SET name = name || $1", {"!"}), 2);
    EXPECT_EQ(tx.execute("DELETE FROM things WHERE id = $1", {3}), 0);
    EXPECT_EQ(tx.execute("INSERT INTO things (id, name) VALUES (1, 'x') ON CONFLICT DO NOTHING"), 0);
    return Done{};
  });
  EXPECT_TRUE(outcome);
}

TEST_P(Conformance, a_bad_statement_is_a_fault)
{
  EXPECT_THROW(database().read_now([](Tx& tx) { return tx.execute("SELECT nonsense FROM nowhere"); }), Fault);
}

TEST_P(Conformance, migrations_run_once_and_in_order)
{
  const std::array later{
      things[0],
      Migration{
          .number = 3,
          .name = "third",
          .sql = "INSERT INTO things (id, name) SELECT 3, name || '3' FROM things;"
      },
      Migration{.number = 2, .name = "second", .sql = "INSERT INTO things (id, name) VALUES (2, 'two');"},
  };
  EXPECT_EQ(database().migrate(later), 2);
  EXPECT_EQ(database().migrate(later), 0);
  EXPECT_EQ(count(), 2);
}

TEST_P(Conformance, a_migration_that_fails_leaves_nothing_behind)
{
  const std::array later{
      things[0],
      Migration{.number = 2, .name = "good", .sql = "CREATE TABLE good (id BIGINT);"},
      Migration{.number = 3, .name = "bad", .sql = "CREATE TABLE good (id BIGINT);"},
  };
  EXPECT_THROW(database().migrate(later), Fault);
  EXPECT_EQ(database().migrate(std::span{later}.first(2)), 1);
}

TEST_P(Conformance, a_newer_database_is_refused)
{
  const std::array later{
      things[0], Migration{.number = 9, .name = "later", .sql = "CREATE TABLE later (id BIGINT);"}
  };
  EXPECT_EQ(database().migrate(later), 1);
  try {
    database().migrate(things);
    FAIL();
  } catch (const Fault& fault) {
    EXPECT_THAT(fault.what(), ::testing::HasSubstr("database is newer"));
  }
}

TEST_P(Conformance, two_starts_at_once_migrate_once)
{
  const std::array later{
      things[0], Migration{.number = 2, .name = "two", .sql = "CREATE TABLE two (id BIGINT);"}
  };
  const auto other = open_beside();
  std::atomic<int> applied{0};
  std::thread beside{[&] { applied += other->migrate(later); }};
  applied += database().migrate(later);
  beside.join();
  EXPECT_EQ(applied, 1);
}

}  // namespace usher::db
