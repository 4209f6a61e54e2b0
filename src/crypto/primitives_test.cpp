#include "base/fault.hpp"
#include "crypto/base64url.hpp"
#include "crypto/digest.hpp"
#include "crypto/hmac.hpp"
#include "crypto/random.hpp"
#include "crypto/seal.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace usher::crypto {
namespace {

class Primitives : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { start(); }
};

using Digest = Primitives;
using Hmac = Primitives;
using Random = Primitives;
using Seal = Primitives;

TEST_F(Digest, of_abc_is_the_one_of_fips_180)
{
  EXPECT_EQ(sha256_base64url("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  EXPECT_EQ(sha256_base64url(""), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

TEST_F(Digest, equal_compares_whole_texts)
{
  EXPECT_TRUE(equal("", ""));
  EXPECT_TRUE(equal("same", "same"));
  EXPECT_FALSE(equal("same", "sane"));
  EXPECT_FALSE(equal("same", "sam"));
  EXPECT_FALSE(equal("", "s"));
}

// RFC 4231 section 4.3, test case 2.
TEST_F(Hmac, is_the_one_of_rfc_4231)
{
  const HmacKey key{Secret{std::string{"Jefe"}}};
  const std::string tag = key.sign("what do ya want for nothing?");
  EXPECT_EQ(base64url(tag), "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
  EXPECT_TRUE(key.verify("what do ya want for nothing?", tag));
}

TEST_F(Hmac, refuses_a_tag_that_is_cut_or_changed)
{
  const HmacKey key{Secret{random_bytes(32)}};
  const std::string tag = key.sign("message");
  EXPECT_FALSE(key.verify("message", tag.substr(0, 16)));
  EXPECT_FALSE(key.verify("message", ""));
  EXPECT_FALSE(key.verify("message", tag + '\0'));
  EXPECT_FALSE(key.verify("massage", tag));
  std::string changed = tag;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  EXPECT_FALSE(key.verify("message", changed));
}

TEST_F(Hmac, with_an_empty_key_does_not_take_the_key_used_before)
{
  const HmacKey secret{Secret{random_bytes(32)}};
  const std::string tag = secret.sign("message");
  EXPECT_NE(HmacKey{Secret{}}.sign("message"), tag);
}

TEST_F(Hmac, keys_do_not_disturb_each_other_between_threads)
{
  const HmacKey one{Secret{std::string(32, '1')}};
  const HmacKey two{Secret{std::string(32, '2')}};
  const std::string tag_one = one.sign("message");
  const std::string tag_two = two.sign("message");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 100; ++round) {
        EXPECT_EQ(one.sign("message"), tag_one);
        EXPECT_EQ(two.sign("message"), tag_two);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST_F(Random, never_repeats_itself)
{
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_TRUE(seen.insert(random_bytes(16)).second);
  }
}

TEST_F(Random, gives_as_much_as_was_asked_for)
{
  EXPECT_EQ(random_bytes(0).size(), 0U);
  EXPECT_EQ(random_bytes(511).size(), 511U);
  EXPECT_EQ(random_bytes(100'000).size(), 100'000U);
  EXPECT_EQ(random_token(16).size(), 22U);
  EXPECT_EQ(random_bytes(64).find(std::string(16, '\0')), std::string::npos);
}

TEST_F(Random, uuids_say_version_7_and_do_not_repeat)
{
  std::set<Uuid> seen;
  for (int i = 0; i < 10'000; ++i) {
    const Uuid uuid = make_uuid7();
    EXPECT_EQ((uuid.high >> 12U) & 0xFU, 7U);
    EXPECT_EQ(uuid.low >> 62U, 2U);
    EXPECT_TRUE(seen.insert(uuid).second);
  }
}

TEST_F(Random, uuids_begin_with_the_milliseconds)
{
  const auto now = [] {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
  };
  const std::uint64_t before = now();
  const std::uint64_t stamp = make_uuid7().high >> 16U;
  EXPECT_LE(before, stamp);
  EXPECT_LE(stamp, now());
}

TEST_F(Random, uuids_sort_as_they_were_made)
{
  Uuid last = make_uuid7();
  for (int i = 0; i < 1000; ++i) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds{1};
    while (std::chrono::steady_clock::now() < until) {
    }
    const Uuid next = make_uuid7();
    EXPECT_LT(last, next);
    last = next;
  }
}

TEST_F(Seal, opens_what_it_sealed)
{
  const MasterKey key{Secret{random_bytes(32)}};
  const std::optional<Secret> opened = key.open(key.seal("the secret", "signing-key/1"), "signing-key/1");
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->reveal(), "the secret");
  EXPECT_TRUE(key.open(key.seal("", "empty"), "empty"));
}

TEST_F(Seal, never_looks_the_same_twice)
{
  const MasterKey key{Secret{random_bytes(32)}};
  EXPECT_NE(key.seal("secret", "p"), key.seal("secret", "p"));
}

TEST_F(Seal, stays_shut_for_another_purpose_key_or_text)
{
  const MasterKey key{Secret{random_bytes(32)}};
  const std::string sealed = key.seal("the secret", "signing-key/1");
  EXPECT_FALSE(key.open(sealed, "signing-key/2"));
  EXPECT_FALSE(MasterKey{Secret{random_bytes(32)}}.open(sealed, "signing-key/1"));
  EXPECT_FALSE(key.open("", "signing-key/1"));
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    EXPECT_FALSE(key.open(sealed.substr(0, at), "signing-key/1"));
    std::string changed = sealed;
    changed[at] = static_cast<char>(changed[at] ^ 0x40);
    EXPECT_FALSE(key.open(changed, "signing-key/1"));
  }
}

TEST_F(Seal, needs_a_key_of_32_bytes)
{
  EXPECT_THROW(MasterKey{Secret{std::string(31, 'k')}}, Fault);
  EXPECT_THROW(MasterKey{Secret{std::string(33, 'k')}}, Fault);
  EXPECT_THROW(MasterKey{Secret{}}, Fault);
}

}  // namespace
}  // namespace usher::crypto
