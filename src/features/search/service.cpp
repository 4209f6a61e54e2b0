#include "features/search/service.hpp"

#include "features/accounts/service.hpp"
#include "features/users/store.hpp"
#include "text/email.hpp"

namespace usher::search {

Result<accounts::Account> find_by_email(db::Tx& tx, std::string_view email)
{
  const auto key = text::email_key(email);
  if (!key) {
    return refuse_fields({{.field = "email", .reason = std::string{text::problem_with_email(email)}}});
  }
  const auto claimed = users::find_by_email_key(tx, *key);
  if (!claimed) {
    return refuse(users::user_not_found);
  }
  return accounts::find_account(tx, claimed->user.id);
}

}  // namespace usher::search
