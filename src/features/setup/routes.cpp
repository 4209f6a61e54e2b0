#include "features/setup/routes.hpp"

#include "features/setup/page.hpp"
#include "features/setup/service.hpp"
#include "features/setup/wire.hpp"
#include "passwords/policy.hpp"

#include <string>
#include <utility>

namespace usher::setup {
namespace {

using http::Answer;
using http::Guard;
using http::Method;
using http::Reply;
using http::Request;
using http::Response;

Response page_part(std::string_view content_type, std::string_view body)
{
  return {
      .content_type = content_type,
      .body = std::string{body},
      .headers = {{.name = "Content-Security-Policy", .value = std::string{page_policy}}},
  };
}

Answer get_setup(const Deps& /*deps*/, const Request& /*request*/)
{
  return page_part("text/html; charset=utf-8", page_html());
}

Answer get_setup_script(const Deps& /*deps*/, const Request& /*request*/)
{
  return page_part("text/javascript; charset=utf-8", page_script());
}

Answer get_setup_style(const Deps& /*deps*/, const Request& /*request*/)
{
  return page_part("text/css; charset=utf-8", page_style());
}

/// Whoever has no link learns nothing and costs next to nothing: the link is judged before what is dear to
/// judge. Refuses with setup_closed, json_invalid, setup_link_invalid, fields_invalid.
Result<SetupRequest> admitted(const Deps& deps, std::string_view body)
{
  USHER_CHECK(deps.db.read(check_setup_open));
  USHER_TRY(json::Draft<SetupRequest> draft, json::draft(body, setup_request_shape));
  const SetupRequest& wanted = draft.value;
  if (!draft.good("token")) {
    return refuse_fields(std::move(draft.wrong));
  }
  const auto check = [&](db::Tx& tx) { return check_setup_token(tx, wanted.token, deps.clock.now()); };
  USHER_CHECK(deps.db.read(check));
  if (draft.good("password")) {
    if (std::string reason =
            passwords::problem_with(wanted.password.reveal(), {wanted.name, wanted.email}, deps.policy);
        !reason.empty()) {
      draft.wrong.push_back({.field = "password", .reason = std::move(reason)});
    }
  }
  if (!draft.wrong.empty()) {
    return refuse_fields(std::move(draft.wrong));
  }
  return std::move(draft.value);
}

Reply post_setup(const Deps& deps, const Request& request)
{
  USHER_CO_TRY(SetupRequest wanted, admitted(deps, request.body));
  USHER_CO_TRY(std::string hash, co_await deps.passwords.hash(std::move(wanted.password)));
  const FirstAdministrator first{
      .token = std::move(wanted.token),
      .profile = {.name = std::move(wanted.name), .email = std::move(wanted.email), .age = wanted.age},
      .password_hash = std::move(hash),
  };
  const Origin origin = request.from();
  auto work = [&](db::Tx& tx) { return make_first_administrator(tx, first, origin, deps.clock.now()); };
  USHER_CO_TRY(const users::User admin, co_await deps.db.write(std::move(work)));
  co_return http::created(
      json::text_of(admin, administrator_shape), "/api/users/" + std::to_string(admin.id.value)
  );
}

}  // namespace

void mount(http::Router& router, Deps deps)
{
  router.mount<Deps>(
      std::move(deps),
      {
          {.method = Method::get,
           .pattern = page_path,
           .guard = Guard::open,
           .handler = get_setup,
           .operation = "get_setup",
           .summary = "Page that makes the first administrator; its link is printed when the server starts",
           .reply_type = "text/html"},
          {.method = Method::get,
           .pattern = "/setup/app.js",
           .guard = Guard::open,
           .handler = get_setup_script,
           .operation = "get_setup_script",
           .summary = "Script of the set-up page",
           .reply_type = "text/javascript"},
          {.method = Method::get,
           .pattern = "/setup/style.css",
           .guard = Guard::open,
           .handler = get_setup_style,
           .operation = "get_setup_style",
           .summary = "Style of the set-up page",
           .reply_type = "text/css"},
          {.method = Method::post,
           .pattern = "/api/setup",
           .guard = Guard::open,
           .handler = post_setup,
           .operation = "post_setup",
           .summary = "Make the first administrator, once",
           .body = &setup_request_shape,
           .status = 201,
           .reply = &administrator_shape,
           .refusals = {&setup_closed, &setup_link_invalid, &users::email_taken, &server_busy}},
      }
  );
}

}  // namespace usher::setup
