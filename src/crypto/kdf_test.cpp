#include "crypto/kdf.hpp"

#include "base/fault.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace usher::crypto {
namespace {

using namespace std::string_view_literals;

std::string hex(std::string_view bytes)
{
  std::string text;
  for (const char byte : bytes) {
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return text;
}

// RFC 7914 section 11.
TEST(Pbkdf2, gives_the_answer_of_rfc_7914)
{
  EXPECT_EQ(
      hex(pbkdf2("passwd", {.iterations = 1, .salt = "salt", .bytes = 64})),
      "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
      "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
  );
}

TEST(Pbkdf2, agrees_with_python_about_sha512_and_zero_bytes)
{
  EXPECT_EQ(
      hex(pbkdf2(
          "pass\0word"sv, {.digest = KdfDigest::sha512, .iterations = 4096, .salt = "sa\0lt"sv, .bytes = 32}
      )),
      "9d9e9c4cd21fe4be24d5b8244c759665f39d98fc12a9ca759bb021db3cfadf34"
  );
}

TEST(Pbkdf2, takes_nothing_for_an_answer_too)
{
  EXPECT_EQ(hex(pbkdf2({}, {.iterations = 1, .salt = {}, .bytes = 16})), "f7ce0b653d2d72a4108cf5abe912ffdd");
}

// RFC 7914 section 12.
TEST(Scrypt, gives_the_answers_of_rfc_7914)
{
  EXPECT_EQ(
      hex(scrypt({}, {.n = 16, .r = 1, .p = 1, .salt = {}, .bytes = 64})),
      "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
      "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
  );
  EXPECT_EQ(
      hex(scrypt("pleaseletmein", {.n = 16384, .r = 8, .p = 1, .salt = "SodiumChloride", .bytes = 64})),
      "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
      "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
  );
}

TEST(Scrypt, with_a_cost_that_is_no_power_of_two_is_a_fault)
{
  EXPECT_THROW((void)scrypt("a", {.n = 15, .r = 1, .p = 1, .salt = "b", .bytes = 16}), Fault);
}

}  // namespace
}  // namespace usher::crypto
