// SPDX-License-Identifier: Apache-2.0
#include "base/cidr.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;

TEST_CASE("An IPv4 address is read in its one canonical spelling", "[base][cidr]") {
  const auto address = parse_ip("203.0.113.7");
  REQUIRE(address);
  CHECK(address->is_v4());
  CHECK(address->bytes[12] == 203);
  CHECK(address->bytes[15] == 7);
  CHECK(parse_ip(" 203.0.113.7 ") == address);
}

TEST_CASE("What is no IPv4 address is refused", "[base][cidr]") {
  const std::string text = GENERATE("", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.", "1.2.3.x", "1.2.3.-4",
                                    "0x1.2.3.4", "1.2.3.4:80", "a.b.c.d", "1.2.3.0004");
  INFO(text);
  CHECK_FALSE(parse_ip(text));
}

TEST_CASE("IPv6 addresses of every spelling are read", "[base][cidr]") {
  CHECK(parse_ip("2001:db8::1") == parse_ip("2001:0DB8:0:0:0:0:0:1"));
  CHECK(parse_ip("::") == parse_ip("0:0:0:0:0:0:0:0"));
  CHECK(parse_ip("::1")->bytes[15] == 1);
  CHECK(parse_ip("fe80::1%eth0") == parse_ip("fe80::1"));
  CHECK(parse_ip("[::1]") == parse_ip("::1"));
  CHECK(parse_ip("1::")->bytes[1] == 1);
}

TEST_CASE("An IPv4-mapped IPv6 address equals the IPv4 address", "[base][cidr]") {
  CHECK(parse_ip("::ffff:10.0.0.1") == parse_ip("10.0.0.1"));
  CHECK(parse_ip("::ffff:a00:1") == parse_ip("10.0.0.1"));
}

TEST_CASE("What is no IPv6 address is refused", "[base][cidr]") {
  const std::string text =
      GENERATE(":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::1", "::1.2.3",
               "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8::");
  INFO(text);
  CHECK_FALSE(parse_ip(text));
}

TEST_CASE("A block holds the addresses of its prefix and no others", "[base][cidr]") {
  const auto block = parse_cidr("10.1.16.0/20");
  REQUIRE(block);
  CHECK(block->contains(*parse_ip("10.1.16.0")));
  CHECK(block->contains(*parse_ip("10.1.31.255")));
  CHECK_FALSE(block->contains(*parse_ip("10.1.32.0")));
  CHECK_FALSE(block->contains(*parse_ip("10.1.15.255")));
  CHECK(parse_cidr("2001:db8::/32")->contains(*parse_ip("2001:db8:ffff::1")));
  CHECK_FALSE(parse_cidr("2001:db8::/32")->contains(*parse_ip("2001:db9::")));
  CHECK(parse_cidr("0.0.0.0/0")->contains(*parse_ip("255.255.255.255")));
  CHECK_FALSE(parse_cidr("0.0.0.0/0")->contains(*parse_ip("2001::")));
}

TEST_CASE("An address alone is a block of one", "[base][cidr]") {
  CHECK(parse_cidr("10.0.0.1")->contains(*parse_ip("10.0.0.1")));
  CHECK_FALSE(parse_cidr("10.0.0.1")->contains(*parse_ip("10.0.0.2")));
}

TEST_CASE("A malformed prefix length is refused", "[base][cidr]") {
  const std::string text = GENERATE("10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "::/129", "10.0.0.0/-1", "/8");
  INFO(text);
  CHECK_FALSE(parse_cidr(text));
}

TEST_CASE("A range needs ends of one family in order", "[base][cidr]") {
  CHECK(make_range(*parse_ip("10.0.0.1"), *parse_ip("10.0.0.9")));
  CHECK_FALSE(make_range(*parse_ip("10.0.0.9"), *parse_ip("10.0.0.1")));
  CHECK_FALSE(make_range(*parse_ip("10.0.0.1"), *parse_ip("2001::1")));
}
