#include "features/revocations/routes.hpp"

#include "base/waker.hpp"
#include "http/gzip.hpp"

#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace usher::revocations {
namespace {

using http::Answer;
using http::Guard;
using http::Method;
using http::Reply;
using http::Request;

constexpr std::string_view statement_type = "application/jwt";
constexpr std::string_view for_everybody = "public, max-age=1";
/// "public" would let a shared cache give it to those who show no credential (RFC 9111 3.5).
constexpr std::string_view for_services = "private, max-age=1";
constexpr std::string_view since_schema = R"({"type":"integer","format":"int64","minimum":0})";

/// Digits and nothing else.
Result<std::int64_t> number_in(std::string_view name, std::string_view text)
{
  std::int64_t number = 0;
  const auto [stop, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = wrong == std::errc{} && stop == text.data() + text.size();
  if (!whole || text.front() == '-') {
    return refuse_fields(
        {{.field = std::string{name}, .reason = "must be a number of the feed: an integer from 0, in digits"}}
    );
  }
  return number;
}

Result<std::optional<std::int64_t>> since_of(const Request& request)
{
  USHER_TRY(const std::optional<std::string> text, request.query_value("since"));
  if (!text) {
    return std::optional<std::int64_t>{};
  }
  USHER_TRY(const std::int64_t number, number_in("since", *text));
  return std::optional{number};
}

/// What the listener has already. Its browser's or library's word counts more than the URL it began with.
Result<std::optional<std::int64_t>> resumed_from(const Request& request)
{
  if (request.last_event_id.empty()) {
    return since_of(request);
  }
  USHER_TRY(const std::int64_t number, number_in("Last-Event-ID", request.last_event_id));
  return std::optional{number};
}

bool is_open(const Deps& deps)
{
  return deps.feed.options().scope.empty();
}

http::Response answer_with(const Deps& deps, const Shared& statement, const Request& request)
{
  const bool zipped = !statement->gzipped.empty() && http::accepts_gzip(request.accept_encoding);
  http::Response response{
      .content_type = statement_type,
      .etag = statement->etag,
      .cache_control = is_open(deps) ? for_everybody : for_services,
      .headers = {{.name = "Vary", .value = "Accept-Encoding"}},
  };
  if (zipped) {
    response.content_encoding = "gzip";
    response.etag.insert(response.etag.size() - 1, "-gzip");  // other bytes, another tag (RFC 9110 8.8.3)
  }
  response.shared_body = {statement, zipped ? &statement->gzipped : &statement->text};
  return response;
}

Reply get_revocations(const Deps& deps, const Request& request)
{
  USHER_CO_TRY(const std::optional<std::int64_t> since, since_of(request));
  Shared statement = since ? deps.channel.after(*since) : nullptr;
  if (!statement) {
    statement = deps.feed.whole().ready();
  }
  if (!statement) {
    WholeSet& whole = deps.feed.whole();
    auto ask = [&whole](Waker waker) { whole.make(std::move(waker)); };
    co_await until_woken(std::move(ask));
    statement = whole.newest();
  }
  co_return answer_with(deps, statement, request);
}

/// At once: nothing may come between the first event and the joining.
Answer get_revocation_stream(const Deps& deps, const Request& request)
{
  USHER_TRY(const std::optional<std::int64_t> since, resumed_from(request));
  if (request.method == Method::head) {
    USHER_TRY(std::shared_ptr<http::Seat> seat, deps.channel.look());
    return http::event_stream(std::move(seat), {});
  }
  USHER_TRY(Channel::Place place, deps.channel.listen(since));
  if (!is_open(deps)) {
    deps.feed.let_in(request.client);
  }
  return http::event_stream(std::move(place.seat), std::move(place.first));
}

}  // namespace

void mount(http::Router& router, Deps deps)
{
  const Guard guard = is_open(deps) ? Guard::open : Guard::client;
  const std::string_view scope = deps.feed.options().scope;
  router.mount<Deps>(
      deps,
      {
          {.method = Method::get,
           .pattern = "/api/revocations",
           .guard = guard,
           .handler = get_revocations,
           .operation = "get_revocations",
           .summary = "What was revoked: a signed statement, for services that verify tokens by themselves.",
           .query = {{"since", "Only what came after this number.", since_schema}},
           .reply_type = statement_type,
           .scope = scope},
          {.method = Method::get,
           .pattern = "/api/revocations/stream",
           .guard = guard,
           .handler = get_revocation_stream,
           .operation = "get_revocation_stream",
           .summary = "The same as it happens: server-sent events, one statement each.",
           .refusals = {&too_many_listeners},
           .query = {{"since", "What the listener has already; Last-Event-ID goes before it.", since_schema}},
           .reply_type = "text/event-stream",
           .scope = scope},
      }
  );
}

}  // namespace usher::revocations
