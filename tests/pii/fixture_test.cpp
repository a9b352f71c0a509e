// SPDX-License-Identifier: Apache-2.0
// How much is found, and how much is found wrongly, in texts that were written before the detector was tuned.
#include "pii/detector.hpp"

#include "pii/fixtures.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sluice::pii {
namespace {

const std::string folder = std::string(SLUICE_SOURCE_DIR) + "/tests/pii/fixtures/";

std::string shown(const Fixture& fixture, std::size_t begin, std::size_t end) {
  return "'" + fixture.text.substr(begin, end - begin) + "' in: " + fixture.text.substr(0, 200);
}

}  // namespace

TEST_CASE("at least 99 % of what stands in the fixtures is found, in its exact place", "[pii][fixtures]") {
  const Detector detector;
  std::size_t expected = 0, found = 0;
  for (const Fixture& fixture : read_fixtures(folder + "positives.txt")) {
    const std::vector<Match> matches = detector.find(fixture.text);
    for (const Expected& wanted : fixture.expected) {
      ++expected;
      const bool is_found = std::any_of(matches.begin(), matches.end(), [&](const Match& match) {
        return match.kind == wanted.kind && match.begin == wanted.begin && match.end == wanted.end;
      });
      if (is_found) {
        ++found;
      } else {
        UNSCOPED_INFO("missed " << shown(fixture, wanted.begin, wanted.end));
      }
    }
  }
  CHECK(expected >= 2000);
  CHECK(static_cast<double>(found) >= 0.99 * static_cast<double>(expected));
}

TEST_CASE("at most 0.5 % of texts without anything personal have a finding", "[pii][fixtures]") {
  const Detector detector;
  std::size_t texts = 0, wrong = 0;
  for (const Fixture& fixture : read_fixtures(folder + "negatives.txt")) {
    ++texts;
    const std::vector<Match> matches = detector.find(fixture.text);
    if (matches.empty()) continue;
    ++wrong;
    UNSCOPED_INFO(matches[0].name << " " << shown(fixture, matches[0].begin, matches[0].end));
  }
  CHECK(texts >= 5000);
  CHECK(static_cast<double>(wrong) <= 0.005 * static_cast<double>(texts));
}

TEST_CASE("beside what is to be found nothing else is", "[pii][fixtures]") {
  const Detector detector;
  std::size_t texts = 0, wrong = 0;
  for (const Fixture& fixture : read_fixtures(folder + "positives.txt")) {
    ++texts;
    for (const Match& match : detector.find(fixture.text)) {
      const bool is_expected =
          std::any_of(fixture.expected.begin(), fixture.expected.end(),
                      [&](const Expected& wanted) { return match.begin < wanted.end && wanted.begin < match.end; });
      if (is_expected) continue;
      ++wrong;
      UNSCOPED_INFO(match.name << " " << shown(fixture, match.begin, match.end));
    }
  }
  CHECK(static_cast<double>(wrong) <= 0.005 * static_cast<double>(texts));
}

}  // namespace sluice::pii
