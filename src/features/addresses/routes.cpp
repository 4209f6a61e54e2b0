#include "features/addresses/routes.hpp"

#include "features/addresses/requests.hpp"
#include "features/addresses/rules.hpp"
#include "features/addresses/service.hpp"
#include "features/addresses/wire.hpp"
#include "features/users/rules.hpp"
#include "features/users/wire.hpp"

namespace usher::addresses {
namespace {

using http::Answer;
using http::Guard;
using http::Method;
using http::Reply;
using http::Request;
using users::UserId;

Result<Target> target_in(const Request& request)
{
  USHER_TRY(const UserId user, user_in(request));
  const auto id = request.number("aid");
  if (!id) {
    return refuse(address_not_found);
  }
  return Target{.user = user, .id = AddressId{*id}};
}

http::Response shown(const Address& address)
{
  http::Response response = http::ok(to_json(address));
  response.etag = users::etag_of(address.version);
  return response;
}

Answer list_user_addresses(const Deps& deps, const Request& request)
{
  USHER_TRY(const UserId user, user_in(request));
  USHER_TRY(const AddressList list, deps.db.read([&](db::Tx& tx) -> Result<AddressList> {
    USHER_TRY(auto found, list_addresses(tx, user));
    return AddressList{.addresses = std::move(found)};
  }));
  return http::ok(json::text_of(list, address_list_shape));
}

Answer get_user_address(const Deps& deps, const Request& request)
{
  USHER_TRY(const Target target, target_in(request));
  USHER_TRY(const Address address, deps.db.read([&](db::Tx& tx) { return find_address(tx, target); }));
  return shown(address);
}

Reply post_user_address(const Deps& deps, const Request& request)
{
  USHER_CO_TRY(const UserId user, user_in(request));
  USHER_CO_TRY(Address wanted, address_from_json(request.body));
  wanted.user = user;
  const users::Deed deed = deed_of(request, deps.clock.now());
  auto work = [&](db::Tx& tx) { return add_address(tx, deed, wanted); };
  auto added = co_await deps.db.write(std::move(work));
  USHER_CO_TRY(const Address address, std::move(added));
  http::Response response = shown(address);
  response.status = 201;
  response.location =
      "/api/users/" + std::to_string(address.user.value) + "/addresses/" + std::to_string(address.id.value);
  co_return response;
}

Reply put_user_address(const Deps& deps, const Request& request)
{
  USHER_CO_TRY(const Target target, target_in(request));
  USHER_CO_TRY(Address wanted, address_from_json(request.body));
  wanted.user = target.user;
  wanted.id = target.id;
  const users::Deed deed = deed_of(request, deps.clock.now());
  const users::Expected expected{request.if_match};
  auto work = [&](db::Tx& tx) { return replace_address(tx, deed, wanted, expected); };
  auto changed = co_await deps.db.write(std::move(work));
  USHER_CO_TRY(const Address address, std::move(changed));
  co_return shown(address);
}

Reply patch_user_address(const Deps& deps, const Request& request)
{
  USHER_CO_TRY(const Target target, target_in(request));
  USHER_CO_TRY(const Patch patch, patch_from_json(request.body));
  const users::Deed deed = deed_of(request, deps.clock.now());
  const users::Expected expected{request.if_match};
  auto work = [&](db::Tx& tx) { return patch_address(tx, deed, target, patch, expected); };
  auto changed = co_await deps.db.write(std::move(work));
  USHER_CO_TRY(const Address address, std::move(changed));
  co_return shown(address);
}

Reply delete_user_address(const Deps& deps, const Request& request)
{
  USHER_CO_TRY(const Target target, target_in(request));
  const users::Deed deed = deed_of(request, deps.clock.now());
  const users::Expected expected{request.if_match};
  auto work = [&](db::Tx& tx) { return delete_address(tx, deed, target, expected); };
  auto deleted = co_await deps.db.write(std::move(work));
  USHER_CO_CHECK(std::move(deleted));
  co_return http::message("Address deleted.");
}

constexpr std::string_view merge_patch = "application/merge-patch+json";

}  // namespace

void mount(http::Router& router, Deps deps)
{
  router.mount<Deps>(
      deps,
      {
          {.method = Method::get,
           .pattern = "/api/users/{id}/addresses",
           .guard = Guard::self_or_admin,
           .handler = list_user_addresses,
           .operation = "list_user_addresses",
           .summary = "A user's addresses, in the order added",
           .reply = &address_list_shape,
           .refusals = {&users::user_not_found}},
          {.method = Method::post,
           .pattern = "/api/users/{id}/addresses",
           .guard = Guard::self_or_admin,
           .handler = post_user_address,
           .operation = "post_user_address",
           .summary = "Add an address",
           .body = &address_body_shape,
           .status = 201,
           .reply = &address_shape,
           .refusals = {&users::user_not_found, &too_many_addresses}},
          {.method = Method::get,
           .pattern = "/api/users/{id}/addresses/{aid}",
           .guard = Guard::self_or_admin,
           .handler = get_user_address,
           .operation = "get_user_address",
           .summary = "One address",
           .reply = &address_shape,
           .refusals = {&users::user_not_found, &address_not_found}},
          {.method = Method::put,
           .pattern = "/api/users/{id}/addresses/{aid}",
           .guard = Guard::self_or_admin,
           .handler = put_user_address,
           .operation = "put_user_address",
           .summary = "Replace an address",
           .body = &address_body_shape,
           .reply = &address_shape,
           .refusals = {&users::user_not_found, &address_not_found, &users::precondition_failed}},
          {.method = Method::patch,
           .pattern = "/api/users/{id}/addresses/{aid}",
           .guard = Guard::self_or_admin,
           .handler = patch_user_address,
           .operation = "patch_user_address",
           .summary = "Change parts of an address",
           .body = &address_patch_shape,
           .reply = &address_shape,
           .refusals = {&users::user_not_found, &address_not_found, &users::precondition_failed},
           .body_type = merge_patch},
          {.method = Method::del,
           .pattern = "/api/users/{id}/addresses/{aid}",
           .guard = Guard::self_or_admin,
           .handler = delete_user_address,
           .operation = "delete_user_address",
           .summary = "Delete an address",
           .reply = &users::message_shape,
           .refusals = {&users::user_not_found, &address_not_found, &users::precondition_failed}},
      }
  );
}

}  // namespace usher::addresses
