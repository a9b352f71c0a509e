// SPDX-License-Identifier: Apache-2.0
#include "http/deadline_wheel.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <vector>

using namespace sluice;
using namespace sluice::http;
using std::chrono::milliseconds;

namespace {

struct Counted : DeadlineWheel::Entry {
  Counted() : Entry([](Entry& entry) { ++static_cast<Counted&>(entry).fired; }) {}
  int fired = 0;
};

SteadyTime at(milliseconds time) { return SteadyTime(std::chrono::hours(1)) + time; }

struct Wheel : DeadlineWheel {
  Wheel() { advance(at(milliseconds(0))); }
};

}  // namespace

TEST_CASE("a deadline fires at its tick, never early, once", "[http][deadline_wheel]") {
  Wheel wheel;
  Counted entry;
  wheel.add(entry, at(milliseconds(105)));
  wheel.advance(at(milliseconds(104)));
  CHECK(entry.fired == 0);
  wheel.advance(at(milliseconds(105) + milliseconds(20)));
  CHECK(entry.fired == 1);
  CHECK_FALSE(entry.is_waiting());
  wheel.advance(at(milliseconds(60'000)));
  CHECK(entry.fired == 1);
  CHECK(wheel.empty());
}

TEST_CASE("a deadline beyond one turn of the wheel waits for its turn", "[http][deadline_wheel]") {
  Wheel wheel;
  Counted entry;
  wheel.add(entry, at(milliseconds(60'000)));
  for (int second = 1; second < 60; ++second) wheel.advance(at(milliseconds(second * 1000)));
  CHECK(entry.fired == 0);
  wheel.advance(at(milliseconds(60'000)));
  CHECK(entry.fired == 1);
}

TEST_CASE("a deadline in the past fires at the next tick", "[http][deadline_wheel]") {
  Wheel wheel;
  Counted entry;
  wheel.add(entry, at(milliseconds(-500)));
  wheel.advance(at(milliseconds(20)));
  CHECK(entry.fired == 1);
}

TEST_CASE("a long sleep of the loop loses no deadline", "[http][deadline_wheel]") {
  Wheel wheel;
  std::vector<std::unique_ptr<Counted>> entries;
  for (int i = 0; i < 2000; ++i) {
    entries.push_back(std::make_unique<Counted>());
    wheel.add(*entries.back(), at(milliseconds(i * 7)));
  }
  wheel.advance(at(milliseconds(2000 * 7 + 20)));
  for (const auto& entry : entries) CHECK(entry->fired == 1);
  CHECK(wheel.empty());
}

TEST_CASE("an entry that is removed, moved or destroyed does not fire", "[http][deadline_wheel]") {
  Wheel wheel;
  Counted removed, moved;
  {
    Counted destroyed;
    wheel.add(destroyed, at(milliseconds(40)));
  }
  wheel.add(removed, at(milliseconds(40)));
  wheel.add(moved, at(milliseconds(40)));
  wheel.remove(removed);
  wheel.add(moved, at(milliseconds(400)));
  wheel.advance(at(milliseconds(100)));
  CHECK(removed.fired == 0);
  CHECK(moved.fired == 0);
  wheel.advance(at(milliseconds(400)));
  CHECK(moved.fired == 1);
  CHECK(wheel.empty());
}

namespace {

struct Chain : DeadlineWheel::Entry {
  Chain() : Entry([](Entry& entry) { static_cast<Chain&>(entry).fire(); }) {}
  void fire() {
    ++fired;
    if (victim != nullptr) wheel->remove(*victim);
    wheel->add(*this, at(milliseconds(200)));
  }
  DeadlineWheel* wheel = nullptr;
  DeadlineWheel::Entry* victim = nullptr;
  int fired = 0;
};

}  // namespace

TEST_CASE("entries may be removed and added while others fire", "[http][deadline_wheel]") {
  Wheel wheel;
  Chain chain;
  Counted victim;
  chain.wheel = &wheel;
  chain.victim = &victim;
  wheel.add(chain, at(milliseconds(40)));
  wheel.add(victim, at(milliseconds(40)));
  wheel.advance(at(milliseconds(100)));
  CHECK(chain.fired == 1);
  CHECK(victim.fired == 0);
  wheel.advance(at(milliseconds(200)));
  CHECK(chain.fired == 2);
}
