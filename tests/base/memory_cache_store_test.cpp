// SPDX-License-Identifier: Apache-2.0
#include <sluice/memory_stores.hpp>
#include <sluice/testing/cache_store_contract.hpp>

#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace std::chrono_literals;

TEST_CASE("the memory store keeps the contract of cache stores", "[base][cache_store]") {
  testing::StoppedClock clock;
  const auto failures =
      testing::check_cache_store({.make = [&] { return std::make_unique<MemoryCacheStore>(clock); },
                                  .advance = [&](std::chrono::milliseconds time) { clock.steady += time; }});
  for (const std::string& failure : failures) UNSCOPED_INFO(failure);
  CHECK(failures.empty());
}

TEST_CASE("the entry used longest ago leaves when there is no room", "[base][cache_store]") {
  testing::StoppedClock clock;
  MemoryCacheStore store(clock, 4000);
  const std::string value(1000, 'x');
  for (auto key : {"a", "b", "c"}) CHECK(wait(store.put(key, value, 60s)));
  CHECK(*wait(store.get("a")));
  CHECK(wait(store.put("d", value, 60s)));
  CHECK_FALSE(*wait(store.get("b")));
  CHECK(*wait(store.get("a")));
  CHECK(*wait(store.get("c")));
  CHECK(*wait(store.get("d")));
}

TEST_CASE("a value larger than the whole is not kept, nor the one before it", "[base][cache_store]") {
  testing::StoppedClock clock;
  MemoryCacheStore store(clock, 1000);
  CHECK(wait(store.put("k", "small", 60s)));
  CHECK(wait(store.put("other", "stays", 60s)));
  CHECK(wait(store.put("k", std::string(2000, 'x'), 60s)));
  CHECK_FALSE(*wait(store.get("k")));
  CHECK(*wait(store.get("other")) == "stays");
}

TEST_CASE("a lifetime without measure does not overflow", "[base][cache_store]") {
  testing::StoppedClock clock;
  clock.steady = SteadyTime(24h * 365);
  MemoryCacheStore store(clock);
  CHECK(wait(store.put("k", "v", std::chrono::milliseconds::max())));
  CHECK(*wait(store.get("k")) == "v");
}
