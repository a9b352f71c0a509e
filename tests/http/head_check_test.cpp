// SPDX-License-Identifier: Apache-2.0
#include "http/head_check.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice::http;

namespace {
constexpr HeadBounds bounds{64, 128, 4};
}

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

TEST_CASE("the lines of a head are counted and split from the first", "[http][head_check]") {
  const auto lines = check_head_lines("GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\n\r\n", bounds);
  REQUIRE(lines);
  CHECK(lines->first_line == "GET / HTTP/1.1");
  CHECK(lines->fields == "A: 1\r\nB: 2\r\n\r\n");
  CHECK(lines->count == 2);
  CHECK(check_head_lines("GET / HTTP/1.1\r\n\r\n", bounds)->count == 0);
}

TEST_CASE("bytes after the empty line are no head", "[http][head_check]") {
  CHECK_FALSE(check_head_lines("GET / HTTP/1.1\r\n\r\nA: 1\r\n\r\n", bounds));
  CHECK_FALSE(check_head_lines("GET / HTTP/1.1\r\nA: 1\r\n", bounds));
  CHECK_FALSE(check_head_lines("", bounds));
}
