// SPDX-License-Identifier: Apache-2.0
#include <sluice/error.hpp>

#include <catch2/catch.hpp>

#include <set>

using namespace sluice;

TEST_CASE("every error code has a reason, a message and an error status", "[base][error]") {
  for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i) {
    const auto& traits = describe(static_cast<ErrorCode>(i));
    CAPTURE(i, traits.reason);
    CHECK_FALSE(traits.reason.empty());
    CHECK_FALSE(traits.message.empty());
    CHECK(traits.status >= 400);
    CHECK(traits.status < 600);
    if (i != static_cast<int>(ErrorCode::internal)) CHECK(traits.reason != "InternalError");
  }
}

TEST_CASE("an error's own texts win over the table's", "[base][error]") {
  Error plain(ErrorCode::rate_limit_exceeded);
  CHECK(plain.message() == "Rate limit is exceeded");
  CHECK(plain.status() == 429);
  Error own =
      Error(ErrorCode::header_not_found, "Header X was not found.").with_status(403).with_header("Retry-After", "5");
  CHECK(own.message() == "Header X was not found.");
  CHECK(own.status() == 403);
  Error copy = own;
  copy.edit().message = "changed";
  CHECK(own.message() == "Header X was not found.");
  CHECK(copy.detail().headers.size() == 1);
}
