// SPDX-License-Identifier: Apache-2.0
#include "policies/one_api.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

std::vector<double> waits_of(std::string_view attributes, std::uint64_t seed = 1) {
  NotingClock clock;
  StatusTransport transport;
  transport.status = 503;
  SeededRandom random(seed);
  GatewayOptions options;
  options.clock = &clock;
  options.transport = &transport;
  options.random = &random;
  OneApi api(std::move(options), "<policies><backend><retry condition=\"@(context.Response.StatusCode == 503)\" " +
                                     std::string(attributes) + "><forward-request /></retry></backend></policies>");
  Call call("http://api.test/api/x");
  call.begin(api.gateway);
  CHECK(call.status == 503);
  return clock.waits;
}

}  // namespace

TEST_CASE("Exponential waits of retry follow the reference's own example", "[policies][retry]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto waits = waits_of(R"(count="5" interval="10" max-interval="100" delta="10")", seed);
    REQUIRE(waits.size() == 5);
    CHECK(waits[0] == Approx(10));
    for (std::size_t n = 1; n < waits.size(); ++n) {
      const double factor = static_cast<double>((1u << n) - 1);
      INFO("seed " << seed << ", retry " << n + 1 << ": " << waits[n]);
      CHECK(waits[n] >= std::min(100.0, 10 + factor * 8) - 0.001);
      CHECK(waits[n] <= std::min(100.0, 10 + factor * 12) + 0.001);
    }
    CHECK(waits[4] == Approx(100));
  }
}

TEST_CASE("Exponential waits of retry differ from request to request", "[policies][retry]") {
  const std::string_view attributes = R"(count="2" interval="1" max-interval="1000" delta="100")";
  CHECK(waits_of(attributes, 1).at(1) != waits_of(attributes, 2).at(1));
}

TEST_CASE("Without a longest wait the waits of retry grow evenly", "[policies][retry]") {
  CHECK(waits_of(R"(count="4" interval="1" delta="0.5")") == std::vector<double>{1, 1.5, 2, 2.5});
}

TEST_CASE("A fast first retry does not shift the later waits", "[policies][retry]") {
  CHECK(waits_of(R"(count="3" interval="1" delta="2" first-fast-retry="true")") == std::vector<double>{3, 5});
}
