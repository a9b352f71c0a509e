// SPDX-License-Identifier: Apache-2.0
#include "http/head_check.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace sluice;
using namespace sluice::http;

namespace {

constexpr HeadBounds bounds{64, 128, 4};

using Fields = std::vector<std::pair<std::string, std::string>>;

Fields fields_of(const HeadLines& head) {
  Fields fields;
  for (const Header& line : head.lines) fields.emplace_back(line.name, line.value);
  return fields;
}

Fields read_by_beast(const std::string& text) {
  boost::beast::http::request_parser<boost::beast::http::empty_body> parser;
  boost::system::error_code error;
  parser.put(boost::asio::buffer(text), error);
  if (error || !parser.is_header_done()) return {{"refused", error.message()}};
  Fields fields;
  for (const auto& field : parser.get()) fields.emplace_back(field.name_string(), field.value());
  return fields;
}

}  // namespace

TEST_CASE("the end of a head is found in whatever pieces it comes", "[http][head_check]") {
  const std::string head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string bytes = head + "rest";
  std::size_t seen = 0;
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    const auto extent = find_head_end(std::string_view(bytes).substr(0, size), seen, bounds);
    REQUIRE(extent);
    CHECK(extent->bytes == (size < head.size() ? 0 : head.size()));
    seen = size;
    if (extent->bytes != 0) break;
  }
  CHECK(seen == head.size());
}

TEST_CASE("R5: an unfinished head with a bare line end is refused without waiting", "[http][head_check]") {
  CHECK(find_head_end("GET / HTTP/1.1\nHost: h\n\n", 0, bounds).error().status == 400);
  CHECK(find_head_end("GET / HTTP/1.1\rHost", 0, bounds).error().status == 400);
  CHECK(find_head_end("GET / HTTP/1.1\r", 0, bounds));
}

TEST_CASE("R5: a bare line end that comes in a later piece is seen", "[http][head_check]") {
  const std::string first = "GET / HTTP/1.1\r";
  REQUIRE(find_head_end(first, 0, bounds));
  CHECK(find_head_end(first + "Host", first.size(), bounds).error().status == 400);
  const std::string second = "GET / HTTP/1.1";
  CHECK(find_head_end(second + "\n", second.size(), bounds).error().status == 400);
}

TEST_CASE("L1 L2: an unfinished head beyond its bounds is refused without waiting", "[http][head_check][limits]") {
  CHECK(find_head_end(std::string(65, 'a'), 0, bounds));
  CHECK(find_head_end(std::string(66, 'a'), 0, bounds).error().status == 414);
  CHECK(find_head_end("GET / HTTP/1.1\r\nA: " + std::string(200, 'b'), 0, bounds).error().status == 431);
  CHECK(find_head_end("GET / HTTP/1.1\r\nA: " + std::string(200, 'b') + "\r\n\r\n", 0, bounds).error().status == 431);
}

TEST_CASE("the lines of a head are indexed as they stand", "[http][head_check]") {
  Arena arena;
  const auto head = read_head_lines("GET / HTTP/1.1\r\nA: 1\r\nHost:  h \t\r\n\r\n", bounds, arena);
  REQUIRE(head);
  CHECK(head->first_line == "GET / HTTP/1.1");
  REQUIRE(head->lines.size() == 2);
  CHECK(head->lines[1].name == "Host");
  CHECK(head->lines[1].value == "h");
  CHECK(head->lines[1].hash == header_hash("host"));
  CHECK(head->roles == (bit(FieldRole::host) | bit(FieldRole::ordinary)));
  CHECK(read_head_lines("GET / HTTP/1.1\r\n\r\n", bounds, arena)->lines.empty());
}

TEST_CASE("bytes after the empty line are no head", "[http][head_check]") {
  Arena arena;
  CHECK_FALSE(read_head_lines("GET / HTTP/1.1\r\n\r\nA: 1\r\n\r\n", bounds, arena));
  CHECK_FALSE(read_head_lines("GET / HTTP/1.1\r\nA: 1\r\n", bounds, arena));
  CHECK_FALSE(read_head_lines("", bounds, arena));
}

TEST_CASE("more lines than usual are indexed too", "[http][head_check]") {
  Arena arena;
  std::string text = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 100; ++i) text += "X-" + std::to_string(i) + ": " + std::to_string(i * i) + "\r\n";
  const std::string whole = text + "\r\n";
  const auto head = read_head_lines(whole, {64, 16'384, 100}, arena);
  REQUIRE(head);
  REQUIRE(head->lines.size() == 100);
  for (std::size_t i = 0; i < 100; ++i) {
    CHECK(head->lines[i].name == "X-" + std::to_string(i));
    CHECK(head->lines[i].value == std::to_string(i * i));
  }
  CHECK(read_head_lines(text + "Y: 1\r\n\r\n", {64, 16'384, 100}, arena).error().status == 431);
}

TEST_CASE("a head is read as Boost.Beast reads it, or refused", "[http][head_check]") {
  std::mt19937 random(7);
  const std::string_view pieces[] = {"Host",   ":",
                                     ": ",     " ",
                                     "\t",     "a",
                                     "Bc",     "-",
                                     "_",      "\r\n",
                                     "\r\n",   "\r",
                                     "\n",     "x-forwarded-for",
                                     "=\"q\"", "\x80",
                                     "\x7f",   "Content-Type",
                                     "12"};
  unsigned accepted = 0;
  for (int round = 0; round < 40'000; ++round) {
    std::string text = "GET /p HTTP/1.1\r\n";
    for (unsigned left = random() % 12; left > 0; --left) text += pieces[random() % std::size(pieces)];
    if (random() % 4 != 0) text += "\r\nlast: one";
    text += "\r\n\r\n";
    Arena arena;
    const auto head = read_head_lines(text, {64, 1024, 16}, arena);
    if (!head) continue;
    ++accepted;
    CHECK(read_by_beast(text) == fields_of(*head));
  }
  CHECK(accepted > 500);
}

TEST_CASE("a field name ends at the first byte that may not stand in one", "[http][head_check]") {
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t at = 0; at < 40; ++at) {
      std::string text = std::string(40, at % 2 == 0 ? 'a' : 'Z') + ":";
      text[at] = static_cast<char>(byte);
      const char* const begin = text.data();
      for (std::size_t from = 0; from <= at; ++from) {  // what stands before it changes nothing
        bool has_underscore = false;
        const char* const end = name_end(begin, begin + from, begin + text.size(), has_underscore);
        CHECK(end == begin + (is_token_char(static_cast<char>(byte)) ? 40 : at));
        CHECK(has_underscore == (byte == '_'));
      }
    }
  }
}

TEST_CASE("the hash of a name is the same at compile time, in any case", "[http][head_check]") {
  static_assert(header_hash("Host") == header_hash("hOST"));
  constexpr std::string_view text = "X-Forwarded-For-A-Long-Name-Of-A-Field";
  constexpr auto hashes = [&] {
    std::array<std::uint32_t, text.size()> made{};
    for (std::size_t size = 0; size < text.size(); ++size) made[size] = header_hash(text.substr(0, size));
    return made;
  }();
  for (std::size_t size = 0; size < text.size(); ++size) {
    CHECK(header_hash(std::string(text.substr(0, size))) == hashes[size]);
    CHECK(header_hash(to_lower(text.substr(0, size))) == hashes[size]);
  }
}

namespace {

/// Where the value ends that begins at or before `at`, if all of these say the same.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  const char* const begin = text.data();
  const char* const found = value_end(begin, begin, begin + text.size());
  for (std::size_t from = 0; from <= at; ++from) CHECK(value_end(begin, begin + from, begin + text.size()) == found);
  return static_cast<std::size_t>(found - begin);
}

}  // namespace

TEST_CASE("bytes are found wherever they stand", "[http][head_check]") {
  for (std::size_t size = 0; size < 70; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'v');
      text[at] = '\x1f';
      CHECK(end_of_value(text, at) == at);
      text[at] = '\x7f';
      CHECK(end_of_value(text, at) == at);
      text[at] = '\t';
      CHECK(end_of_value(text, at) == size);
      text[at] = '\xff';
      CHECK(is_field_value(text));
    }
  }
}

TEST_CASE("an empty line is found wherever it stands, and no line before that", "[http][head_check]") {
  constexpr std::size_t most = 200;  // more than three of the pieces that are looked at together
  for (std::size_t size = 4; size < most; ++size) {
    for (std::size_t at = 0; at + 4 <= size; ++at) {
      for (const char around : {'\n', 'v'}) {
        std::string text(size, around);
        text.replace(at, 4, "\r\n\r\n");
        CHECK(find_empty_line(text, 0) == at);
        CHECK(find_empty_line(text, at) == at);
        CHECK(find_empty_line(text, at + 1) == std::string::npos);
      }
    }
  }
}
