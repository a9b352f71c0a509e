// SPDX-License-Identifier: Apache-2.0
#include "ai/asked_text.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace sluice::ai {
namespace {

using Places = std::vector<std::pair<std::size_t, std::size_t>>;

std::vector<pii::Match> matches_at(const Places& places, pii::Kind kind) {
  std::vector<pii::Match> matches;
  for (const auto& [begin, end] : places) {
    pii::Match match;
    match.kind = kind;
    match.begin = begin;
    match.end = end;
    matches.push_back(match);
  }
  return matches;
}

/// `f` findings and `p` placeholders, as `f0-3 p3-5`.
std::string shown(const std::vector<pii::Match>& matches) {
  std::string all;
  for (const pii::Match& match : matches) {
    all += (all.empty() ? "" : " ") + std::string(match.kind == pii::Kind::placeholder ? "p" : "f") +
           std::to_string(match.begin) + "-" + std::to_string(match.end);
  }
  return all;
}

std::string apart(const Places& findings, const Places& placeholders) {
  return shown(apart_from(matches_at(findings, pii::Kind::custom), matches_at(placeholders, pii::Kind::placeholder)));
}

/// What stands between `[[` and `]]`.
std::vector<pii::Match> marked(std::string_view text) {
  Places places;
  for (std::size_t at = text.find("[["); at != std::string_view::npos; at = text.find("[[", at)) {
    const std::size_t end = text.find("]]", at);
    if (end == std::string_view::npos) break;
    places.emplace_back(at, end + 2);
    at = end + 2;
  }
  return matches_at(places, pii::Kind::custom);
}

}  // namespace

TEST_CASE("what placeholders cover is no finding", "[ai][asked_text]") {
  CHECK(apart({}, {}).empty());
  CHECK(apart({{0, 3}}, {}) == "f0-3");
  CHECK(apart({}, {{0, 3}}) == "p0-3");
  CHECK(apart({{2, 4}, {8, 9}}, {{0, 1}, {5, 6}}) == "p0-1 f2-4 p5-6 f8-9");
  CHECK(apart({{2, 4}}, {{2, 4}}) == "p2-4");
  CHECK(apart({{2, 4}}, {{0, 9}}) == "p0-9");
  CHECK(apart({{0, 9}}, {{2, 4}}) == "f0-2 p2-4 f4-9");
  CHECK(apart({{0, 9}}, {{2, 4}, {4, 5}, {7, 9}}) == "f0-2 p2-4 p4-5 f5-7 p7-9");
  CHECK(apart({{0, 5}, {7, 30}}, {{3, 10}, {20, 25}}) == "f0-3 p3-10 f10-20 p20-25 f25-30");
}

TEST_CASE("a text has the same findings window by window as at once", "[ai][asked_text]") {
  std::mt19937 random(20250216);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    while (text.size() < 3000) {
      for (std::size_t words = random() % 30; words > 0; --words) text += random() % 5 == 0 ? "größer 😀 " : "word ";
      text += "[[" + std::string(random() % 100, 'x') + "]]";
    }
    AskedText asked;
    std::vector<pii::Match> found;
    const auto tell = [&](bool ends_here) {
      asked.tell(marked(asked.text()), {});
      const auto decided = asked.decide(ends_here);
      for (const pii::Match& match : decided) {
        CHECK(asked.text_of(match) == text.substr(match.begin, match.end - match.begin));
      }
      found.insert(found.end(), decided.begin(), decided.end());
    };
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = std::min(text.size(), at + 1 + random() % 60);
      while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
      asked.add(std::string_view(text).substr(at, end - at));
      CHECK(asked.has_news());
      at = end;
      if (random() % 8 == 0) tell(false);
      CHECK(asked.decided() <= at);
    }
    if (asked.has_news()) {
      tell(true);
    } else {
      const auto rest = asked.decide(true);
      found.insert(found.end(), rest.begin(), rest.end());
    }
    CHECK(shown(found) == shown(marked(text)));
    CHECK(asked.decided() == text.size());
  }
}

TEST_CASE("what a window ends with is decided by the next", "[ai][asked_text]") {
  AskedText asked;
  asked.add(std::string(200, 'a'));
  asked.tell({}, {});
  CHECK(asked.decide(false).empty());
  CHECK(asked.decided() == 200 - window_overlap);
  CHECK(!asked.has_news());
  CHECK(asked.text().size() == window_overlap);
  asked.add("b");
  CHECK(asked.text().size() == window_overlap + 1);
}

}  // namespace sluice::ai
