// SPDX-License-Identifier: Apache-2.0
#include "gateway/path_segment.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace sluice;

TEST_CASE("a path gives its segments, of any length", "[gateway][path_segment]") {
  for (std::size_t first = 0; first < 40; ++first) {
    for (std::size_t second = 0; second < 20; ++second) {
      const std::string one(first, 'a'), two(second, 'b');
      const std::string path = "/" + one + "/" + two;
      CAPTURE(path);
      std::string_view rest = path;
      const PathSegment segment = take_segment(rest);
      CHECK(segment.text == one);
      CHECK(segment.hash == segment_hash(one));
      CHECK(rest == "/" + two);
      CHECK(take_segment(rest).text == two);
      CHECK(rest.empty());
      CHECK(take_segment(rest).text.empty());
    }
  }
}

TEST_CASE("what looks like a slash to a word ends no segment", "[gateway][path_segment]") {
  for (const char near : {'.', '0', '\x0f', '\xaf', 'O'}) {
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, 'x');
      text[at] = near;
      std::string path = "/" + text + "/rest";
      std::string_view rest = path;
      CHECK(take_segment(rest).text == text);
      // The byte behind a slash must not be taken for one.
      path = "/" + std::string(at, 'x') + "/" + near + "yyyyyyyy";
      rest = path;
      CHECK(take_segment(rest).text == std::string(at, 'x'));
    }
  }
}

TEST_CASE("hashes of segments depend on every byte and not on case", "[gateway][path_segment]") {
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size < 40; ++size) {
    std::string text(size, 'q');
    CHECK(seen.insert(segment_hash(text)).second);
    for (std::size_t at = 0; at < size; ++at) {
      text[at] = 'Q';
      CHECK(segment_hash(text) == segment_hash(std::string(size, 'q')));
      text[at] = 'r';
      CHECK(seen.insert(segment_hash(text)).second);
      text[at] = 'q';
    }
  }
}
