// SPDX-License-Identifier: Apache-2.0
#include "http/address_rules.hpp"

#include "http/connection_count.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sluice;
using namespace sluice::http;

TEST_CASE("S2: link-local, metadata, unspecified and multicast addresses are refused", "[http][address_rules]") {
  const auto text =
      GENERATE(as<std::string>(), "169.254.169.254", "169.254.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.1.1",
               "255.255.255.255", "240.0.0.1", "::", "fe80::1", "febf::1", "ff02::1", "fd00:ec2::254",
               "::ffff:169.254.169.254", "::ffff:0.0.0.0", "64:ff9b::a9fe:a9fe", "::169.254.169.254");
  INFO(text);
  CHECK(is_refused_target(read_address(text).value()));
}

TEST_CASE("S2: ordinary, private and loopback addresses may be connected to", "[http][address_rules]") {
  const auto text = GENERATE(as<std::string>(), "127.0.0.1", "10.0.0.1", "192.168.1.1", "8.8.8.8", "169.253.1.1", "::1",
                             "2001:db8::1", "fd00::1", "fec0::1", "::ffff:10.0.0.1");
  INFO(text);
  CHECK_FALSE(is_refused_target(read_address(text).value()));
}

TEST_CASE("addresses are read as IPv4 or IPv6 and nothing else", "[http][trusted_proxies]") {
  CHECK(read_address("1.2.3.4"));
  CHECK(read_address("[::1]"));
  CHECK(read_address("::ffff:1.2.3.4") == read_address("1.2.3.4"));
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "host", "1.2.3.4:80", "[]", ":::", "0x7f.1"}) {
    INFO(text);
    CHECK_FALSE(read_address(text));
  }
}

TEST_CASE("trusted proxies are addresses and ranges", "[http][trusted_proxies]") {
  const auto proxies = TrustedProxies::parse({"10.0.0.0/8", "192.0.2.1", "2001:db8::/33"}).value();
  for (const char* inside : {"10.255.1.1", "192.0.2.1", "::ffff:10.0.0.1", "2001:db8:7fff::1"})
    CHECK(proxies.contains(inside));
  for (const char* outside : {"11.0.0.1", "192.0.2.2", "2001:db8:8000::1", "::1", "nonsense", ""})
    CHECK_FALSE(proxies.contains(outside));
  CHECK(TrustedProxies::parse({"0.0.0.0/0"}).value().contains("9.9.9.9"));
}

TEST_CASE("a trusted proxy that is no address is an error that names it", "[http][trusted_proxies]") {
  for (const char* text : {"", "host", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/-1", "::/129"}) {
    const auto proxies = TrustedProxies::parse({text});
    INFO(text);
    REQUIRE_FALSE(proxies);
    CHECK(std::string(proxies.error().message()).find(text) != std::string::npos);
  }
}

TEST_CASE("P5: the caller is the right-most address that is no trusted proxy", "[http][trusted_proxies]") {
  const auto proxies = TrustedProxies::parse({"10.0.0.0/8"}).value();
  Arena arena;
  const auto caller = [&](std::vector<std::string> lines) {
    Headers headers(arena);
    for (const auto& line : lines) headers.append("X-Forwarded-For", line);
    return std::string(proxies.caller(headers, "10.0.0.1"));
  };
  CHECK(caller({}) == "10.0.0.1");
  CHECK(caller({"1.1.1.1"}) == "1.1.1.1");
  CHECK(caller({"6.6.6.6, 1.1.1.1 , 10.2.2.2"}) == "1.1.1.1");
  CHECK(caller({"6.6.6.6, 1.1.1.1", "10.2.2.2"}) == "1.1.1.1");
  CHECK(caller({"10.3.3.3, 10.2.2.2"}) == "10.3.3.3");
  CHECK(caller({"6.6.6.6, nonsense, 10.2.2.2"}) == "10.2.2.2");  // left of nonsense nothing is believed
}

TEST_CASE("L10: connections are counted in all and for each caller", "[http][connection_count][limits]") {
  ConnectionCount count(3, 2);
  CHECK(count.enter("a"));
  CHECK(count.enter("a"));
  CHECK_FALSE(count.enter("a"));
  CHECK(count.enter("b"));
  CHECK_FALSE(count.enter("c"));
  count.leave("a");
  CHECK(count.enter("c"));
  CHECK(count.open() == 3);
  count.leave("unknown");
  CHECK(count.open() == 3);
}
