#include "testing/vectors.hpp"

#include "crypto/random.hpp"
#include "passwords/crypt.hpp"
#include "passwords/formats.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <regex>

namespace usher::passwords {
namespace {

std::string from_hex(const std::string& text)
{
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

/// Vectors of others, read just well enough: calls `each` with the groups of every row that looks like
/// `shape`.
class PasswordVectors : public ::testing::Test {
 protected:
  void SetUp() override
  {
    crypto::start();
    folder_ = testing::vectors_folder();
    if (!folder_) {
      GTEST_SKIP() << "no vectors; see USHER_VECTORS";
    }
  }

  template <class Each>
  int rows(const char* file, const char* shape, Each each)
  {
    const std::string text = testing::read_file(*folder_ / "password-hash" / file);
    const std::regex row{shape};
    int count = 0;
    for (std::sregex_iterator found{text.begin(), text.end(), row}; found != std::sregex_iterator{};
         ++found) {
      each(*found);
      ++count;
    }
    return count;
  }

  std::optional<std::filesystem::path> folder_;
};

TEST_F(PasswordVectors, of_argon2_verify_or_are_of_no_known_format)
{
  const char* const shape =
      R"rx("version": (\d+),[^{}]*"m_kib": (\d+),[^{}]*"password": "([^"]*)",[^{}]*"encoded": "([^"]+)")rx";
  int verified = 0;
  const int count = rows("argon2.json", shape, [&](const std::smatch& row) {
    const std::string stored = row[4];
    // Version 0x10 is not what libsodium computes, 1 GiB is dearer than a stored hash may be.
    const bool wanted = row[1] == "19" && std::stoi(row[2]) <= 256 * 1024;
    EXPECT_EQ(known_format(stored), wanted) << stored;
    if (wanted) {
      EXPECT_TRUE(matches(Format::argon2, row[3].str(), stored)) << stored;
      ++verified;
    }
    if (wanted && row[2] == "256") {
      EXPECT_FALSE(matches(Format::argon2, row[3].str() + " ", stored)) << stored;
    }
  });
  EXPECT_EQ(count, 26);
  EXPECT_EQ(verified, 16);
}

TEST_F(PasswordVectors, of_bcrypt_verify_or_are_of_no_known_format)
{
  const char* const shape =
      R"rx("hash": "([^"]+)",\s*"password_hex": "([^"]*)",\s*"setting": (?:null|"([^"]*)"))rx";
  const int count = rows("bcrypt-crypt_blowfish.json", shape, [](const std::smatch& row) {
    const std::string stored = row[1];
    const std::string password = from_hex(row[2]);
    const bool refused = row[3].matched || stored.starts_with("$2x$");
    EXPECT_EQ(known_format(stored), !refused) << stored;
    EXPECT_FALSE(known_format(row[3].str())) << row[3];
    if (!refused) {
      EXPECT_TRUE(crypt_matches(password, stored)) << stored;
      EXPECT_FALSE(crypt_matches("x" + password, stored)) << stored;
    }
  });
  EXPECT_EQ(count, 35);
}

}  // namespace
}  // namespace usher::passwords
