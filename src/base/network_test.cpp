#include "base/network.hpp"

#include <gtest/gtest.h>

namespace usher {
namespace {

NetworkSet set_of(const std::vector<std::string>& networks)
{
  return NetworkSet::parse(networks).value();
}

TEST(NetworkSet, holds_the_addresses_of_its_networks_and_no_others)
{
  const NetworkSet set = set_of({"10.0.0.0/8", "192.0.2.7", "fd00::/9", "2001:db8::1", "172.16.0.0/12"});
  for (const auto* ip :
       {"10.0.0.0",
        "10.255.255.255",
        "192.0.2.7",
        "::ffff:10.1.2.3",
        "fd7f::1",
        "2001:db8::1",
        "2001:db8:0:0::1",
        "172.31.255.255"}) {
    EXPECT_TRUE(set.contains(ip)) << ip;
  }
  for (const auto* ip :
       {"11.0.0.0",
        "9.255.255.255",
        "192.0.2.8",
        "fd80::1",
        "2001:db8::2",
        "172.32.0.0",
        "::10.0.0.1",
        "",
        "localhost",
        "10.0.0.1:80",
        "[fd00::1]",
        "10.1",
        "010.0.0.1",
        "10.0.0.1 "}) {
    EXPECT_FALSE(set.contains(ip)) << ip;
  }
}

TEST(NetworkSet, of_one_family_never_holds_addresses_of_the_other)
{
  EXPECT_FALSE(set_of({"::/0"}).contains("192.0.2.1"));
  EXPECT_FALSE(set_of({"0.0.0.0/0"}).contains("2001:db8::1"));
  EXPECT_TRUE(set_of({"0.0.0.0/0"}).contains("::ffff:192.0.2.1"));
  EXPECT_TRUE(set_of({"::/0"}).contains("2001:db8::1"));
}

TEST(NetworkSet, forgives_bits_behind_the_prefix)
{
  EXPECT_TRUE(set_of({"10.9.8.7/8"}).contains("10.0.0.1"));
}

TEST(NetworkSet, that_is_empty_holds_nothing)
{
  EXPECT_FALSE(set_of({}).contains("127.0.0.1"));
}

TEST(NetworkSet, is_not_made_of_what_is_no_network)
{
  for (const auto* text :
       {"",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "::/129",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/8/8",
        "example.com",
        "10.0.0.0/08x"}) {
    EXPECT_FALSE(NetworkSet::parse(std::vector<std::string>{text})) << text;
  }
}

TEST(ParseIp, drops_the_zone_of_a_link_local_address)
{
  EXPECT_EQ(parse_ip("fe80::1%eth0"), parse_ip("fe80::1"));
  EXPECT_FALSE(parse_ip("10.0.0.1%eth0"));
}

TEST(ParseIp, refuses_an_address_with_a_zero_byte_in_it)
{
  EXPECT_FALSE(parse_ip(std::string_view{"10.0.0.1\0", 9}));
}

TEST(IpAddress, gives_its_network)
{
  EXPECT_EQ(parse_ip("2001:db8:1:2:3:4:5:6")->network(64), parse_ip("2001:db8:1:2::"));
  EXPECT_EQ(parse_ip("2001:db8::1")->network(128), parse_ip("2001:db8::1"));
  EXPECT_EQ(parse_ip("2001:db8::1")->network(0), parse_ip("::"));
}

}  // namespace
}  // namespace usher
