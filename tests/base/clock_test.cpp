// SPDX-License-Identifier: Apache-2.0
#include <sluice/clock.hpp>
#include <sluice/random.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <thread>

using namespace sluice;

TEST_CASE("waits of the system clock end in order of their deadlines", "[base][clock]") {
  SystemClock clock;
  Cancellation cancellation;
  const auto start = clock.steady_now();
  auto late = clock.wait_until(start + std::chrono::milliseconds(20), cancellation);
  auto early = clock.wait_until(start + std::chrono::milliseconds(5), cancellation);
  CHECK(wait(std::move(early)));
  CHECK(clock.steady_now() >= start + std::chrono::milliseconds(5));
  CHECK(wait(std::move(late)));
  CHECK(clock.steady_now() >= start + std::chrono::milliseconds(20));
}

TEST_CASE("a wait that is cancelled ends at once and says so", "[base][clock]") {
  SystemClock clock;
  Cancellation cancellation;
  auto task = clock.wait_for(std::chrono::hours(1), cancellation);
  CHECK_FALSE(task.is_ready());
  cancellation.request();
  CHECK_FALSE(wait(std::move(task)));
  CHECK_FALSE(wait(clock.wait_for(std::chrono::hours(1), cancellation)));
}

TEST_CASE("random numbers stay below their bound and seeds repeat", "[base][random]") {
  SeededRandom a(7);
  SeededRandom b(7);
  SystemRandom system;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    CHECK(a.bits() == b.bits());
    CHECK(system.below(10) < 10);
    seen.insert(system.bits());
    const double unit = system.unit();
    CHECK((unit >= 0 && unit < 1));
  }
  CHECK(seen.size() == 1000);
  CHECK(system.below(0) == 0);
}
