// SPDX-License-Identifier: Apache-2.0
// Every rule on HTTP/1.1 that docs/limits.md and the comments in lib/http number is named by a case here.
#include "support/text_files.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

namespace {

/// The rules in the names of cases: the words before the first lower-case one.
std::set<std::string> named_rules() {
  std::set<std::string> rules;
  const std::regex names("\"((?:[RPUL][0-9]+[: ]+)+)");
  const std::regex rule("[RPUL][0-9]+");
  for (const auto& file : std::filesystem::directory_iterator(SLUICE_SOURCE_DIR "/tests/http_conformance")) {
    const std::string text = sluice::test::read_text(file.path());
    for (std::sregex_iterator name(text.begin(), text.end(), names), none; name != none; ++name) {
      const std::string words = (*name)[1];
      for (std::sregex_iterator found(words.begin(), words.end(), rule); found != none; ++found)
        rules.insert(found->str());
    }
  }
  return rules;
}

}  // namespace

TEST_CASE("every rule on HTTP/1.1 is named by a case", "[http_conformance][rules]") {
  const auto rules = named_rules();
  const auto check = [&](char letter, int last) {
    for (int number = 1; number <= last; ++number) {
      const std::string rule = letter + std::to_string(number);
      INFO(rule);
      CHECK(rules.count(rule) == 1);
    }
  };
  check('R', 12);
  check('P', 7);
  check('U', 6);
  check('L', 9);
}
