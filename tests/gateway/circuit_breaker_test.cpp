// SPDX-License-Identifier: Apache-2.0
#include "gateway/circuit_breaker.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

CircuitBreakerRule by_count(std::uint32_t count) {
  CircuitBreakerRule rule;
  rule.count = count;
  rule.interval = 10s;
  rule.trip_duration = 30s;
  rule.status_code_ranges = {{429, 429}, {500, 599}};
  return rule;
}

struct Bench {
  CircuitBreaker breaker;
  SteadyTime now{1000s};
  WallTime wall{1'700'000'000s};
  Request request;

  bool status(const CircuitBreakerRule& rule, int code) {
    return breaker.report(rule, {code, nullptr, nullptr}, now, wall);
  }
  bool status(const CircuitBreakerRule& rule, int code, std::string_view retry_after) {
    Headers headers(request.arena);
    headers.set("Retry-After", retry_after);
    return breaker.report(rule, {code, nullptr, &headers}, now, wall);
  }
  bool is_open() const { return breaker.is_open(now); }
};

}  // namespace

TEST_CASE("so many failures within the interval open the breaker for its duration", "[gateway][breaker]") {
  Bench bench;
  const auto rule = by_count(3);
  CHECK_FALSE(bench.status(rule, 429));
  CHECK_FALSE(bench.status(rule, 200));
  CHECK_FALSE(bench.status(rule, 503));
  CHECK_FALSE(bench.is_open());
  CHECK(bench.status(rule, 500));
  CHECK(bench.is_open());
  CHECK(bench.breaker.open_for(bench.now) == 30s);
  bench.now += 30s - 1us;
  CHECK(bench.is_open());
  bench.now += 1us;
  CHECK_FALSE(bench.is_open());
  CHECK(bench.breaker.open_for(bench.now) == 0s);
}

TEST_CASE("failures that are too far apart do not open it", "[gateway][breaker]") {
  Bench bench;
  const auto rule = by_count(3);
  for (int i = 0; i < 20; ++i) {
    CHECK_FALSE(bench.status(rule, 500));
    bench.now += 6s;
  }
  bench.now -= 5s;
  CHECK(bench.status(rule, 500));
}

TEST_CASE("after it has closed it counts from nothing", "[gateway][breaker]") {
  Bench bench;
  const auto rule = by_count(2);
  bench.status(rule, 500);
  CHECK(bench.status(rule, 500));
  bench.now += 31s;
  CHECK_FALSE(bench.status(rule, 500));
  CHECK(bench.status(rule, 500));
}

TEST_CASE("what ends while it is open says nothing new", "[gateway][breaker]") {
  Bench bench;
  const auto rule = by_count(1);
  CHECK(bench.status(rule, 500));
  bench.now += 20s;
  CHECK_FALSE(bench.status(rule, 500));
  CHECK(bench.breaker.open_for(bench.now) == 10s);
}

TEST_CASE("Retry-After replaces the duration when the rule accepts it", "[gateway][breaker]") {
  auto rule = by_count(1);
  SECTION("not accepted") {
    Bench bench;
    CHECK(bench.status(rule, 429, "7"));
    CHECK(bench.breaker.open_for(bench.now) == 30s);
  }
  rule.accept_retry_after = true;
  SECTION("seconds") {
    Bench bench;
    CHECK(bench.status(rule, 429, "7"));
    CHECK(bench.breaker.open_for(bench.now) == 7s);
  }
  SECTION("a date") {
    Bench bench;
    bench.wall = WallTime(1'700'000'000s);
    CHECK(bench.status(rule, 429, "Tue, 14 Nov 2023 22:14:20 GMT"));
    CHECK(bench.breaker.open_for(bench.now) == 60s);
  }
  SECTION("nonsense leaves the duration of the rule") {
    Bench bench;
    CHECK(bench.status(rule, 429, "soon"));
    CHECK(bench.breaker.open_for(bench.now) == 30s);
  }
  SECTION("0 does not open it") {
    Bench bench;
    CHECK(bench.status(rule, 429, "0"));
    CHECK_FALSE(bench.is_open());
  }
  SECTION("no longer than a week") {
    Bench bench;
    CHECK(bench.status(rule, 429, "999999999"));
    CHECK(bench.breaker.open_for(bench.now) == CircuitBreaker::max_retry_after);
  }
}

TEST_CASE("a share of the requests opens it when the rule says so", "[gateway][breaker]") {
  Bench bench;
  CircuitBreakerRule rule = by_count(1);
  rule.count.reset();
  rule.percentage = 50;
  for (int i = 0; i < 3; ++i) CHECK_FALSE(bench.status(rule, 200));
  CHECK_FALSE(bench.status(rule, 500));
  CHECK_FALSE(bench.status(rule, 500));
  CHECK(bench.status(rule, 500));
}

TEST_CASE("requests older than the interval leave the share", "[gateway][breaker]") {
  Bench bench;
  CircuitBreakerRule rule = by_count(1);
  rule.count.reset();
  rule.percentage = 60;
  for (int i = 0; i < 100; ++i) bench.status(rule, 200);
  CHECK_FALSE(bench.status(rule, 500));
  bench.now += 11s;
  CHECK(bench.status(rule, 500));
}

TEST_CASE("errors count by their reason or by the status they have for the caller", "[gateway][breaker]") {
  const Error timeout(ErrorCode::timeout);
  const Error cancelled(ErrorCode::cancelled);
  CircuitBreakerRule rule;
  CHECK_FALSE(is_failure(rule, {500, &timeout, nullptr}));
  rule.error_reasons = {"timeout"};
  CHECK(is_failure(rule, {500, &timeout, nullptr}));
  CHECK_FALSE(is_failure(rule, {500, nullptr, nullptr}));
  rule.error_reasons = {"Server errors"};
  CHECK(is_failure(rule, {502, nullptr, nullptr}));
  CHECK_FALSE(is_failure(rule, {429, nullptr, nullptr}));
  rule.error_reasons.clear();
  rule.status_code_ranges = {{500, 599}};
  CHECK(is_failure(rule, {500, &timeout, nullptr}));
  CHECK_FALSE(is_failure(rule, {500, &cancelled, nullptr}));
}

TEST_CASE("what the caller does wrong opens no breaker, unless the rule names it", "[gateway][breaker]") {
  CircuitBreakerRule rule;
  rule.status_code_ranges = {{400, 599}};
  rule.error_reasons = {"Server errors"};
  for (ErrorCode code :
       {ErrorCode::client_connection_failure, ErrorCode::request_body_too_large, ErrorCode::bad_request}) {
    const Error error(code);
    CHECK_FALSE(is_failure(rule, {500, &error, nullptr}));
  }
  const Error gone(ErrorCode::client_connection_failure);
  rule.error_reasons = {"ClientConnectionFailure"};
  CHECK(is_failure(rule, {500, &gone, nullptr}));
}

TEST_CASE("a rule that becomes stricter or laxer at a reload counts on", "[gateway][breaker]") {
  Bench bench;
  CHECK_FALSE(bench.status(by_count(5), 500));
  CHECK_FALSE(bench.status(by_count(5), 500));
  CHECK(bench.status(by_count(3), 500));
  bench.now += 31s;
  CHECK_FALSE(bench.status(by_count(3), 500));
  CHECK_FALSE(bench.status(by_count(3), 500));
  CHECK_FALSE(bench.status(by_count(4), 500));
  CHECK(bench.status(by_count(4), 500));
}

TEST_CASE("a rule that counts more failures than are kept counts as many as are kept", "[gateway][breaker]") {
  Bench bench;
  const auto rule = by_count(CircuitBreaker::max_count + 5);
  for (std::uint32_t i = 1; i < CircuitBreaker::max_count; ++i) REQUIRE_FALSE(bench.status(rule, 500));
  CHECK(bench.status(rule, 500));
}
