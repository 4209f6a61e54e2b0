#include "features/health/routes.hpp"

#include "testing/database.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include <string_view>

namespace usher::health {
namespace {

using ::testing::HasSubstr;

struct Health : ::testing::Test {
  testing::TestDatabase database{};
  boost::asio::io_context loop{1};
  db::Door door{*database, loop.get_executor()};
  http::Router router;
  metrics::Registry registry;
  bool accepting{true};

  void SetUp() override
  {
    mount(router, {.db = door, .accepting = [this] { return accepting; }});
    mount_metrics(router, registry);
  }

  http::Answer get(std::string_view path)
  {
    http::Request request{.method = http::Method::get, .path = path};
    return std::get<http::Router::AtOnce>(router.match(request).value()->handler)(request);
  }
};

TEST_F(Health, is_alive)
{
  EXPECT_EQ(get("/healthz")->body, R"({"status":"ok"})");
  EXPECT_EQ(get("/livez")->body, R"({"status":"ok"})");
}

TEST_F(Health, is_ready_until_it_drains)
{
  EXPECT_EQ(get("/readyz")->status, 200);
  accepting = false;
  const http::Answer draining = get("/readyz");
  ASSERT_FALSE(draining);
  EXPECT_EQ(draining.error().code(), "not_ready");
  EXPECT_EQ(draining.error().retry_after.count(), 1);
  EXPECT_EQ(get("/livez")->status, 200);
}

TEST_F(Health, tells_its_version)
{
  EXPECT_THAT(get("/version")->body, HasSubstr(USHER_VERSION));
}

TEST_F(Health, shows_its_metrics)
{
  registry.counter("usher_example_total", "An example.").add(3);
  const http::Answer answer = get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->body, HasSubstr("usher_example_total 3"));
  EXPECT_THAT(answer->content_type, HasSubstr("version=0.0.4"));
}

}  // namespace
}  // namespace usher::health
