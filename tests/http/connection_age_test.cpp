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
  std::set<bool> seen;
  for (const auto& place : places) {
    CHECK_FALSE(is_past_age(opened, opened, 1h, &place));
    CHECK_FALSE(is_past_age(opened, opened + 1h - 1ms, 1h, &place));
    CHECK(is_past_age(opened, opened + 66min, 1h, &place));
    seen.insert(is_past_age(opened, opened + 63min, 1h, &place));
  }
  CHECK(seen.size() == 2);  // not all at once
}

TEST_CASE("L11: a connection that seems to be opened after now is new", "[http][connection_age]") {
  for (const auto& place : places) {
    CHECK_FALSE(is_past_age(opened, opened - 4ms, 1h, &place));
    CHECK_FALSE(is_past_age(opened, opened - 4ms, 1ms, &place));
  }
}
