#include "features/users/store.hpp"

#include "features/users/row.hpp"
#include "text/email.hpp"
#include "text/unicode.hpp"

namespace usher::users {
namespace {

Credentials credentials_of(const db::Row& row)
{
  return {.user = user_of(row), .password_hash = row.maybe_text(10).value_or(std::string{})};
}

Result<User> found(std::optional<User> user)
{
  if (!user) {
    return refuse(user_not_found);
  }
  return *std::move(user);
}

Result<std::string> key_of(const std::string& email)
{
  auto key = text::email_key(email);
  if (!key) {
    return refuse_fields({{.field = "email", .reason = std::string{text::problem_with_email(email)}}});
  }
  return *std::move(key);
}

}  // namespace

Result<User> find(db::Tx& tx, UserId id)
{
  return found(tx.one(
      "SELECT id, name, email, age, role, disabled_at, generation, version, created_at, updated_at "
      "FROM users WHERE id = $1",
      {id.value},
      user_of
  ));
}

std::optional<Credentials> find_by_email_key(db::Tx& tx, std::string_view email_key)
{
  return tx.one(
      "SELECT id, name, email, age, role, disabled_at, generation, version, created_at, updated_at, "
      "password_hash FROM users WHERE email_key = $1",
      {email_key},
      credentials_of
  );
}

std::optional<Credentials> find_credentials(db::Tx& tx, UserId id)
{
  return tx.one(
      "SELECT id, name, email, age, role, disabled_at, generation, version, created_at, updated_at, "
      "password_hash FROM users WHERE id = $1",
      {id.value},
      credentials_of
  );
}

Result<User> insert(db::Tx& tx, const NewUser& wanted, Instant now)
{
  USHER_TRY(const std::string email_key, key_of(wanted.profile.email));
  const auto hash = wanted.password_hash.empty() ? std::nullopt : std::optional{wanted.password_hash};
  auto inserted = tx.one(
      "INSERT INTO users (name, name_key, email, email_key, age, role, password_hash, generation, version, "
      "created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 1, $8, $8) "
      "ON CONFLICT (email_key) DO NOTHING "
      "RETURNING id, name, email, age, role, disabled_at, generation, version, created_at, updated_at",
      {wanted.profile.name,
       text::folded(wanted.profile.name),
       wanted.profile.email,
       email_key,
       wanted.profile.age,
       name_of(wanted.role),
       hash,
       epoch_seconds(now)},
      user_of
  );
  if (!inserted) {
    return refuse(email_taken);
  }
  return *std::move(inserted);
}

Result<User> update(db::Tx& tx, UserId id, const Profile& profile, Instant now)
{
  USHER_TRY(const std::string email_key, key_of(profile.email));
  // One statement, so that nobody can take the address between the question and the deed.
  auto updated = tx.one(
      "UPDATE users SET name = $2, name_key = $3, email = $4, email_key = $5, age = $6, "
      "version = version + 1, updated_at = $7 "
      "WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM users AS other WHERE other.email_key = $5 AND other.id <> "
      "$1) "
      "RETURNING id, name, email, age, role, disabled_at, generation, version, created_at, updated_at",
      {id.value,
       profile.name,
       text::folded(profile.name),
       profile.email,
       email_key,
       profile.age,
       epoch_seconds(now)},
      user_of
  );
  if (!updated) {
    USHER_CHECK(find(tx, id));
    return refuse(email_taken);
  }
  return *std::move(updated);
}

Result<User> set_password(db::Tx& tx, UserId id, std::string_view password_hash, Instant now)
{
  return found(tx.one(
      "UPDATE users SET password_hash = $2, generation = generation + 1, version = version + 1, "
      "updated_at = $3 WHERE id = $1 "
      "RETURNING id, name, email, age, role, disabled_at, generation, version, created_at, updated_at",
      {id.value, password_hash, epoch_seconds(now)},
      user_of
  ));
}

Result<User> set_role(db::Tx& tx, UserId id, Role role, Instant now)
{
  return found(tx.one(
      "UPDATE users SET role = $2, generation = generation + 1, version = version + 1, updated_at = $3 "
      "WHERE id = $1 "
      "RETURNING id, name, email, age, role, disabled_at, generation, version, created_at, updated_at",
      {id.value, name_of(role), epoch_seconds(now)},
      user_of
  ));
}

Result<User> set_access(db::Tx& tx, UserId id, Access access, Instant now)
{
  const auto since = access == Access::disabled ? std::optional{epoch_seconds(now)} : std::nullopt;
  return found(tx.one(
      "UPDATE users SET disabled_at = $2, generation = generation + 1, version = version + 1, "
      "updated_at = $3 WHERE id = $1 "
      "RETURNING id, name, email, age, role, disabled_at, generation, version, created_at, updated_at",
      {id.value, since, epoch_seconds(now)},
      user_of
  ));
}

Result<Done> bump_version(db::Tx& tx, UserId id)
{
  if (tx.execute("UPDATE users SET version = version + 1 WHERE id = $1", {id.value}) == 0) {
    return refuse(user_not_found);
  }
  return Done{};
}

void replace_hash(db::Tx& tx, UserId id, std::string_view old_hash, std::string_view new_hash)
{
  tx.execute(
      "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
      {id.value, old_hash, new_hash}
  );
}

bool erase(db::Tx& tx, UserId id)
{
  return tx.execute("DELETE FROM users WHERE id = $1", {id.value}) != 0;
}

bool exists_admin(db::Tx& tx)
{
  return tx.one(
               "SELECT 1 FROM users WHERE role = 'ADMIN' LIMIT 1", {}, [](const db::Row&) { return true; }
  ).has_value();
}

bool exists_enabled_admin_but(db::Tx& tx, UserId id)
{
  return tx
      .one(
          "SELECT 1 FROM users WHERE role = 'ADMIN' AND disabled_at IS NULL AND id <> $1 LIMIT 1",
          {id.value},
          [](const db::Row&) { return true; }
      )
      .has_value();
}

std::int64_t count(db::Tx& tx)
{
  return tx.one(
               "SELECT COUNT(*) FROM users", {}, [](const db::Row& row) { return row.integer(0); }
  ).value_or(0);
}

}  // namespace usher::users
