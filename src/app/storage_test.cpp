#include "app/storage.hpp"

#include "app/migrations.hpp"
#include "app/start_fault.hpp"
#include "crypto/random.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sysexits.h>

#include <fstream>
#include <set>

namespace usher::app {
namespace {

using ::testing::HasSubstr;

class Storage : public ::testing::Test {
 protected:
  Storage() { config.data.dir = folder.path() / "deep" / "data"; }

  /// The exit status and line with which `work` cannot start.
  template <class Work>
  static std::pair<int, std::string> fault_of(Work work)
  {
    try {
      work();
    } catch (const StartFault& fault) {
      return {fault.status(), fault.what()};
    }
    return {0, ""};
  }

  usher::testing::TempFolder folder;
  config::Config config;
};

TEST_F(Storage, is_made_with_mode_0700_when_it_may_be)
{
  const Opened opened = open_database(config, Missing::create);
  EXPECT_TRUE(opened.created);
  EXPECT_EQ(opened.migrations, static_cast<int>(all_migrations().size()));
  struct stat status{};
  ASSERT_EQ(::stat(config.data.dir.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(Storage, says_how_to_make_it_when_it_may_not_be)
{
  const auto [status, line] = fault_of([&] { (void)open_database(config, Missing::refuse); });
  EXPECT_EQ(status, EX_NOINPUT);
  EXPECT_THAT(line, HasSubstr("usher init-db"));
}

TEST_F(Storage, keeps_its_master_key)
{
  std::filesystem::create_directories(config.data.dir);
  const std::string sealed = open_master_key(config, Missing::create).seal("secret", "test");
  const auto opened = open_master_key(config, Missing::refuse).open(sealed, "test");
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->reveal(), "secret");
}

TEST_F(Storage, takes_its_master_key_from_the_settings)
{
  const std::string key = crypto::random_token(32);
  config.master.key = Secret{key};
  const std::string sealed = open_master_key(config, Missing::refuse).seal("secret", "test");
  EXPECT_TRUE(open_master_key(config, Missing::refuse).open(sealed, "test"));
  EXPECT_FALSE(std::filesystem::exists(config.data.dir));
}

TEST_F(Storage, refuses_master_keys_that_are_none)
{
  config.master.key = Secret{std::string{"too short"}};
  EXPECT_EQ(fault_of([&] { (void)open_master_key(config, Missing::create); }).first, EX_CONFIG);
  config.master.key = Secret{};
  std::filesystem::create_directories(config.data.dir);
  EXPECT_EQ(fault_of([&] { (void)open_master_key(config, Missing::refuse); }).first, EX_NOINPUT);
  std::ofstream{config.data.dir + "/master.key"} << "damaged\n";
  ::chmod((config.data.dir + "/master.key").c_str(), 0600);
  EXPECT_EQ(fault_of([&] { (void)open_master_key(config, Missing::refuse); }).first, EX_DATAERR);
}

TEST(Migrations, have_one_number_each)
{
  std::set<int> numbers;
  for (const db::Migration& migration : all_migrations()) {
    EXPECT_TRUE(numbers.insert(migration.number).second) << migration.name;
  }
}

}  // namespace
}  // namespace usher::app
