// SPDX-License-Identifier: Apache-2.0
#include "ai/finding_filter.hpp"

#include "pii/fixtures.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace sluice::ai {
namespace {

const pii::Detector& detector() {
  static const pii::Detector made;
  return made;
}

/// Texts of which some are empty, and some longer than others.
std::vector<std::string> texts_of(std::mt19937& random) {
  static const auto fixtures = pii::read_fixtures(std::string(SLUICE_SOURCE_DIR) + "/tests/pii/fixtures/positives.txt");
  std::vector<std::string> texts(1 + random() % 40);
  for (std::string& text : texts) {
    for (std::size_t left = random() % 4 == 0 ? random() % 60 : random() % 3; left > 0; --left) {
      text += fixtures[random() % fixtures.size()].text + (random() % 2 == 0 ? " " : "");
    }
  }
  return texts;
}

std::vector<JsonPlace> places_of(const std::vector<std::string>& texts) {
  std::vector<JsonPlace> places;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    places.push_back({static_cast<std::uint32_t>(i * 1000), texts[i], i % 5 == 0});
  }
  return places;
}

std::string shown(const std::vector<StringEdit>& edits) {
  std::string all;
  for (const StringEdit& edit : edits) {
    all += std::to_string(edit.string) + ":" + std::to_string(edit.begin) + "-" + std::to_string(edit.end) + "=" +
           edit.text + "\n";
  }
  return all;
}

}  // namespace

TEST_CASE("texts have the same edits in steps as at once", "[ai][finding_filter]") {
  std::mt19937 random(20250215);
  for (int round = 0; round < 40; ++round) {
    const std::vector<std::string> texts = texts_of(random);
    const std::vector<JsonPlace> places = places_of(texts);
    std::size_t bytes = 0;
    for (const std::string& text : texts) bytes += text.size();
    for (const FindingAction action : {FindingAction::block, FindingAction::mask, FindingAction::replace}) {
      pii::Replacements table_at_once, table_in_steps;
      FindingFilter at_once(detector(), action, 0, &table_at_once);
      std::vector<StringEdit> edits;
      for (const JsonPlace& place : places) at_once.edit(place, edits);
      for (const std::size_t step : {1, 50, 64, 1000, 16 * 1024}) {
        CAPTURE(round, step);
        FindingFilter filter(detector(), action, 0, &table_in_steps);
        EditSearch search(filter, places);
        std::size_t steps = 1;
        while (!search.step(step)) ++steps;
        CHECK(shown(search.edits()) == shown(edits));
        CHECK(filter.report().findings == at_once.report().findings);
        CHECK(filter.report().is_blocked == at_once.report().is_blocked);
        CHECK(steps <= (bytes + places.size()) / step + 1);
      }
    }
  }
}

TEST_CASE("nothing to search is searched at once", "[ai][finding_filter]") {
  FindingFilter filter(detector(), FindingAction::mask, 0, nullptr);
  const std::vector<JsonPlace> none, empty = {{0, "", false}};
  CHECK(EditSearch(filter, none).step(1));
  CHECK(EditSearch(filter, empty).step(1));
}

}  // namespace sluice::ai
