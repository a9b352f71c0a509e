// SPDX-License-Identifier: Apache-2.0
#include "base/fabric_name.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

TEST_CASE("names of services are known by their scheme", "[base][fabric]") {
  CHECK(is_fabric_name("fabric:/a/b"));
  CHECK(is_fabric_name("FABRIC:/a"));
  CHECK_FALSE(is_fabric_name("fabric:a"));
  CHECK_FALSE(is_fabric_name("https://fabric:/a"));
  CHECK_FALSE(is_fabric_name(""));
}

TEST_CASE("a service's id has its parts with ~ between, percent-encoded", "[base][fabric]") {
  CHECK(fabric_service_id("fabric:/shop/carts") == "shop~carts");
  CHECK(fabric_service_id("fabric:/shop/eu/carts") == "shop~eu~carts");
  CHECK(fabric_service_id("carts") == "carts");
  CHECK(fabric_service_id("fabric:/a b/c?d#e%2f") == "a%20b~c%3Fd%23e%252f");
  CHECK(fabric_service_id("fabric:/\r\nX: y") == "%0D%0AX%3A%20y");
}

TEST_CASE("what names no service, or would climb in a URL, has no id (P2)", "[base][fabric]") {
  for (const char* const name : {"", "fabric:/", "/", "fabric://", "fabric:/a/", "fabric:/a//b", "fabric:/..",
                                 "fabric:/.", "fabric:/a/../b", "..", "fabric:/a/."})
    CHECK_FALSE(fabric_service_id(name));
}
