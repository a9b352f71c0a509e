// SPDX-License-Identifier: Apache-2.0
#include <sluice/testing/fail_after.hpp>
#include <sluice/testing/scripted_transport.hpp>
#include <sluice/testing/virtual_clock.hpp>

#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using sluice::testing::FailAfter;

namespace {

/// Two effects on one door, one on another; what a caller does that gives up at the first failure.
int effects_done(Transport& transport, CacheStore& cache) {
  Arena arena;
  Cancellation cancellation;
  OutgoingRequest request(arena);
  request.url = parse_url("http://a.test/", arena).value();
  if (!wait(transport.send(request, arena, cancellation))) return 0;
  if (!wait(cache.get("k"))) return 1;
  if (!wait(transport.send(request, arena, cancellation))) return 2;
  return 3;
}

}  // namespace

TEST_CASE("every effect of an action fails once, in order, across doors", "[testing][fail_after]") {
  sluice::testing::VirtualClock clock;
  sluice::testing::ScriptedTransport transport(clock);
  testing::EmptyCache cache;
  std::vector<int> done;
  const std::size_t effects = sluice::testing::fail_at_every_call([&](FailAfter& failure) {
    sluice::testing::FailingTransport failing_transport(transport, failure);
    sluice::testing::FailingCacheStore failing_cache(cache, failure);
    done.push_back(effects_done(failing_transport, failing_cache));
  });
  CHECK(effects == 3);
  CHECK(done == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("the search for failures stops at its limit", "[testing][fail_after]") {
  const auto calls = sluice::testing::fail_at_every_call(
      [](FailAfter& failure) {
        while (!failure.fails_now()) {
        }
      },
      5);
  CHECK(calls == 5);
}

TEST_CASE("failing stores report that they are not available", "[testing][fail_after]") {
  testing::RefusingCounters counters;
  testing::EmptyCache cache;
  FailAfter failure(0);
  sluice::testing::FailingCacheStore failing(cache, failure);
  CHECK(wait(failing.put("k", "v", std::chrono::seconds(1))).error().code() == ErrorCode::store_unavailable);
  CHECK(failure.has_failed());
  CHECK(wait(failing.put("k", "v", std::chrono::seconds(1))));
  CHECK(wait(failing.remove("k")));
  FailAfter second(0);
  sluice::testing::FailingCounterStore store(counters, second);
  CHECK(wait(store.reserve("k", {}, 1)).error().code() == ErrorCode::store_unavailable);
  CHECK(second.has_failed());
}
