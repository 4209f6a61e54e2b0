#include "features/accounts/routes.hpp"

#include "base/refusals.hpp"
#include "features/accounts/cursor.hpp"
#include "features/accounts/list_query.hpp"
#include "features/accounts/service.hpp"
#include "features/accounts/wire.hpp"
#include "features/addresses/requests.hpp"
#include "features/users/wire.hpp"
#include "passwords/policy.hpp"
#include "text/email.hpp"

namespace usher::accounts {
namespace {

using addresses::deed_of;
using addresses::user_in;
using http::Answer;
using http::Guard;
using http::Method;
using http::Reply;
using http::Request;
using http::Response;
using users::UserId;

Response shown(const Account& account)
{
  Response response = http::ok(to_json(account));
  response.etag = users::etag_of(account.user.version);
  return response;
}

Response shown_as_new(const Account& account)
{
  Response response = shown(account);
  response.status = 201;
  response.location = "/api/users/" + std::to_string(account.user.id.value);
  return response;
}

/// Adds what the policy has against the password, so that it is told together with the other wrong fields.
/// `before` stands in for what the input leaves out.
void check_password(json::Draft<UserInput>& input, const users::Profile& before, const Deps& deps)
{
  const UserInput& value = input.value;
  if (!value.password || !input.good("password")) {
    return;
  }
  std::string reason = passwords::problem_with(
      value.password->reveal(),
      {value.name.value_or(before.name), value.email.value_or(before.email)},
      deps.options.passwords
  );
  if (!reason.empty()) {
    input.wrong.push_back({.field = "password", .reason = std::move(reason)});
  }
}

/// Spares the hashing; whose the address is in the end, the database decides. `owner`: who may have it.
Result<Done> check_not_taken(db::Tx& tx, const std::string& email, UserId owner)
{
  const auto key = text::email_key(email);
  const auto holder = key ? users::find_by_email_key(tx, *key) : std::nullopt;
  if (holder && holder->user.id != owner) {
    return refuse(users::email_taken);
  }
  return Done{};
}

Result<UserInput> all_right(json::Draft<UserInput> input)
{
  if (!input.wrong.empty()) {
    return refuse_fields(std::move(input.wrong));
  }
  return std::move(input.value);
}

Reply create(const Deps& deps, const Request& request, UserInput input)
{
  USHER_ASSERT(input.name && input.email && input.age && input.password);  // both shapes require them
  const auto look_up = [&](db::Tx& tx) { return check_not_taken(tx, *input.email, {}); };
  USHER_CO_CHECK(deps.db.read(look_up));
  auto hashed = co_await deps.passwords.hash(*std::move(input.password));
  USHER_CO_TRY(std::string hash, std::move(hashed));
  const users::NewUser wanted{
      .profile = {.name = *std::move(input.name), .email = *std::move(input.email), .age = *input.age},
      .role = input.role ? users::parse_role(*input.role).value_or(users::Role::user) : users::Role::user,
      .password_hash = std::move(hash)
  };
  const Deed deed = deed_of(request, deps.clock.now());
  auto work = [&](db::Tx& tx) { return create_user(tx, deed, wanted); };
  auto created = co_await deps.db.write(std::move(work));
  USHER_CO_TRY(users::User user, std::move(created));
  co_return shown_as_new({.user = std::move(user)});
}

/// Judging how strong a password is costs, so the source is charged for every body that has one; also for one
/// that is wrong in other ways, because everything that is wrong is said at once.
Result<UserInput> registration_in(const Deps& deps, const Request& request)
{
  if (deps.options.registration == Registration::closed) {
    return refuse(registration_closed);
  }
  USHER_TRY(json::Draft<UserInput> input, json::draft(request.body, registration_shape));
  if (input.value.password) {
    USHER_CHECK(deps.guessing.admit_registration(request.address));
    check_password(input, {}, deps);
  }
  return all_right(std::move(input));
}

Reply register_user(const Deps& deps, const Request& request)
{
  USHER_CO_TRY(UserInput input, registration_in(deps, request));
  auto answer = co_await create(deps, request, std::move(input));
  co_return answer;
}

Reply post_user(const Deps& deps, const Request& request)
{
  USHER_CO_TRY(json::Draft<UserInput> input, json::draft(request.body, new_user_shape));
  check_password(input, {}, deps);
  USHER_CO_TRY(UserInput whole, all_right(std::move(input)));
  auto answer = co_await create(deps, request, std::move(whole));
  co_return answer;
}

Answer list_users(const Deps& deps, const Request& request)
{
  USHER_TRY(const Listing listing, listing_of(request, deps.cursors));
  USHER_TRY(Listed listed, deps.db.read([&](db::Tx& tx) { return list_accounts(tx, listing); }));
  UserList list{.users = std::move(listed.accounts)};
  if (listed.next) {
    list.next_cursor = cursor_of(*listed.next, listing, request.caller.user, deps.cursors);
  }
  Response response = http::ok(json::text_of(list, user_list_shape));
  if (list.next_cursor) {
    // RFC 8288
    response.headers.push_back(
        {.name = "Link", .value = '<' + next_target(request, *list.next_cursor) + R"(>; rel="next")"}
    );
  }
  return response;
}

Answer get_user(const Deps& deps, const Request& request)
{
  USHER_TRY(const UserId id, user_in(request));
  USHER_TRY(const Account account, deps.db.read([&](db::Tx& tx) { return find_account(tx, id); }));
  return shown(account);
}

/// Whatever can be refused before a password is hashed; the service decides again inside the transaction.
Result<Done> check_before_hashing(const Deps& deps, const Request& request, UserId id, const Change& wanted)
{
  const Deed deed = deed_of(request, deps.clock.now());
  return deps.db.read([&](db::Tx& tx) -> Result<Done> {
    USHER_CHECK(check_change(tx, deed, id, wanted, users::Expected{request.if_match}));
    if (wanted.email) {
      USHER_CHECK(check_not_taken(tx, *wanted.email, id));
    }
    return Done{};
  });
}

Result<UserInput> change_in(
    const Deps& deps, const Request& request, UserId id, const json::Shape<UserInput>& shape
)
{
  USHER_TRY(json::Draft<UserInput> input, json::draft(request.body, shape));
  if (input.value.password) {
    USHER_TRY(const users::User before, deps.db.read([&](db::Tx& tx) { return users::find(tx, id); }));
    check_password(input, {.name = before.name, .email = before.email, .age = before.age}, deps);
  }
  return all_right(std::move(input));
}

Reply change(const Deps& deps, const Request& request, const json::Shape<UserInput>& shape)
{
  USHER_CO_TRY(const UserId id, user_in(request));
  USHER_CO_TRY(UserInput input, change_in(deps, request, id, shape));
  Change wanted{
      .name = std::move(input.name),
      .email = std::move(input.email),
      .age = input.age,
      .disabled = input.disabled
  };
  if (input.role) {
    wanted.role = users::parse_role(*input.role);
  }
  if (input.password) {
    wanted.password_hash.emplace();
    USHER_CO_CHECK(check_before_hashing(deps, request, id, wanted));
    USHER_CO_TRY(const Hashing::Place place, deps.hashing.admit(UserId{request.caller.user}));
    auto hashed = co_await deps.passwords.hash(*std::move(input.password));
    USHER_CO_TRY(wanted.password_hash, std::move(hashed));
  }
  const Deed deed = deed_of(request, deps.clock.now());
  const users::Expected expected{request.if_match};
  auto work = [&](db::Tx& tx) { return change_user(tx, deed, id, wanted, expected); };
  auto changed = co_await deps.db.write(std::move(work));
  USHER_CO_TRY(const Account account, std::move(changed));
  co_return shown(account);
}

Reply put_user(const Deps& deps, const Request& request)
{
  return change(deps, request, user_body_shape);
}

Reply patch_user(const Deps& deps, const Request& request)
{
  return change(deps, request, user_patch_shape);
}

Reply delete_user_by_id(const Deps& deps, const Request& request)
{
  USHER_CO_TRY(const UserId id, user_in(request));
  const Deed deed = deed_of(request, deps.clock.now());
  const users::Expected expected{request.if_match};
  auto work = [&](db::Tx& tx) { return delete_user(tx, deed, id, expected); };
  auto deleted = co_await deps.db.write(std::move(work));
  USHER_CO_CHECK(std::move(deleted));
  co_return http::message("User deleted.");
}

std::vector<const Refusal*> refusals_of_change()
{
  return {
      &users::user_not_found,
      &users::precondition_failed,
      &users::role_forbidden,
      &users::disabling_forbidden,
      &token_not_fresh,
      &users::email_taken,
      &users::last_admin,
      &server_busy
  };
}

std::vector<http::Route<Deps>> collection_routes()
{
  return {
      {.method = Method::post,
       .pattern = "/api/register",
       .guard = Guard::open,
       .handler = register_user,
       .operation = "register_user",
       .summary = "Make an account for oneself",
       .body = &registration_shape,
       .status = 201,
       .reply = &user_shape,
       .refusals = {&registration_closed, &users::email_taken, &limits::too_many_attempts, &server_busy}},
      {.method = Method::get,
       .pattern = "/api/users",
       .guard = Guard::admin,
       .handler = list_users,
       .operation = "list_users",
       .summary = "All users, page by page",
       .reply = &user_list_shape,
       .refusals = {&fields_invalid, &cursor_invalid},
       .query = list_params()},
      {.method = Method::post,
       .pattern = "/api/users",
       .guard = Guard::admin,
       .handler = post_user,
       .operation = "post_user",
       .summary = "Make an account for somebody else",
       .body = &new_user_shape,
       .status = 201,
       .reply = &user_shape,
       .refusals = {&users::email_taken, &server_busy}},
  };
}

std::vector<http::Route<Deps>> item_routes()
{
  return {
      {.method = Method::get,
       .pattern = "/api/users/{id}",
       .guard = Guard::self_or_admin,
       .handler = get_user,
       .operation = "get_user",
       .summary = "One user, with addresses; me is oneself",
       .reply = &user_shape,
       .refusals = {&users::user_not_found}},
      {.method = Method::put,
       .pattern = "/api/users/{id}",
       .guard = Guard::self_or_admin,
       .handler = put_user,
       .operation = "put_user",
       .summary = "Replace a user's profile; another e-mail address, role or password needs a fresh token",
       .body = &user_body_shape,
       .reply = &user_shape,
       .refusals = refusals_of_change()},
      {.method = Method::patch,
       .pattern = "/api/users/{id}",
       .guard = Guard::self_or_admin,
       .handler = patch_user,
       .operation = "patch_user",
       .summary = "Change parts of a user; another e-mail address, role or password needs a fresh token",
       .body = &user_patch_shape,
       .reply = &user_shape,
       .refusals = refusals_of_change(),
       .body_type = "application/merge-patch+json"},
      {.method = Method::del,
       .pattern = "/api/users/{id}",
       .guard = Guard::fresh_self_or_admin,
       .handler = delete_user_by_id,
       .operation = "delete_user",
       .summary = "Delete a user, with addresses and sessions; all their tokens die at once",
       .reply = &users::message_shape,
       .refusals = {&users::user_not_found, &users::precondition_failed, &users::last_admin}},
  };
}

}  // namespace

void mount(http::Router& router, Deps deps)
{
  router.mount<Deps>(deps, collection_routes());
  router.mount<Deps>(deps, item_routes());
}

}  // namespace usher::accounts
