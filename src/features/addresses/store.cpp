#include "features/addresses/store.hpp"

namespace usher::addresses {
namespace {

Address address_of(const db::Row& row)
{
  return {
      .id = AddressId{row.integer(0)},
      .user = users::UserId{row.integer(1)},
      .label = row.maybe_text(2),
      .address_line_1 = std::string{row.text(3)},
      .address_line_2 = row.maybe_text(4),
      .city = std::string{row.text(5)},
      .state = std::string{row.text(6)},
      .country = std::string{row.text(7)},
      .pin = row.integer(8),
      .version = row.integer(9),
      .created = from_epoch(row.integer(10)),
      .updated = from_epoch(row.integer(11))
  };
}

Result<Address> found(std::optional<Address> address)
{
  if (!address) {
    return refuse(address_not_found);
  }
  return *std::move(address);
}

}  // namespace

std::vector<Address> of_user(db::Tx& tx, users::UserId user)
{
  return tx.all(
      "SELECT id, user_id, label, address_line_1, address_line_2, city, state, country, pin, version, "
      "created_at, updated_at FROM addresses WHERE user_id = $1 ORDER BY id",
      {user.value},
      address_of
  );
}

Result<Address> find(db::Tx& tx, users::UserId user, AddressId id)
{
  return found(tx.one(
      "SELECT id, user_id, label, address_line_1, address_line_2, city, state, country, pin, version, "
      "created_at, updated_at FROM addresses WHERE id = $1 AND user_id = $2",
      {id.value, user.value},
      address_of
  ));
}

std::int64_t count_of(db::Tx& tx, users::UserId user)
{
  return tx
      .one(
          "SELECT COUNT(*) FROM addresses WHERE user_id = $1",
          {user.value},
          [](const db::Row& row) { return row.integer(0); }
      )
      .value_or(0);
}

Address insert(db::Tx& tx, const Address& address, Instant now)
{
  auto inserted = tx.one(
      "INSERT INTO addresses (user_id, label, address_line_1, address_line_2, city, state, country, pin, "
      "version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9) "
      "RETURNING id, user_id, label, address_line_1, address_line_2, city, state, country, pin, version, "
      "created_at, updated_at",
      {address.user.value,
       address.label,
       address.address_line_1,
       address.address_line_2,
       address.city,
       address.state,
       address.country,
       address.pin,
       epoch_seconds(now)},
      address_of
  );
  USHER_ASSERT(inserted.has_value());
  return *std::move(inserted);
}

Result<Address> update(db::Tx& tx, const Address& address, Instant now)
{
  return found(tx.one(
      "UPDATE addresses SET label = $3, address_line_1 = $4, address_line_2 = $5, city = $6, state = $7, "
      "country = $8, pin = $9, version = version + 1, updated_at = $10 WHERE id = $1 AND user_id = $2 "
      "RETURNING id, user_id, label, address_line_1, address_line_2, city, state, country, pin, version, "
      "created_at, updated_at",
      {address.id.value,
       address.user.value,
       address.label,
       address.address_line_1,
       address.address_line_2,
       address.city,
       address.state,
       address.country,
       address.pin,
       epoch_seconds(now)},
      address_of
  ));
}

bool erase(db::Tx& tx, users::UserId user, AddressId id)
{
  return tx.execute("DELETE FROM addresses WHERE id = $1 AND user_id = $2", {id.value, user.value}) != 0;
}

}  // namespace usher::addresses
