// SPDX-License-Identifier: Apache-2.0
#include <sluice/testing/virtual_clock.hpp>

#include <catch2/catch.hpp>

#include <vector>

using namespace std::chrono_literals;
using sluice::Cancellation;
using sluice::Task;
using sluice::testing::VirtualClock;

namespace {

/// Waits and notes who came when.
Task<void> note_after(VirtualClock& clock, std::chrono::microseconds wait, int who, std::vector<int>& order,
                      Cancellation& cancellation) {
  const bool reached = co_await clock.wait_for(wait, cancellation);
  order.push_back(reached ? who : -who);
}

Task<int> wait_twice(VirtualClock& clock, Cancellation& cancellation) {
  co_await clock.wait_for(2s, cancellation);
  co_await clock.wait_for(3s, cancellation);
  co_return 7;
}

Task<int> wait_for_somebody_else(sluice::Completion<int>& completion) { co_return co_await completion; }

}  // namespace

TEST_CASE("virtual time stands still until it is moved, both clocks alike", "[testing][clock]") {
  VirtualClock clock;
  const auto wall = clock.now();
  const auto steady = clock.steady_now();
  CHECK(clock.now() == wall);
  clock.advance(90s);
  CHECK(clock.now() - wall == 90s);
  CHECK(clock.steady_now() - steady == 90s);
}

TEST_CASE("waits end in the order of their deadlines, equal ones in the order they began", "[testing][clock]") {
  VirtualClock clock;
  Cancellation cancellation;
  std::vector<int> order;
  Task<void> late = note_after(clock, 3s, 1, order, cancellation);
  Task<void> early = note_after(clock, 1s, 2, order, cancellation);
  Task<void> same = note_after(clock, 1s, 3, order, cancellation);
  CHECK(clock.waiting() == 3);
  clock.advance(999ms);
  CHECK(order.empty());
  clock.advance(1ms);
  CHECK(order == std::vector<int>{2, 3});
  clock.advance(10s);
  CHECK(order == std::vector<int>{2, 3, 1});
  CHECK(clock.waiting() == 0);
}

TEST_CASE("a wait that begins while time moves ends in the same move when it falls due", "[testing][clock]") {
  VirtualClock clock;
  Cancellation cancellation;
  Task<int> task = wait_twice(clock, cancellation);
  clock.advance(4s);
  CHECK_FALSE(task.is_ready());
  clock.advance(1s);
  REQUIRE(task.is_ready());
  CHECK(task.take() == 7);
}

TEST_CASE("running a task jumps from deadline to deadline", "[testing][clock]") {
  VirtualClock clock;
  Cancellation cancellation;
  const auto start = clock.steady_now();
  Task<int> task = wait_twice(clock, cancellation);
  CHECK(clock.run(task) == 7);
  CHECK(clock.steady_now() - start == 5s);
}

TEST_CASE("running a task that waits for something else gives nothing", "[testing][clock]") {
  VirtualClock clock;
  sluice::Completion<int> completion;
  Task<int> task = wait_for_somebody_else(completion);
  CHECK(clock.run(task) == std::nullopt);
  completion.complete(1);
  CHECK(task.take() == 1);
}

TEST_CASE("a cancelled wait ends at once and says so", "[testing][clock]") {
  VirtualClock clock;
  Cancellation cancellation;
  std::vector<int> order;
  Task<void> task = note_after(clock, 3s, 1, order, cancellation);
  cancellation.request();
  CHECK(order == std::vector<int>{-1});
  CHECK(clock.waiting() == 0);
  Task<void> after = note_after(clock, 3s, 2, order, cancellation);
  CHECK(order == std::vector<int>{-1, -2});
}

TEST_CASE("running until idle ends every wait and counts them", "[testing][clock]") {
  VirtualClock clock;
  Cancellation cancellation;
  Task<int> one = wait_twice(clock, cancellation);
  Task<int> two = wait_twice(clock, cancellation);
  CHECK(clock.next_deadline() == clock.steady_now() + 2s);
  CHECK(clock.run_until_idle() == 4);
  CHECK(one.is_ready());
  CHECK(two.is_ready());
  CHECK_FALSE(clock.step());
  CHECK(clock.next_deadline() == std::nullopt);
}

TEST_CASE("a deadline that has passed does not wait", "[testing][clock]") {
  VirtualClock clock;
  Cancellation cancellation;
  Task<bool> task = clock.wait_until(clock.steady_now(), cancellation);
  REQUIRE(task.is_ready());
  CHECK(task.take());
}
