// SPDX-License-Identifier: Apache-2.0
#include "http/connection_age.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <set>

using namespace sluice;
using namespace sluice::http;
using namespace std::chrono_literals;

namespace {

/// Places as far from one another as objects are.
std::array<std::max_align_t, 64> places;

constexpr SteadyTime opened{100h};

}  // namespace

TEST_CASE("L11: a connection lives for its age and up to a tenth more", "[http][connection_age]") {
  std::set<SteadyTime> ends;
  for (const auto& place : places) {
    const SteadyTime end = end_of_age(opened, 1h, &place);
    CHECK(end >= opened + 1h);
    CHECK(end < opened + 66min);
    ends.insert(end);
  }
  CHECK(ends.size() >= 8);  // not all at once
  CHECK(*ends.begin() <= opened + 63min);
  CHECK(*ends.rbegin() > opened + 63min);
}

TEST_CASE("L11: the shortest age has an end, too", "[http][connection_age]") {
  for (const auto& place : places) CHECK(end_of_age(opened, 1ms, &place) >= opened + 1ms);
}
