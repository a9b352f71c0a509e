// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

TEST_CASE("integers are the whole text or nothing", "[base][text]") {
  CHECK(parse_integer("12") == 12);
  CHECK(parse_integer("-12") == -12);
  CHECK(parse_integer("+12") == 12);
  CHECK(parse_integer("9223372036854775807") == INT64_MAX);
  for (auto text : {"", " 1", "1 ", "1x", "+-1", "0x1", "9223372036854775808", "1.0", "+"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_integer(text));
  }
  CHECK_FALSE(parse_unsigned("-1"));
  CHECK(parse_double("1e3") == 1000.0);
  CHECK(parse_boolean("TRUE") == true);
  CHECK_FALSE(parse_boolean("1"));
}

TEST_CASE("UTF-8 is checked as the standard defines it", "[base][text]") {
  CHECK(is_valid_utf8("aé€😀"));
  for (auto text : {"\xff", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    CHECK_FALSE(is_valid_utf8(text));
  }
  std::string text;
  for (std::uint32_t code : {0x24u, 0xE9u, 0x20ACu, 0x1F600u}) append_utf8(text, code);
  CHECK(text == "$é€😀");
}

TEST_CASE("words, pieces and trimmed text", "[base][text]") {
  CHECK(split_words("  a bc\td ") == std::vector<std::string_view>{"a", "bc", "d"});
  CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ',').size() == 1);
  CHECK(trim(" \r\n a b\t") == "a b");
  CHECK(is_token("X-Header_1"));
  CHECK_FALSE(is_token("a b"));
  CHECK_FALSE(is_token(""));
}

TEST_CASE("the nearest name is one that can be meant", "[base][text]") {
  CHECK(nearest_name("rate-limits", {"rate-limit", "quota", "choose"}) == "rate-limit");
  CHECK(nearest_name("zzz", {"rate-limit", "quota"}).empty());
  CHECK(nearest_name(std::string(1000, 'x'), {"x"}).empty());
}

TEST_CASE("names are the same whatever the case of their letters", "[base][text]") {
  const std::string_view whole = "ABC-Name-of-more-than-16-bytes";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string name(whole.substr(0, size));
    CHECK(same_name(name, name));
    CHECK(same_name(name, to_lower(name)));
    CHECK_FALSE(same_name(name, name + "x"));
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = name;
      other[i] = '~';
      CHECK_FALSE(same_name(name, other));
    }
  }
  CHECK_FALSE(same_name("a^", "a~"));  // which differ in the bit of the case
}
