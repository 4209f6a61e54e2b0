#include "app/migrations.hpp"

#include "audit/audit.hpp"
#include "features/addresses/store.hpp"
#include "features/clients/store.hpp"
#include "features/keys/store.hpp"
#include "features/sessions/store.hpp"
#include "features/setup/store.hpp"
#include "features/users/store.hpp"

#include <algorithm>
#include <array>

namespace usher::app {

std::vector<db::Migration> all_migrations()
{
  std::vector<db::Migration> all;
  for (const auto module : {
           users::migrations(),
           addresses::migrations(),
           sessions::migrations(),
           keys::migrations(),
           setup::migrations(),
           clients::migrations(),
           audit::migrations(),
       }) {
    all.insert(all.end(), module.begin(), module.end());
  }
  std::ranges::sort(all, {}, &db::Migration::number);
  return all;
}

}  // namespace usher::app
