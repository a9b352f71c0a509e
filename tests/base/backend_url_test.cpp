// SPDX-License-Identifier: Apache-2.0
#include "base/backend_url.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

TEST_CASE("the URL of a backend may be one of WebSocket", "[base][url]") {
  Arena arena;
  const auto plain = parse_backend_url("ws://Host.test/chat?x=1", arena);
  REQUIRE(plain);
  CHECK(plain->to_string(arena) == "http://host.test/chat?x=1");
  const auto secure = parse_backend_url("WSS://host.test:8443", arena);
  REQUIRE(secure);
  CHECK(secure->to_string(arena) == "https://host.test:8443/");
  CHECK(parse_backend_url("https://host.test", arena).has_value());
  CHECK_FALSE(parse_backend_url("ftp://host.test", arena).has_value());
  CHECK_FALSE(parse_backend_url("ws", arena).has_value());
  CHECK_FALSE(parse_url("ws://host.test", arena).has_value());
}
