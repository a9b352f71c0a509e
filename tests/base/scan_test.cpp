// SPDX-License-Identifier: Apache-2.0
// Looking for sixteen bytes at a time finds what looking for each finds.
#include "base/scan.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;

namespace {

constexpr auto visible_bytes = detail::make_table([](unsigned char c) { return c > 0x20 && c < 0x7F; });

bool is_usual_byte(unsigned char c) {
  return is_alpha(static_cast<char>(c)) || is_digit(static_cast<char>(c)) ||
         std::string_view("-./_=&").find(static_cast<char>(c)) != std::string_view::npos;
}

}  // namespace

TEST_CASE("no byte of a target is passed over that is none of the usual", "[base][scan]") {
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (std::size_t at = 0; at < 16; ++at) {
      std::string text(16, 'a');
      text[at] = static_cast<char>(byte);
      const char* const begin = text.data();
      const char* const stop = skip_path_bytes(begin, begin + text.size());
      CAPTURE(byte, at);
      // Without pieces of sixteen nothing is passed over, which is right as well.
      if (!is_usual_byte(static_cast<unsigned char>(byte))) CHECK(stop <= begin + at);
      if (stop != begin) CHECK(stop == begin + (is_usual_byte(static_cast<unsigned char>(byte)) ? 16 : at));
    }
  }
}

TEST_CASE("all_in_path agrees with all_in", "[base][scan]") {
  for (std::size_t size = 0; size < 50; ++size) {
    std::string text(size, '/');
    CHECK(all_in_path(text, visible_bytes));
    for (std::size_t at = 0; at < size; ++at) {
      for (const char odd : {'%', '~', ' ', '\x7f', '\x80', '\0'}) {
        text[at] = odd;
        CAPTURE(size, at, odd);
        CHECK(all_in_path(text, visible_bytes) == all_in(text, visible_bytes));
      }
      text[at] = '/';
    }
  }
}

TEST_CASE("the end of a line is found wherever it is, in texts of any length", "[base][scan]") {
  for (std::size_t size = 0; size <= 70; ++size) {
    const std::string plain(size, '\x8D');  // CR but for the high bit
    for (std::size_t from = 0; from <= size; ++from) CHECK(find_line_end(plain, from) == size);
    for (std::size_t place = 0; place < size; ++place) {
      for (const char c : {'\r', '\n'}) {
        std::string text = plain;
        text[place] = c;
        for (std::size_t from = 0; from <= size; ++from) {
          if (find_line_end(text, from) != (from <= place ? place : size)) FAIL(size << " " << place << " " << from);
        }
      }
    }
  }
}
