#include "http/dispatch.hpp"

#include "base/fault.hpp"
#include "http/negotiation.hpp"
#include "http/problem.hpp"

#include <string>
#include <utility>

namespace usher::http {
namespace {

constexpr std::string_view form_wanted =
    "Send the body as Content-Type: application/x-www-form-urlencoded, in UTF-8 and without "
    "Content-Encoding.";
constexpr std::string_view all_methods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";

bool is_unchanged(const Request& request, const Response& response)
{
  return (request.method == Method::get || request.method == Method::head) && response.status == 200 &&
         !response.etag.empty() && !request.if_none_match.empty() &&
         matches_tag(request.if_none_match, response.etag);
}

bool reads_form(const Router::Entry& entry)
{
  return entry.body != nullptr && entry.body_type == form_type;
}

Result<Done> check_body(const Request& request, const Router::Entry& entry)
{
  const bool form = reads_form(entry);
  if (entry.body != nullptr && !is_readable(request, entry)) {
    return form ? refuse(media_type_unsupported, std::string{form_wanted}) : refuse(media_type_unsupported);
  }
  return form ? check_form(request.body) : Done{};
}

Result<Done> pass_guard(Request& request, const Router::Entry& entry, const Site& site)
{
  if (entry.guard != Guard::client) {
    return pass(request, entry.guard, *site.authenticator);
  }
  USHER_ASSERT(site.clients != nullptr);
  const std::string_view form = reads_form(entry) ? request.body : std::string_view{};
  return pass_client(request, {.scope = entry.scope, .form = form}, *site.clients);
}

std::string_view pattern_of(const Router::Entry* entry)
{
  return entry == nullptr ? std::string_view{"none"} : std::string_view{entry->pattern};
}

}  // namespace

Dispatch::Plan Dispatch::begin(Request& request)
{
  Plan plan;
  try {
    if (request.method == Method::options) {
      plan.response = options(request);
      return plan;
    }
    const auto admitted = admit(request, plan.entry);
    if (!admitted) {
      plan.response = settle(request, plan.entry, admitted.error());
    } else if (const auto* at_once = std::get_if<Router::AtOnce>(&plan.entry->handler)) {
      plan.response = settle(request, plan.entry, (*at_once)(request));
    }
  } catch (...) {
    plan.response = failed(request, plan.entry, std::current_exception());
  }
  return plan;
}

Task<Response> Dispatch::finish(Request& request, const Router::Entry& entry)
{
  std::exception_ptr fault;
  try {
    Answer answer = co_await std::get<Router::Waits>(entry.handler)(request);
    co_return settle(request, &entry, std::move(answer));
  } catch (...) {
    fault = std::current_exception();
  }
  co_return failed(request, &entry, fault);
}

Response Dispatch::refused(const Complaint& complaint, std::string_view request_id)
{
  const std::string_view detail = complaint.detail.empty() ? complaint.refusal->detail : complaint.detail;
  return problem(refuse(*complaint.refusal, std::string{detail}), request_id);
}

/// `entry` is set as soon as the route is known, also when the request is then refused.
Result<const Router::Entry*> Dispatch::admit(Request& request, const Router::Entry*& entry) const
{
  USHER_TRY(entry, site_.router.match(request));
  if (reads_form(*entry)) {
    // It may hold the credential itself, and has to be a form before that is looked for.
    USHER_CHECK(check_body(request, *entry));
    USHER_CHECK(pass_guard(request, *entry, site_));
  } else {
    USHER_CHECK(pass_guard(request, *entry, site_));
    USHER_CHECK(check_body(request, *entry));
  }
  if (!is_welcome(request, *entry)) {
    return refuse(not_acceptable);
  }
  return entry;
}

Response Dispatch::options(const Request& request) const
{
  const std::string allowed =
      request.path == "*" ? std::string{all_methods} : site_.router.allowed(request.path);
  if (allowed.empty()) {
    return settle(request, nullptr, refuse(route_not_found));
  }
  Response response = no_content();
  response.headers = cors_.preflight(request, allowed);
  response.headers.push_back({.name = "Allow", .value = allowed});
  return response;
}

Response Dispatch::settle(const Request& request, const Router::Entry* entry, Answer answer) const
{
  if (answer) {
    Response response = *std::move(answer);
    if (site_.hooks.on_success && entry != nullptr) {
      site_.hooks.on_success(request, response);
    }
    if (is_unchanged(request, response)) {
      response.status = 304;
      response.body.clear();
      response.shared_body.reset();
    }
    return response;
  }
  const Error& error = answer.error();
  std::optional<Response> other = site_.hooks.on_error ? site_.hooks.on_error(request, error) : std::nullopt;
  Response response = other ? *std::move(other) : problem(error, request.request_id);
  if (error.refusal->kind == Kind::method_not_allowed) {
    response.headers.push_back({.name = "Allow", .value = site_.router.allowed(request.path)});
  }
  return response;
}

Response Dispatch::failed(const Request& request, const Router::Entry* entry, const std::exception_ptr& fault)
    const
{
  std::string what = "not a standard exception";
  bool passing = false;
  try {
    std::rethrow_exception(fault);
  } catch (const PassingFault& error) {
    what = error.what();
    passing = true;
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {  // NOLINT(bugprone-empty-catch): `what` says so already
  }
  log_.write(
      passing ? log::Level::warning : log::Level::error,
      "request failed",
      {{"request_id", request.request_id}, {"route", pattern_of(entry)}, {"fault", what}}
  );
  Error error = refuse(passing ? temporarily_unavailable : internal_error);
  if (passing) {
    error.retry_after = std::chrono::seconds{1};
  }
  return problem(error, request.request_id);
}

}  // namespace usher::http
