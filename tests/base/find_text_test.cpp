// SPDX-License-Identifier: Apache-2.0
#include "base/find_text.hpp"

#include <sluice/random.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;

TEST_CASE("a text is found wherever it stands", "[base][find_text]") {
  for (const std::string wanted : {"\"usage\"", "ab", "x", "a text of more than sixteen bytes"}) {
    for (std::size_t length = 0; length < 70; ++length) {
      for (std::size_t at = 0; at <= length; ++at) {
        const std::string text = std::string(at, '.') + wanted + std::string(length - at, '"');
        REQUIRE(holds(text, wanted));
        REQUIRE_FALSE(holds(text.substr(0, at + wanted.size() - 1), wanted));
      }
    }
  }
  CHECK(holds("", ""));
  CHECK(holds("x", ""));
  CHECK_FALSE(holds("", "x"));
}

TEST_CASE("a text is found if it is there", "[base][find_text]") {
  SeededRandom random(11);
  for (int round = 0; round < 50'000; ++round) {
    std::string text, wanted;
    for (std::uint64_t i = random.below(60); i > 0; --i) text += "ab"[random.below(2)];
    for (std::uint64_t i = random.below(9); i > 0; --i) wanted += "ab"[random.below(2)];
    REQUIRE(holds(text, wanted) == (text.find(wanted) != std::string::npos));
  }
}
