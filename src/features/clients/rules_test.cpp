#include "features/clients/rules.hpp"

#include <gtest/gtest.h>

namespace usher::clients {
namespace {

TEST(ClientNames, are_the_same_in_every_encoding)
{
  for (const std::string_view good : {"a", "orders", "orders-2", "0", "a.b_c-d", "-", "..."}) {
    EXPECT_TRUE(is_client_name(good)) << good;
  }
  EXPECT_TRUE(is_client_name(std::string(64, 'x')));
  for (const std::string_view bad :
       {"", "Orders", "a b", "a:b", "a%20b", "a+b", "caf\xC3\xA9", "a/b", "a\n"}) {
    EXPECT_FALSE(is_client_name(bad)) << bad;
  }
  EXPECT_FALSE(is_client_name(std::string(65, 'x')));
  EXPECT_FALSE(is_client_name(std::string_view{"a\0", 2}));
}

TEST(ClientScopes, are_written_in_one_order)
{
  const auto scopes = parse_scopes("revocations,introspect,revoke,introspect", ',');
  ASSERT_TRUE(scopes);
  EXPECT_EQ(text_of(*scopes, ' '), "introspect revoke revocations");
  EXPECT_EQ(parse_scopes(text_of(*scopes, ' '), ' '), scopes);
}

TEST(ClientScopes, are_known_or_nothing)
{
  for (const std::string_view bad :
       {"", ",", "introspect,", ",introspect", "all", "Introspect", "revoke revoke"}) {
    EXPECT_FALSE(parse_scopes(bad, ',')) << bad;
  }
}

}  // namespace
}  // namespace usher::clients
