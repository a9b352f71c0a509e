// SPDX-License-Identifier: Apache-2.0
#include "base/crypto.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

TEST_CASE("secrets compare in constant time and whole", "[base][crypto]") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "abcd"));
}
