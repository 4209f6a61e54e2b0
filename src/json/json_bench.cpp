#include "json/json.hpp"

#include <benchmark/benchmark.h>

namespace usher::json {
namespace {

struct Registration {
  std::string name;
  std::string email;
  std::int64_t age{};
  std::string password;
};
constexpr std::array registration_fields{
    field<&Registration::name>("name", {.min = 1, .max = 30}, "Name."),
    field<&Registration::email>("email", {.min = 3, .max = 254}, "E-mail."),
    field<&Registration::age>("age", {.min = 16, .max = 100}, "Age."),
    field<&Registration::password>("password", {.min = 8, .max = 256}, "Password."),
};
const Shape<Registration> registration_shape{"Registration", registration_fields};
constexpr std::string_view registration =
    R"({"name":"Ada Lovelace","email":"ada.lovelace@example.com","age":36,"password":"correct horse battery staple"})";

struct Address {
  std::int64_t id{};
  std::string line;
  std::string city;
  std::string state;
  std::int64_t pin{};
};
struct User {
  std::int64_t id{};
  std::string name;
  std::string email;
  int age{};
  std::string_view role;
  Instant created{};
  Instant updated{};
  std::vector<Address> addresses{};
};
constexpr std::array address_fields{
    field<&Address::id>("id", {}, "Id."),
    field<&Address::line>("address_line_1", {}, "Line."),
    field<&Address::city>("city", {}, "City."),
    field<&Address::state>("state", {}, "State."),
    field<&Address::pin>("pin", {}, "Pin."),
};
const Shape<Address> address_shape{"Address", address_fields};
constexpr std::array user_fields{
    field<&User::id>("id", {}, "Id."),
    field<&User::name>("name", {}, "Name."),
    field<&User::email>("email", {}, "E-mail."),
    field<&User::age>("age", {}, "Age."),
    field<&User::role>("role", {}, "Role."),
    field<&User::created>("created_at", {}, "Created."),
    field<&User::updated>("updated_at", {}, "Updated."),
    field<&User::addresses>("addresses", {}, "Addresses.", "", address_shape),
};
const Shape<User> user_shape{"User", user_fields};

User sample_user()
{
  return {
      .id = 42,
      .name = "Ada Lovelace",
      .email = "ada.lovelace@example.com",
      .age = 36,
      .role = "USER",
      .created = from_epoch(1'764'018'780),
      .updated = from_epoch(1'764'018'780),
      .addresses =
          {{7, "12 MG Road", "Bengaluru", "KA", 560'001}, {8, "1 Park Street", "Kolkata", "WB", 700'016}}
  };
}

void read_registration(benchmark::State& state)
{
  for (auto _ : state) {
    benchmark::DoNotOptimize(read(registration, registration_shape));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(registration.size()));
}
BENCHMARK(read_registration);

void write_user(benchmark::State& state)
{
  const User user = sample_user();
  std::int64_t bytes = 0;
  for (auto _ : state) {
    const std::string text = text_of(user, user_shape);
    bytes += static_cast<std::int64_t>(text.size());
    benchmark::DoNotOptimize(text.data());
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(write_user);

}  // namespace
}  // namespace usher::json
