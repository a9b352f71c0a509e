// SPDX-License-Identifier: Apache-2.0
#include "ai/token_charge.hpp"

#include <sluice/memory_stores.hpp>

#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace std::chrono_literals;
using ai::TokenCharge;
using ai::TokenCounter;

namespace {

struct Charging : testing::ContextFixture {
  MemoryCounterStore store{clock};
  Services with_store{clock,  random, store,  cache,   transport, backends, limiter,   telemetry, tokens,
                      tokens, tokens, events, vectors, queues,    limits,   behaviour, ai};
  RequestContext request_context{request, with_store, deployment};

  void pass(std::chrono::microseconds time) {
    clock.wall += time;
    clock.steady += time;
  }
  /// Whether a new request could take `tokens` of the rate; gives them back.
  std::int64_t left(std::int64_t limit) {
    TokenCharge charge(request_context);
    charge.add_rate("k", limit);
    wait(charge.reserve(0)).value();
    return charge.rate()->state.remaining;
  }
};

}  // namespace

TEST_CASE("a reservation is replaced by what was used", "[ai][token_charge]") {
  Charging c;
  TokenCharge charge(c.request_context);
  charge.add_rate("k", 100);
  CHECK_FALSE(*wait(charge.reserve(40)));
  CHECK(c.left(100) == 60);
  CHECK(wait(charge.settle(25)));
  CHECK(c.left(100) == 75);
  CHECK(wait(charge.settle(30)));
  CHECK(c.left(100) == 70);
}

TEST_CASE("what does not fit takes nothing", "[ai][token_charge]") {
  Charging c;
  TokenCharge charge(c.request_context);
  charge.add_rate("k", 100);
  CHECK(wait(charge.reserve(101)).value()->state.retry_after == CounterState::never);
  CHECK(c.left(100) == 100);
}

TEST_CASE("a quota that refuses gives the rate back", "[ai][token_charge]") {
  Charging c;
  TokenCharge charge(c.request_context);
  charge.add_rate("k", 100);
  charge.add_quota("k", 10, CalendarPeriod::day);
  const auto refused = wait(charge.reserve(20));
  REQUIRE(refused.value());
  CHECK((*refused)->kind == TokenCounter::Kind::quota);
  CHECK(c.left(100) == 100);
}

TEST_CASE("a quota ends with its calendar period, and late settling belongs to the old one", "[ai][token_charge]") {
  Charging c;  // 2023-11-14T22:13:20Z
  TokenCharge first(c.request_context);
  first.add_quota("k", 10, CalendarPeriod::day);
  CHECK_FALSE(*wait(first.reserve(10)));
  TokenCharge second(c.request_context);
  second.add_quota("k", 10, CalendarPeriod::day);
  const auto refused = wait(second.reserve(1));
  REQUIRE(refused.value());
  CHECK((*refused)->state.retry_after == 1h + 46min + 40s);
  c.pass(1h + 46min + 40s);
  CHECK(wait(first.settle(4)));
  TokenCharge third(c.request_context);
  third.add_quota("k", 10, CalendarPeriod::day);
  CHECK_FALSE(*wait(third.reserve(10)));
  TokenCharge fourth(c.request_context);
  fourth.add_quota("k", 10, CalendarPeriod::day);
  CHECK(wait(fourth.reserve(1)).value());
}

TEST_CASE("a reservation that has left the window gives nothing back", "[ai][token_charge]") {
  Charging c;
  TokenCharge slow(c.request_context), other(c.request_context);
  slow.add_rate("k", 100);
  other.add_rate("k", 100);
  CHECK_FALSE(*wait(slow.reserve(50)));
  c.pass(61s);
  CHECK_FALSE(*wait(other.reserve(80)));
  CHECK(wait(slow.settle(0)));
  CHECK(c.left(100) == 20);
}

TEST_CASE("a store that fails lets a rate pass and refuses a quota", "[ai][token_charge]") {
  testing::ContextFixture f;
  TokenCharge rate(f.context);
  rate.add_rate("k", 100);
  CHECK_FALSE(*wait(rate.reserve(10)));
  TokenCharge quota(f.context);
  quota.add_quota("k", 100, CalendarPeriod::month);
  const auto refused = wait(quota.reserve(10));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == ErrorCode::store_unavailable);
}
