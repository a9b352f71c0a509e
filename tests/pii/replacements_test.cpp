// SPDX-License-Identifier: Apache-2.0
#include "pii/replacements.hpp"

#include <catch2/catch.hpp>

namespace sluice::pii {
namespace {

Match match_of(Kind kind, std::string_view name = {}) {
  Match match;
  match.kind = kind;
  match.name = name;
  return match;
}

}  // namespace

TEST_CASE("masks name the kind", "[pii][replacements]") {
  CHECK(mask_of(match_of(Kind::email), "a@b.example") == "[EMAIL]");
  CHECK(mask_of(match_of(Kind::national_id), "1") == "[NATIONAL_ID]");
  CHECK(mask_of(match_of(Kind::custom, "employee"), "1") == "[employee]");
}

TEST_CASE("masks may keep the last characters of what is long enough", "[pii][replacements]") {
  CHECK(mask_of(match_of(Kind::card), "4111 1111 1111 1881", 4) == "**** **** **** 1881");
  CHECK(mask_of(match_of(Kind::phone), "555-0123", 4) == "[PHONE]");
  CHECK(mask_of(match_of(Kind::key), "abcdefghijklmnopqrstuvwxyz", 4) == "[KEY]");
  CHECK(mask_of(match_of(Kind::card), "4111111111111881", 100) == "************1881");
}

TEST_CASE("one value has one placeholder, which leads back to it", "[pii][replacements]") {
  Replacements table;
  CHECK(table.placeholder_of(Kind::email, "a@b.example") == "<EMAIL_1>");
  CHECK(table.placeholder_of(Kind::email, "c@d.example") == "<EMAIL_2>");
  CHECK(table.placeholder_of(Kind::email, "a@b.example") == "<EMAIL_1>");
  CHECK(table.placeholder_of(Kind::phone, "a@b.example") == "<PHONE_1>");
  CHECK(table.original_of("<EMAIL_2>") == "c@d.example");
  CHECK(table.original_of("<EMAIL_3>").empty());
}

TEST_CASE("placeholders that stand in the text already are not given", "[pii][replacements]") {
  Replacements table("what is <EMAIL_1>?");
  CHECK(table.placeholder_of(Kind::email, "a@b.example") == "<EMAIL_2>");
}

TEST_CASE("a request has a bounded number of placeholders", "[pii][replacements][limits]") {
  Replacements table;
  for (std::size_t i = 0; i < max_placeholders; ++i) {
    REQUIRE_FALSE(table.placeholder_of(Kind::email, std::to_string(i)).empty());
  }
  CHECK(table.placeholder_of(Kind::email, "one more").empty());
  CHECK_FALSE(table.placeholder_of(Kind::email, "1").empty());
}

TEST_CASE("a scanner finds the placeholders of its table alone", "[pii][replacements]") {
  Replacements table;
  table.placeholder_of(Kind::email, "a@b.example");
  DetectorOptions options;
  options.kinds = {};
  const Detector detector(options);
  Scanner scanner(detector, &table);
  std::vector<Match> matches;
  scanner.push("Dear <EMA", matches);
  CHECK(scanner.held() == "<EMA");
  scanner.push("IL_1>, <EMAIL_2> <b>", matches);
  REQUIRE(matches.size() == 1);
  CHECK(matches[0].kind == Kind::placeholder);
  CHECK(matches[0].begin == 5);
  CHECK(matches[0].end == 14);
}

}  // namespace sluice::pii
