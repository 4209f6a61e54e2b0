#include "features/clients/service.hpp"

#include "audit/audit.hpp"
#include "crypto/random.hpp"
#include "db/door.hpp"
#include "features/clients/authenticator.hpp"
#include "features/clients/store.hpp"
#include "testing/database.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace usher::clients {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Instant start_time{std::chrono::seconds{1'800'000'000}};

struct Clients : ::testing::Test {
  testing::TestDatabase database{migrations(), audit::migrations()};

  static void SetUpTestSuite() { crypto::start(); }

  Result<Secret> add(std::string name, Scopes scopes = {Scope::introspect})
  {
    return testing::in(*database, [&](db::Tx& tx) {
      return add_client(tx, {.name = std::move(name), .scopes = std::move(scopes)}, {}, start_time);
    });
  }

  std::string added(const std::string& name) { return std::string{add(name).value().reveal()}; }

  std::optional<Client> who(std::string_view name, std::string_view secret)
  {
    return testing::in(*database, [&](db::Tx& tx) {
      return authenticate(tx, {.name = name, .secret = secret});
    });
  }

  std::vector<std::string> audited()
  {
    return testing::in(*database, [](db::Tx& tx) {
      std::vector<std::string> lines;
      for (const audit::Entry& entry : audit::recent(tx, 0, {})) {
        lines.insert(lines.begin(), entry.event + " " + entry.detail);
      }
      return lines;
    });
  }
};

TEST_F(Clients, are_known_by_their_secret)
{
  const std::string secret = added("orders");
  EXPECT_EQ(secret.size(), 43U);
  const auto client = who("orders", secret);
  ASSERT_TRUE(client);
  EXPECT_EQ(client->name, "orders");
  EXPECT_EQ(client->scopes, Scopes{Scope::introspect});
  EXPECT_EQ(client->created, start_time);
}

TEST_F(Clients, are_not_known_by_anything_else)
{
  const std::string secret = added("orders");
  const std::string other = added("other");
  EXPECT_FALSE(who("orders", other));
  EXPECT_FALSE(who("orders", ""));
  EXPECT_FALSE(who("orders", secret + "x"));
  EXPECT_FALSE(who("ORDERS", secret));
  EXPECT_FALSE(who("nobody", secret));
  EXPECT_FALSE(who("", ""));
  EXPECT_FALSE(who("?", ""));
  EXPECT_FALSE(who("nobody", std::string(43, '-')));
  EXPECT_FALSE(who(std::string(10'000, '\xFF'), secret));
}

TEST_F(Clients, keep_no_secret)
{
  const std::string secret = added("orders");
  const auto stored = testing::in(*database, [](db::Tx& tx) { return secret_of(tx, "orders"); });
  ASSERT_TRUE(stored);
  EXPECT_THAT(*stored, Not(HasSubstr(secret)));
  EXPECT_THAT(audited(), Not(::testing::Contains(HasSubstr(secret))));
}

TEST_F(Clients, have_one_name_each)
{
  (void)added("orders");
  EXPECT_EQ(add("orders").error().code(), "client_exists");
  EXPECT_EQ(add("Orders").error().code(), "client_name_invalid");
}

TEST_F(Clients, lose_the_old_secret_with_the_new)
{
  const std::string old = added("orders");
  const Secret fresh = testing::in(*database, [](db::Tx& tx) {
                         return rotate_secret(tx, "orders", {}, start_time + std::chrono::seconds{9});
                       }).value();
  EXPECT_FALSE(who("orders", old));
  const auto client = who("orders", fresh.reveal());
  ASSERT_TRUE(client);
  EXPECT_EQ(client->rotated, start_time + std::chrono::seconds{9});
}

TEST_F(Clients, are_gone_when_deleted)
{
  const std::string secret = added("orders");
  const auto erase_it = [](db::Tx& tx) { return delete_client(tx, "orders", {}, start_time); };
  EXPECT_TRUE(testing::in(*database, erase_it));
  EXPECT_FALSE(who("orders", secret));
  EXPECT_EQ(testing::in(*database, erase_it).error().code(), "client_not_found");
  const auto rotate_it = [](db::Tx& tx) { return rotate_secret(tx, "orders", {}, start_time); };
  EXPECT_EQ(testing::in(*database, rotate_it).error().code(), "client_not_found");
}

TEST_F(Clients, have_marks_that_go_with_their_secrets)
{
  const auto marks = [&] {
    return testing::in(*database, [](db::Tx& tx) { return marks_of(tx, Scope::revocations); });
  };
  int told = 0;
  database->listen(channel, [&](db::Tx& /*tx*/) { ++told; });
  (void)add("reader", {Scope::revocations});
  const auto first = marks();
  EXPECT_EQ(first.size(), 1U);
  (void)add("orders", {Scope::introspect});
  EXPECT_EQ(marks(), first) << "may not read the feed";
  (void)testing::in(*database, [](db::Tx& tx) { return rotate_secret(tx, "reader", {}, start_time); });
  const auto second = marks();
  EXPECT_EQ(second.size(), 1U);
  EXPECT_NE(second, first);
  (void)testing::in(*database, [](db::Tx& tx) { return delete_client(tx, "reader", {}, start_time); });
  EXPECT_TRUE(marks().empty());
  EXPECT_EQ(told, 4);
}

TEST_F(Clients, are_in_the_audit_trail)
{
  (void)add("orders", {Scope::introspect, Scope::revoke});
  (void)testing::in(*database, [](db::Tx& tx) { return rotate_secret(tx, "orders", {}, start_time); });
  (void)testing::in(*database, [](db::Tx& tx) { return delete_client(tx, "orders", {}, start_time); });
  EXPECT_THAT(
      audited(),
      ElementsAre(
          "client_added client=orders scope=introspect,revoke",
          "client_rotated client=orders",
          "client_deleted client=orders"
      )
  );
}

struct ClientDoor : Clients {
  boost::asio::io_context loop{1};
  db::Door door{*database, loop.get_executor()};
  metrics::Registry metrics;
  log::Logger quiet{{.level = log::Level::off}};
  CredentialAuthenticator authenticator{door, metrics, quiet};

  std::string code_of(const std::string& name, const std::string& secret, std::string_view scope)
  {
    const auto outcome = authenticator.authenticate({.id = name, .secret = Secret{secret}}, scope);
    return outcome ? "good" : std::string{outcome.error().code()};
  }
};

TEST_F(ClientDoor, asks_for_credential_and_scope)
{
  const std::string secret = added("orders");
  EXPECT_EQ(code_of("orders", secret, "introspect"), "good");
  EXPECT_EQ(code_of("orders", secret, "revoke"), "insufficient_scope");
  EXPECT_EQ(code_of("orders", "wrong", "revoke"), "invalid_client");
  EXPECT_EQ(code_of("nobody", secret, "introspect"), "invalid_client");
}

TEST_F(ClientDoor, warns_of_whom_it_refuses_a_few_times_a_minute_and_never_of_what_was_shown)
{
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  {
    log::Logger logger{{.format = log::Format::json, .fd = ends[1]}};
    CredentialAuthenticator warning{door, metrics, logger};
    (void)warning.authenticate({.id = "Not A Name", .secret = Secret{std::string{"s3cret"}}}, "revoke");
    for (int i = 0; i < 3 * CredentialAuthenticator::warnings_a_minute; ++i) {
      (void)warning.authenticate({.id = "orders", .secret = Secret{std::string{"s3cret"}}}, "revoke");
    }
    logger.flush();
  }
  ::close(ends[1]);
  std::string lines;
  std::array<char, 4096> some{};
  for (ssize_t bytes = 0; (bytes = ::read(ends[0], some.data(), some.size())) > 0;) {
    lines.append(some.data(), static_cast<std::size_t>(bytes));
  }
  ::close(ends[0]);
  EXPECT_EQ(std::ranges::count(lines, '\n'), CredentialAuthenticator::warnings_a_minute);
  EXPECT_THAT(lines, HasSubstr(R"("client":"orders","scope":"revoke","error":"invalid_client")"));
  EXPECT_THAT(lines, Not(HasSubstr("s3cret")));
  EXPECT_THAT(lines, Not(HasSubstr("Not A Name")));
}

TEST_F(ClientDoor, counts_whom_it_refuses)
{
  (void)code_of("nobody", "x", "revoke");
  EXPECT_THAT(
      metrics.exposition(), HasSubstr(R"(usher_client_requests_total{what="revoke",outcome="refused"} 1)")
  );
}

}  // namespace
}  // namespace usher::clients
