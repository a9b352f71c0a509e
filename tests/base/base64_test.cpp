// SPDX-License-Identifier: Apache-2.0
#include "base/base64.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

TEST_CASE("Base64 of the test vectors of RFC 4648", "[base][base64]") {
  CHECK(base64_encode("") == "");
  CHECK(base64_encode("f") == "Zg==");
  CHECK(base64_encode("fo") == "Zm8=");
  CHECK(base64_encode("foo") == "Zm9v");
  CHECK(base64_encode("foobar") == "Zm9vYmFy");
  CHECK(base64_encode("\xff\xfe") == "//4=");
}
