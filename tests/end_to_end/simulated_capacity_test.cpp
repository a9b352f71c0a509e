// SPDX-License-Identifier: Apache-2.0
#include "capacity.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::simulated;
using namespace std::chrono_literals;

namespace {

DeploymentSettings settings(const char* capacity, std::int64_t tokens) {
  DeploymentSettings settings;
  settings.capacity = capacity;
  settings.tokens_per_minute = tokens;
  settings.requests_per_minute = 3;
  return settings;
}

constexpr SteadyTime start{1000s};

}  // namespace

TEST_CASE("reserved capacity takes requests until it is full, and says when it no longer is", "[upstreams][capacity]") {
  const DeploymentSettings ptu = settings("ptu", 600);
  Capacity capacity;
  CHECK(capacity.admit(ptu, 599, start).admitted);
  CHECK(capacity.state(ptu, start).utilization == Approx(599.0 / 600));
  // Below 100 % whatever comes is let in.
  CHECK(capacity.admit(ptu, 101, start).admitted);
  const Capacity::Verdict refused = capacity.admit(ptu, 1, start);
  CHECK_FALSE(refused.admitted);
  // 100 tokens over, ten leak in a second.
  CHECK(refused.wait >= 10s);
  CHECK(refused.wait < 10s + 1ms);
  CHECK_FALSE(capacity.admit(ptu, 1, start + 10s - 1ms).admitted);
  CHECK(capacity.admit(ptu, 1, start + refused.wait).admitted);
}

TEST_CASE("what a request did not take of reserved capacity is given back", "[upstreams][capacity]") {
  const DeploymentSettings ptu = settings("ptu", 600);
  Capacity capacity;
  REQUIRE(capacity.admit(ptu, 700, start).admitted);
  REQUIRE_FALSE(capacity.admit(ptu, 1, start).admitted);
  capacity.settle(ptu, 700, 60, start);
  CHECK(capacity.state(ptu, start).utilization == Approx(0.1));
  CHECK(capacity.admit(ptu, 1, start).admitted);
}

TEST_CASE("pay-as-you-go counts tokens and requests in a window and gives nothing back", "[upstreams][capacity]") {
  const DeploymentSettings payg = settings("payg", 100);
  Capacity capacity;
  CHECK(capacity.admit(payg, 60, start).admitted);
  const Capacity::Verdict tokens = capacity.admit(payg, 41, start + 20s);
  CHECK_FALSE(tokens.admitted);
  CHECK_FALSE(tokens.by_requests);
  CHECK(tokens.wait == 40s);
  capacity.settle(payg, 60, 1, start + 20s);
  CHECK(capacity.state(payg, start + 20s).tokens_left == 40);
  CHECK(capacity.admit(payg, 1, start + 21s).admitted);
  CHECK(capacity.admit(payg, 1, start + 22s).admitted);
  const Capacity::Verdict requests = capacity.admit(payg, 1, start + 30s);
  CHECK(requests.by_requests);
  CHECK(requests.wait == 30s);
  CHECK(capacity.admit(payg, 100, start + 60s).admitted);
}

TEST_CASE("shorter windows take their part of a minute", "[upstreams][capacity]") {
  DeploymentSettings payg = settings("payg", 6000);
  payg.window_ms = 1000;
  Capacity capacity;
  CHECK(capacity.admit(payg, 100, start).admitted);
  CHECK(capacity.admit(payg, 1, start).wait == 1s);
  CHECK(capacity.admit(payg, 100, start + 1s).admitted);
}
