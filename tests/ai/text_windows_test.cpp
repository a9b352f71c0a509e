// SPDX-License-Identifier: Apache-2.0
#include "ai/text_windows.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using ai::count_characters;
using ai::last_characters;
using ai::text_windows;
using Windows = std::vector<std::string_view>;

TEST_CASE("a text is cut into windows", "[ai][text_windows]") {
  CHECK(text_windows("", 4).empty());
  CHECK(text_windows("abcd", 4) == Windows{"abcd"});
  CHECK(text_windows("abcdefghij", 4) == Windows{"abcd", "efgh", "ij"});
}

TEST_CASE("windows may overlap", "[ai][text_windows]") {
  CHECK(text_windows("abcdefgh", 4, 2) == Windows{"abcd", "cdef", "efgh"});
  CHECK(text_windows("abc", 2, 5) == Windows{"ab", "bc"});
  CHECK(text_windows("abc", 1, 1) == Windows{"a", "b", "c"});
}

TEST_CASE("windows end between code points and count UTF-16 units", "[ai][text_windows]") {
  CHECK(text_windows("äöü", 2) == Windows{"äö", "ü"});
  CHECK(text_windows("a😀b", 2) == Windows{"a", "😀", "b"});
  CHECK(text_windows("😀😀", 1) == Windows{"😀", "😀"});
}

TEST_CASE("every byte is in some window, whatever the text", "[ai][text_windows]") {
  std::string text;
  for (int i = 0; i < 600; ++i) text += static_cast<char>(i * 91 + 7);
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t overlap = 0; overlap < size; ++overlap) {
      const char* covered = text.data();
      for (const std::string_view window : text_windows(text, size, overlap)) {
        REQUIRE(window.data() <= covered);
        REQUIRE(window.data() + window.size() > covered);
        covered = window.data() + window.size();
      }
      REQUIRE(covered == text.data() + text.size());
    }
  }
}

TEST_CASE("characters are counted from both ends", "[ai][text_windows]") {
  CHECK(count_characters("") == 0);
  CHECK(count_characters("aä😀") == 4);
  CHECK(count_characters("\xff\xfe") == 2);
  CHECK(last_characters("aä😀", 4) == "aä😀");
  CHECK(last_characters("aä😀", 3) == "ä😀");
  CHECK(last_characters("aä😀", 2) == "😀");
  CHECK(last_characters("aä😀", 1).empty());
  CHECK(last_characters("abc", 0).empty());
}
