#include "features/search/routes.hpp"

#include "features/search/service.hpp"
#include "features/search/wire.hpp"
#include "features/users/rules.hpp"
#include "http/gate.hpp"

namespace usher::search {
namespace {

using http::Answer;
using http::Request;

View view_of(const Caller& caller, users::UserId found)
{
  if (caller.admin || caller.user == found.value) {
    return View::everything;
  }
  return caller.somebody() ? View::with_id : View::name_only;
}

Answer search_user(const Deps& deps, const Request& request)
{
  if (!request.caller.somebody() && deps.options.audience != Audience::everybody) {
    return refuse(http::token_missing);
  }
  USHER_TRY(const auto email, request.query_value("email"));
  if (!email) {
    return refuse_fields({{.field = "email", .reason = "is required"}});
  }
  USHER_TRY(accounts::Account account, deps.db.read([&](db::Tx& tx) { return find_by_email(tx, *email); }));
  const View view = view_of(request.caller, account.user.id);
  return http::ok(json::text_of(seen(std::move(account), view), found_shape));
}

}  // namespace

void mount(http::Router& router, Deps deps)
{
  router.mount<Deps>(
      deps,
      {{.method = http::Method::get,
        .pattern = "/api/users/search",
        .guard = http::Guard::optional,
        .handler = search_user,
        .operation = "search_user",
        .summary = "The user who has an e-mail address; how much is shown depends on who asks",
        .reply = &found_shape,
        .refusals = {&http::token_missing, &fields_invalid, &users::user_not_found},
        .query =
            {{.name = "email",
              .doc = "The whole address, in whatever spelling.",
              .schema = R"({"type":"string","format":"email"})"}}}}
  );
}

}  // namespace usher::search
