// SPDX-License-Identifier: Apache-2.0
#include "base/cohorts.hpp"

#include "base/home_thread.hpp"

#include <catch2/catch.hpp>
#include <sluice/task.hpp>

#include <string>
#include <utility>

using namespace sluice;

namespace {

using Place = Cohorts::Place;

/// Notes its name at each place that it leaves.
Task<void> walk(Cohorts& cohorts, std::string& notes, std::string name, Place first, Place second) {
  co_await cohorts.at(first);
  notes += name + "1 ";
  co_await cohorts.at(second);
  notes += name + "2 ";
}

}  // namespace

TEST_CASE("who arrives goes on at once where nobody gathers", "[base][cohorts]") {
  Cohorts cohorts;
  std::string notes;
  const Task<void> walking = walk(cohorts, notes, "a", Place::handling, Place::sending);
  CHECK(walking.is_ready());
  CHECK(notes == "a1 a2 ");
}

TEST_CASE("who has come to the same place goes on together, in the order of arrival", "[base][cohorts]") {
  Cohorts cohorts;
  std::string notes;
  cohorts.begin();
  const Task<void> a = walk(cohorts, notes, "a", Place::handling, Place::sending);
  const Task<void> b = walk(cohorts, notes, "b", Place::handling, Place::sending);
  CHECK(notes.empty());
  cohorts.run();
  CHECK(notes == "a1 b1 a2 b2 ");
  const Task<void> c = walk(cohorts, notes, "c", Place::handling, Place::sending);
  CHECK_FALSE(c.is_ready());
  cohorts.end();
  CHECK(notes == "a1 b1 a2 b2 c1 c2 ");
  const Task<void> d = walk(cohorts, notes, "d", Place::handling, Place::sending);
  CHECK(d.is_ready());
}

TEST_CASE("who is behind goes first and is caught up with", "[base][cohorts]") {
  Cohorts cohorts;
  std::string notes;
  cohorts.begin();
  const Task<void> ahead = walk(cohorts, notes, "a", Place::sending, Place::delivery);
  const Task<void> behind = walk(cohorts, notes, "b", Place::handling, Place::sending);
  cohorts.end();
  CHECK(notes == "b1 a1 b2 a2 ");
}

TEST_CASE("a request may start another one, which is behind it", "[base][cohorts]") {
  Cohorts cohorts;
  std::string notes;
  cohorts.begin();
  const auto starting = [&]() -> Task<void> {
    co_await cohorts.at(Place::sending);
    co_await walk(cohorts, notes, "inner", Place::handling, Place::sending);
    notes += "outer ";
  };
  const Task<void> outer = starting();
  cohorts.end();
  CHECK(outer.is_ready());
  CHECK(notes == "inner1 inner2 outer ");
}

TEST_CASE("the calling thread's cohorts are those of its event loop", "[base][cohorts]") {
  Cohorts cohorts;
  cohorts.begin();
  CHECK(cohorts_of_thread().at(Place::prompt).await_ready());
  const HomeThread before = std::exchange(home_thread(), HomeThread{nullptr, nullptr, &cohorts});
  CHECK_FALSE(cohorts_of_thread().at(Place::prompt).await_ready());
  home_thread() = before;
}
