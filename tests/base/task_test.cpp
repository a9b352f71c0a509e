// SPDX-License-Identifier: Apache-2.0
#include <sluice/task.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <thread>

using namespace sluice;

namespace {

Task<int> three() { co_return 3; }
Task<int> three_and(Completion<int>& other) {
  const int first = co_await three();
  co_return first + co_await other;
}
Task<std::string> without_coroutine() { return std::string("ready"); }
Task<void> throws() {
  throw std::runtime_error("defect");
  co_return;
}

}  // namespace

TEST_CASE("a task that waits for nothing is finished when the call returns", "[base][task]") {
  auto task = three();
  CHECK(task.is_ready());
  CHECK(task.take() == 3);
  CHECK(without_coroutine().take() == "ready");
}

TEST_CASE("a waiting task goes on when its completion comes", "[base][task]") {
  Completion<int> completion;
  int result = 0;
  spawn(three_and(completion), [&](int value) { result = value; });
  CHECK(result == 0);
  completion.complete(4);
  CHECK(result == 7);
}

TEST_CASE("a completion that came first is taken without waiting", "[base][task]") {
  Completion<int> completion;
  completion.complete(4);
  auto task = three_and(completion);
  CHECK(task.is_ready());
  CHECK(task.take() == 7);
}

TEST_CASE("wait blocks until another thread completes the task", "[base][task]") {
  for (int round = 0; round < 200; ++round) {
    Completion<int> completion;
    std::thread other([&] { completion.complete(round); });
    CHECK(wait(three_and(completion)) == round + 3);
    other.join();
  }
}

TEST_CASE("an exception in a task reaches the one who awaits it", "[base][task]") {
  auto task = throws();
  CHECK_THROWS_AS(task.take(), std::runtime_error);
}

TEST_CASE("a cancellation tells its listeners once, and its children", "[base][task]") {
  Cancellation parent;
  Cancellation child(parent);
  int told = 0;
  {
    Cancellation::Registration gone(child, [&] { told += 100; });
  }
  Cancellation::Registration listener(child, [&] { ++told; });
  parent.request();
  parent.request();
  CHECK(told == 1);
  CHECK(child.requested());
  Cancellation late(parent);
  CHECK(late.requested());
}

TEST_CASE("a cancellation may end while it tells its listeners", "[base][task]") {
  Cancellation parent;
  auto child = std::make_unique<Cancellation>(parent);
  int told = 0;
  auto end = [&] {
    ++told;
    child.reset();
  };
  Cancellation::Registration first(*child, [&] { ++told; });
  Cancellation::Registration last(*child, end);  // The latest hears of it first.
  parent.request();
  CHECK(told == 2);
  CHECK(child == nullptr);
}
