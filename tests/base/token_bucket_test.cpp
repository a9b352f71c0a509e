// SPDX-License-Identifier: Apache-2.0
#include "base/token_bucket.hpp"

#include <sluice/random.hpp>

#include <catch2/catch.hpp>

using namespace sluice;
using namespace std::chrono_literals;
using std::chrono::microseconds;

namespace {
CounterRule bucket_of(std::int64_t limit, microseconds period) { return {WindowKind::token_bucket, limit, period, {}}; }
}  // namespace

TEST_CASE("a bucket gives its capacity at once and then its rate", "[base][token_bucket]") {
  TokenBucket bucket;
  const CounterRule rule = bucket_of(10, 60s);
  for (int i = 0; i < 10; ++i) CHECK(bucket.apply(CounterChange::reserve, rule, 1, 0s).admitted);
  CHECK(bucket.apply(CounterChange::reserve, rule, 1, 0s).retry_after == 6s);
  CHECK_FALSE(bucket.apply(CounterChange::reserve, rule, 1, 6s - 1us).admitted);
  CHECK(bucket.apply(CounterChange::reserve, rule, 1, 6s).admitted);
  CHECK(bucket.apply(CounterChange::peek, rule, 0, 6s + 59s).remaining == 9);
  CHECK(bucket.apply(CounterChange::peek, rule, 0, 1h).remaining == 10);
}

TEST_CASE("a bucket never gives more than capacity and refill", "[base][token_bucket]") {
  const auto seed = GENERATE(1u, 2u, 3u, 4u);
  SeededRandom random(seed);
  const std::int64_t limit = 1 + static_cast<std::int64_t>(random.below(1000));
  const CounterRule rule = bucket_of(limit, 7s);
  TokenBucket bucket;
  std::int64_t now = 0, given = 0;
  for (int step = 0; step < 20'000; ++step) {
    now += static_cast<std::int64_t>(random.below(30'000));
    const auto amount = static_cast<std::int64_t>(1 + random.below(5));
    const CounterState state = bucket.apply(CounterChange::reserve, rule, amount, microseconds(now));
    if (state.admitted) {
      given += amount;
    } else if (amount <= limit) {
      TokenBucket before = bucket, after = bucket;
      const microseconds then = microseconds(now) + state.retry_after;
      REQUIRE_FALSE(before.apply(CounterChange::reserve, rule, amount, then - 1us).admitted);
      REQUIRE(after.apply(CounterChange::reserve, rule, amount, then).admitted);
    }
    REQUIRE(static_cast<__int128>(given - limit) * rule.period.count() <= static_cast<__int128>(now) * limit);
  }
}

TEST_CASE("a debt is paid off at the rate", "[base][token_bucket]") {
  TokenBucket bucket;
  const CounterRule rule = bucket_of(10'000, 60s);
  bucket.apply(CounterChange::settle, rule, 40'000, 0s);
  CHECK(bucket.apply(CounterChange::peek, rule, 0, 0s).remaining == 0);
  CHECK(bucket.apply(CounterChange::reserve, rule, 0, 0s).retry_after == 180s + 6ms);
  CHECK(bucket.apply(CounterChange::peek, rule, 0, 180s + 6ms).admitted);
}

TEST_CASE("a bucket keeps what is missing when its period changes", "[base][token_bucket]") {
  TokenBucket bucket;
  bucket.apply(CounterChange::reserve, bucket_of(10, 60s), 10, 0s);
  CHECK(bucket.apply(CounterChange::peek, bucket_of(10, 120s), 0, 0s).remaining == 0);
  CHECK(bucket.apply(CounterChange::peek, bucket_of(20, 120s), 0, 0s).remaining == 10);
}

TEST_CASE("amounts without measure do not overflow a bucket", "[base][token_bucket]") {
  TokenBucket bucket;
  const CounterRule rule = bucket_of(INT64_MAX, 24h * 365);
  for (int i = 0; i < 10; ++i) bucket.apply(CounterChange::settle, rule, INT64_MAX, std::chrono::seconds(i));
  CHECK(bucket.apply(CounterChange::peek, rule, 0, 10s).remaining >= 0);
  bucket.apply(CounterChange::settle, rule, INT64_MIN, 11s);
  CHECK(bucket.apply(CounterChange::peek, rule, 0, 11s).admitted);
}
