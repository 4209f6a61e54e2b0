// Vectors of Project Wycheproof and of the JOSE cookbook (RFC 7520, 8037, 7797), where they lie beside the
// checkout. "invalid" may never be accepted; "valid" may be refused only for an algorithm or a size that we
// do not offer.

#include "testing/vectors.hpp"

#include "crypto/hmac.hpp"
#include "json/document.hpp"
#include "json/writer.hpp"
#include "tokens/offline.hpp"
#include "tokens/workbench_test.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <optional>

namespace usher::tokens {
namespace {

namespace bj = boost::json;

// As deep as the file was read.
// NOLINTNEXTLINE(misc-no-recursion)
void write(json::Writer& out, const bj::value& value)
{
  if (const bj::object* object = value.if_object()) {
    out.begin_object();
    for (const bj::key_value_pair& member : *object) {
      out.key({member.key().data(), member.key().size()});
      write(out, member.value());
    }
    out.end_object();
  } else if (const bj::array* list = value.if_array()) {
    out.begin_list();
    for (const bj::value& entry : *list) {
      write(out, entry);
    }
    out.end_list();
  } else if (const bj::string* text = value.if_string()) {
    out.text({text->data(), text->size()});
  } else if (const std::int64_t* number = value.if_int64()) {
    out.integer(*number);
  } else if (value.is_bool()) {
    out.boolean(value.get_bool());
  } else {
    out.null();
  }
}

/// Text as it stands, anything else as JSON.
std::string text_of(const bj::value& value)
{
  if (const bj::string* text = value.if_string()) {
    return {text->data(), text->size()};
  }
  json::Writer out;
  write(out, value);
  return std::move(out).take();
}

std::string from_hex(std::string_view text)
{
  std::string bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(std::string{text.substr(at, 2)}, nullptr, 16));
  }
  return bytes;
}

std::string hex_member(const bj::value& object, std::string_view name)
{
  return from_hex(text_of(object.at(name)));
}

class Vectors : public ::testing::Test {
 protected:
  void SetUp() override
  {
    crypto::start();
    const auto found = testing::vectors_folder();
    if (!found) {
      GTEST_SKIP() << "no vectors here: set USHER_VECTORS";
    }
    folder = *found / "jose";
  }

  bj::value read(const std::filesystem::path& name) const
  {
    return bj::value(json::parse_object(testing::read_file(folder / name)).value()
    );  // braces would make a list
  }

  /// Runs every row through `accepts`; `offered` says whether a valid row that was refused ought to have
  /// passed.
  using Accepts = std::function<bool(const bj::value& group, const bj::value& row)>;
  void run(const std::string& file, const Accepts& accepts, const Accepts& offered)
  {
    const bj::value vectors = read("wycheproof/" + file);
    const bj::value overrides = read("wycheproof/label-overrides.json");
    const bj::value* corrections = overrides.get_object().if_contains(file);
    int accepted = 0;
    int refused = 0;
    int by_policy = 0;
    for (const bj::value& group : vectors.at("testGroups").get_array()) {
      for (const bj::value& row : group.at("tests").get_array()) {
        const std::string id = std::to_string(row.at("tcId").to_number<int>());
        const bj::value* correction =
            corrections != nullptr ? corrections->get_object().if_contains(id) : nullptr;
        const std::string label = text_of(correction != nullptr ? correction->at(0) : row.at("result"));
        const bool passed = accepts(group, row);
        (passed ? accepted : refused) += 1;
        if (label == "invalid") {
          EXPECT_FALSE(passed) << file << ' ' << id << ' ' << row.at("comment");
        }
        if (label == "valid" && !passed) {
          EXPECT_FALSE(offered(group, row)) << file << ' ' << id << ' ' << row.at("comment");
          ++by_policy;
        }
      }
    }
    std::printf(
        "%-42s %4d rows: %3d accepted, %3d refused (%d good ones by policy)\n",
        file.c_str(),
        accepted + refused,
        accepted,
        refused,
        by_policy
    );
  }

  std::filesystem::path folder;
};

/// The group's key: public half where there is one.
std::string key_of(const bj::value& group)
{
  const bj::object& members = group.get_object();
  const bj::value* key = members.if_contains("public");
  return text_of(key != nullptr ? *key : members.at("private"));
}

bool is_verified(const bj::value& group, const bj::value& row)
{
  const bj::object& members = row.get_object();
  const bj::value* token = members.if_contains("jws");
  return verify_with(
             key_of(group), text_of(token != nullptr ? *token : members.at("jwe")), {.now = start_time}
  )
      .has_value();
}

/// Do we know the algorithm that the key names?
bool has_our_algorithm(const bj::value& group, const bj::value& row)
{
  if (!row.get_object().contains("jws")) {
    return false;  // encryption is not offered at all
  }
  const std::string key = key_of(group);
  for (const std::string_view name : {"ES256", "EdDSA", "RS256", "HS256"}) {
    if (key.find(Workbench::quoted(name)) != std::string::npos) {
      return true;
    }
  }
  return key.find("\"alg\"") == std::string::npos;
}

bool always(const bj::value& /*group*/, const bj::value& /*row*/)
{
  return true;
}

bool never(const bj::value& /*group*/, const bj::value& /*row*/)
{
  return false;
}

TEST_F(Vectors, of_json_web_signatures)
{
  run("json_web_signature_test.json", is_verified, has_our_algorithm);
}

TEST_F(Vectors, of_json_web_keys)
{
  run("json_web_key_test.json", is_verified, has_our_algorithm);
}

TEST_F(Vectors, of_json_web_crypto)
{
  run("json_web_crypto_test.json", is_verified, has_our_algorithm);
}

TEST_F(Vectors, of_json_web_encryption_are_all_refused)
{
  const auto accepted = [](const bj::value& group, const bj::value& row) {
    return is_verified(group, row) || inspect(text_of(row.get_object().at("jwe"))).has_value();
  };
  run("json_web_encryption_test.json", accepted, never);
  const bj::value vectors = read("wycheproof/json_web_encryption_test.json");
  for (const bj::value& group : vectors.at("testGroups").get_array()) {
    for (const bj::value& row : group.at("tests").get_array()) {
      EXPECT_FALSE(is_verified(group, row));
    }
  }
}

TEST_F(Vectors, of_ecdsa_in_jose_form)
{
  const auto accepts = [](const bj::value& group, const bj::value& row) {
    const auto key = crypto::load_public_key(crypto::Algorithm::es256, text_of(group.at("publicKeyPem")));
    return key && key->verify(hex_member(row, "msg"), hex_member(row, "sig"));
  };
  run("ecdsa_secp256r1_sha256_p1363_test.json", accepts, always);
}

/// One DER INTEGER of at most 32 bytes, padded to 32; nothing when it is not minimal, negative or too long.
std::optional<std::string> take_integer(std::string_view& der)
{
  if (der.size() < 3 || der[0] != '\x02') {
    return std::nullopt;
  }
  const auto length = static_cast<unsigned char>(der[1]);
  if (length == 0 || length > 33 || der.size() < 2U + length) {
    return std::nullopt;
  }
  std::string_view number = der.substr(2, length);
  der.remove_prefix(2U + length);
  const auto is_high = [](char byte) { return (static_cast<unsigned char>(byte) & 0x80U) != 0; };
  if (is_high(number.front()) || (number.size() > 1 && number.front() == '\0' && !is_high(number[1]))) {
    return std::nullopt;
  }
  if (number.front() == '\0') {
    number.remove_prefix(1);
  }
  return number.size() > 32 ? std::nullopt
                            : std::optional{std::string(32 - number.size(), '\0').append(number)};
}

/// r||s of a DER signature. JOSE has no door for DER, so what is not plain DER never reaches a key.
std::string jose_of(std::string_view der)
{
  if (der.size() < 2 || der[0] != '\x30' ||
      static_cast<std::size_t>(static_cast<unsigned char>(der[1])) != der.size() - 2) {
    return std::string{der};
  }
  std::string_view rest = der.substr(2);
  const auto r = take_integer(rest);
  const auto s = r ? take_integer(rest) : std::nullopt;
  return s && rest.empty() ? *r + *s : std::string{der};
}

TEST_F(Vectors, of_ecdsa_in_der_turned_into_jose_form)
{
  const auto accepts = [](const bj::value& group, const bj::value& row) {
    const auto key = crypto::load_public_key(crypto::Algorithm::es256, text_of(group.at("publicKeyPem")));
    return key && key->verify(hex_member(row, "msg"), jose_of(hex_member(row, "sig")));
  };
  run("ecdsa_secp256r1_sha256_test.json", accepts, always);
}

TEST_F(Vectors, of_ed25519)
{
  const auto accepts = [](const bj::value& group, const bj::value& row) {
    const auto key = crypto::load_public_key(crypto::Algorithm::eddsa, text_of(group.at("publicKeyPem")));
    return key && key->verify(hex_member(row, "msg"), hex_member(row, "sig"));
  };
  run("ed25519_test.json", accepts, always);
}

TEST_F(Vectors, of_hmac_where_cut_tags_are_refused)
{
  const auto accepts = [](const bj::value& /*group*/, const bj::value& row) {
    const crypto::HmacKey key{Secret{hex_member(row, "key")}};
    return key.verify(hex_member(row, "msg"), hex_member(row, "tag"));
  };
  const auto is_whole = [](const bj::value& group, const bj::value& /*row*/) {
    return group.at("tagSize").to_number<int>() == 256;
  };
  run("hmac_sha256_test.json", accepts, is_whole);
}

TEST_F(Vectors, of_rsa_pkcs1_signatures)
{
  const auto accepts = [](const bj::value& group, const bj::value& row) {
    const auto key =
        crypto::load_public_key(crypto::Algorithm::rs256, text_of(group.at("publicKeyPem")), 2048);
    return key && key->verify(hex_member(row, "msg"), hex_member(row, "sig"));
  };
  const auto has_sound_exponent = [](const bj::value& group, const bj::value& /*row*/) {
    return text_of(group.at("publicKey").at("publicExponent")) == "010001";
  };
  for (const std::string bits : {"2048", "3072", "4096"}) {
    run("rsa_signature_" + bits + "_sha256_test.json", accepts, has_sound_exponent);
  }
}

/// A cookbook page whose output has a compact form, verified with its own key.
bool page_verifies(const bj::value& page)
{
  const bj::value* output = page.get_object().if_contains("output");
  const bj::value* compact = output != nullptr ? output->get_object().if_contains("compact") : nullptr;
  const bj::value* key = page.at("input").get_object().if_contains("key");
  return compact != nullptr && key != nullptr &&
         verify_with(text_of(*key), text_of(*compact), {.now = start_time}).has_value();
}

TEST_F(Vectors, of_the_cookbook_that_are_signed_with_what_we_offer)
{
  for (const std::string name :
       {"jws/4_1.rsa_v15_signature", "jws/4_4.hmac-sha2_integrity_protection", "curve25519/jws"}) {
    EXPECT_TRUE(page_verifies(read("cookbook/" + name + ".json"))) << name;
  }
}

TEST_F(Vectors, of_the_cookbook_that_are_anything_else_are_refused)
{
  int pages = 0;
  for (const std::string name : {"jwe", "rfc7797"}) {
    for (const auto& entry : std::filesystem::directory_iterator{folder / "cookbook" / name}) {
      const bj::value page = read(std::filesystem::relative(entry.path(), folder));
      EXPECT_FALSE(page_verifies(page)) << entry.path();
      ++pages;
    }
  }
  for (const std::string name :
       {"4_2.rsa-pss_signature",
        "4_3.ecdsa_signature",
        "4_5.signature_with_detached_content",
        "4_6.protecting_specific_header_fields",
        "4_7.protecting_content_only",
        "4_8.multiple_signatures"}) {
    EXPECT_FALSE(page_verifies(read("cookbook/jws/" + name + ".json"))) << name;
    ++pages;
  }
  std::printf("cookbook: %d pages refused\n", pages);
}

TEST_F(Vectors, of_cookbook_keys_are_read_when_they_are_for_our_signatures)
{
  const auto is_read = [&](const std::string& name) {
    return parse_keys(testing::read_file(folder / "cookbook" / "jwk" / (name + ".json"))).has_value();
  };
  EXPECT_TRUE(is_read("3_3.rsa_public_key"));
  EXPECT_TRUE(is_read("3_4.rsa_private_key")) << "its public half";
  EXPECT_TRUE(is_read("3_5.symmetric_key_mac_computation"));
  EXPECT_FALSE(is_read("3_1.ec_public_key")) << "P-521";
  EXPECT_FALSE(is_read("3_2.ec_private_key")) << "P-521";
  EXPECT_FALSE(is_read("3_6.symmetric_key_encryption")) << "use enc";
}

}  // namespace
}  // namespace usher::tokens
