#include "features/health/routes.hpp"

#include "features/health/store.hpp"
#include "features/health/wire.hpp"

#include <utility>

namespace usher::health {
namespace {

using http::Answer;
using http::Guard;
using http::Method;
using http::Request;

constexpr std::string_view exposition_type = "text/plain; version=0.0.4; charset=utf-8";

constexpr Refusal not_ready{
    Kind::unavailable, "not_ready", "Not ready", "The server is starting or stopping; send traffic elsewhere."
};

Answer say_ok()
{
  return http::ok(json::text_of(Status{.status = "ok"}, status_shape));
}

Answer get_healthz(const Deps& /*deps*/, const Request& /*request*/)
{
  return say_ok();
}

/// A database that is away throws PassingFault, which the front answers with 503 and Retry-After.
Answer get_readyz(const Deps& deps, const Request& /*request*/)
{
  if (!deps.accepting()) {
    Error error = refuse(not_ready);
    error.retry_after = std::chrono::seconds{1};
    return error;
  }
  USHER_CHECK(deps.db.read(reach));
  return say_ok();
}

Answer get_version(const Deps& /*deps*/, const Request& /*request*/)
{
  return http::ok(json::text_of(Version{.name = "usher", .version = USHER_VERSION}, version_shape));
}

struct MetricsDeps {
  const metrics::Registry& registry;
};

Answer get_metrics(const MetricsDeps& deps, const Request& /*request*/)
{
  return http::Response{.content_type = exposition_type, .body = deps.registry.exposition()};
}

}  // namespace

void mount(http::Router& router, Deps deps)
{
  router.mount<Deps>(
      std::move(deps),
      {
          {.method = Method::get,
           .pattern = "/healthz",
           .guard = Guard::open,
           .handler = get_healthz,
           .operation = "get_healthz",
           .summary = "Is the process alive?",
           .reply = &status_shape},
          {.method = Method::get,
           .pattern = "/livez",
           .guard = Guard::open,
           .handler = get_healthz,
           .operation = "get_livez",
           .summary = "Is the process alive? The same under the name that orchestrators use.",
           .reply = &status_shape},
          {.method = Method::get,
           .pattern = "/readyz",
           .guard = Guard::open,
           .handler = get_readyz,
           .operation = "get_readyz",
           .summary = "Does it want traffic, and is the database there?",
           .reply = &status_shape,
           .refusals = {&not_ready}},
          {.method = Method::get,
           .pattern = "/version",
           .guard = Guard::open,
           .handler = get_version,
           .operation = "get_version",
           .summary = "Which version is running.",
           .reply = &version_shape},
      }
  );
}

void mount_metrics(http::Router& router, const metrics::Registry& registry)
{
  router.mount<MetricsDeps>(
      MetricsDeps{.registry = registry},
      {
          {.method = Method::get,
           .pattern = "/metrics",
           .guard = Guard::open,
           .handler = get_metrics,
           .operation = "get_metrics",
           .summary = "Metrics in the Prometheus text exposition format.",
           .reply_type = "text/plain"},
      }
  );
}

}  // namespace usher::health
