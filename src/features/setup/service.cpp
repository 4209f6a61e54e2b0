#include "features/setup/service.hpp"

#include "audit/audit.hpp"
#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "features/accounts/service.hpp"
#include "features/setup/store.hpp"

namespace usher::setup {
namespace {

constexpr std::size_t token_bytes = 32;

}  // namespace

Result<std::string> make_setup_token(db::Tx& tx, Instant now)
{
  USHER_CHECK(check_setup_open(tx));
  erase_all(tx);
  std::string token = crypto::random_token(token_bytes);
  insert(tx, crypto::sha256_base64url(token), now, now + link_life);
  return token;
}

// Two texts, each with its own name in the header; a test holds them to their places.
// NOLINTNEXTLINE(bugprone-easily-swappable-parameters)
std::string setup_url(std::string_view base_url, std::string_view token)
{
  std::string url{base_url};
  url += page_path;
  url += '#';
  url += token;
  return url;
}

Result<Done> check_setup_open(db::Tx& tx)
{
  return users::exists_admin(tx) ? Result<Done>{refuse(setup_closed)} : Result<Done>{Done{}};
}

Result<Done> check_setup_token(db::Tx& tx, std::string_view token, Instant now)
{
  USHER_CHECK(check_setup_open(tx));
  // Looked up by its hash, so how long the comparison takes tells nothing about the token.
  if (!is_good(tx, crypto::sha256_base64url(token), now)) {
    return refuse(setup_link_invalid);
  }
  return Done{};
}

Result<users::User> make_first_administrator(
    db::Tx& tx, const FirstAdministrator& wanted, const Origin& origin, Instant now
)
{
  USHER_CHECK(check_setup_token(tx, wanted.token, now));
  USHER_TRY(
      users::User admin,
      accounts::create_user(
          tx,
          {.caller = shell_caller(), .origin = origin, .now = now},
          {.profile = wanted.profile, .role = users::Role::admin, .password_hash = wanted.password_hash}
      )
  );
  erase_all(tx);
  audit::record(tx, {.what = "setup_done", .actor = admin.id.value, .subject = admin.id.value}, origin, now);
  return admin;
}

}  // namespace usher::setup
