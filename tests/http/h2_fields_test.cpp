// SPDX-License-Identifier: Apache-2.0
#include "http/h2_fields.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;
using Outcome = H2FieldSection::Outcome;

namespace {

constexpr HeadBounds usual{8192, 32768, 100};

Outcome added(std::string_view name, std::string_view value) {
  Arena arena;
  return H2FieldSection(arena, usual).add(name, value);
}

std::string_view text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

TEST_CASE("H1: names are tokens without upper case", "[http][h2][fields]") {
  CHECK(added("x-a_1.~", "v") == Outcome::taken);
  for (const std::string name : {"", "X-A", "x a", "x:", ":x", "x\r\n", "caf\xC3\xA9", "(x)"})
    CHECK(added(name, "v") == Outcome::malformed);
  CHECK(added(std::string("x\0y", 3), "v") == Outcome::malformed);
}

TEST_CASE("H1: values hold no control byte and no blanks around", "[http][h2][fields]") {
  for (const std::string value : {"", "a b", "a\tb", "\x80\xFF", "!~"}) CHECK(added("x", value) == Outcome::taken);
  for (const std::string value : {"a\r\nb: c", "a\nb", "a\rb", " a", "a ", "\ta", "a\t", "\x7F", "\x01"})
    CHECK(added("x", value) == Outcome::malformed);
  CHECK(added("x", std::string("a\0b", 3)) == Outcome::malformed);
}

TEST_CASE("H1: fields of a connection are malformed, te but for trailers", "[http][h2][fields]") {
  for (const std::string name : {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"})
    CHECK(added(name, "x") == Outcome::malformed);
  CHECK(added("te", "trailers") == Outcome::taken);
  CHECK(added("te", "Trailers") == Outcome::taken);
  CHECK(added("te", "gzip") == Outcome::malformed);
  CHECK(added("te", "trailers, gzip") == Outcome::malformed);
  CHECK(added("proxy-authorization", "x") == Outcome::taken);
}

TEST_CASE("L2, L3: a section is bounded while it arrives, before anything is copied", "[http][h2][fields]") {
  Arena arena;
  H2FieldSection lines(arena, {100, 32768, 3});
  CHECK(lines.count(":method", "GET") == Outcome::taken);
  CHECK(lines.add("cookie", "a") == Outcome::taken);
  CHECK(lines.add("cookie", "b") == Outcome::taken);  // each crumb counts
  CHECK(lines.add("cookie", "c") == Outcome::too_large);
  H2FieldSection bytes(arena, {100, 100, 50});
  CHECK(bytes.add("a", std::string(67, 'x')) == Outcome::taken);  // 1 + 67 + 32
  const std::size_t before = arena.used_bytes();
  CHECK(bytes.add("b", "") == Outcome::too_large);
  CHECK(arena.used_bytes() == before);
}

TEST_CASE("H2: cookie crumbs are joined in the place of the first", "[http][h2][fields]") {
  Arena arena;
  H2FieldSection section(arena, usual);
  section.add("cookie", "a=1");
  section.add("x", "y");
  section.add("cookie", "");
  section.add("cookie", "b=2");
  const HeadLines head = section.finish();
  REQUIRE(head.lines.size() == 2);
  CHECK(head.lines[0].name == "cookie");
  CHECK(head.lines[0].value == "a=1; ; b=2");
  CHECK(head.lines[1].value == "y");
}

TEST_CASE("a section stands in the form of HTTP/1 and knows what it holds", "[http][h2][fields]") {
  Arena arena;
  H2FieldSection section(arena, usual);
  section.add("content-length", "5");
  section.add("x_y", "z");
  const HeadLines head = section.finish();
  REQUIRE(head.lines.size() == 2);
  const Header& line = head.lines[1];
  CHECK(std::string_view(line.name.data(), 8) == "x_y: z\r\n");
  CHECK(line.is_checked);
  CHECK(head.has_underscore);
  CHECK(contains(head.roles, FieldRole::content_length));
}

TEST_CASE("P4, P7: what is sent leaves out a connection's fields and refuses what may not stand in a head",
          "[http][h2][fields]") {
  Arena arena;
  Headers headers(arena);
  headers.append("Connection", "close");
  headers.append("Content-Length", "5");
  headers.append("X-A", " b ");
  H2FieldList list(arena, 8);
  list.add(":status", "200");
  CHECK(list.add_lines(headers, framed_by_h2));
  REQUIRE(list.size() == 2);
  CHECK(text(list.data()[1].name, list.data()[1].namelen) == "X-A");
  CHECK(text(list.data()[1].value, list.data()[1].valuelen) == "b");
  headers.append("x", "a\nb");
  CHECK_FALSE(H2FieldList(arena, 8).add_lines(headers, framed_by_h2));
  Headers pseudo(arena);
  pseudo.append(":status", "500");
  CHECK_FALSE(H2FieldList(arena, 8).add_lines(pseudo, framed_by_h2));
}

TEST_CASE("what came as never to be indexed is sent as such", "[http][h2][fields]") {
  Arena arena;
  H2FieldSection section(arena, usual);
  section.add("x-open", "1");
  section.add("x-secret", "2", true);
  section.add("cookie", "a=1");
  section.add("cookie", "b=2", true);
  const HeadLines lines = section.finish();
  Headers headers(arena);
  headers.adopt(lines.lines, lines.capacity);
  H2FieldList list(arena, 8);
  REQUIRE(list.add_lines(headers, framed_by_h2));
  REQUIRE(list.size() == 3);
  CHECK(list.data()[0].flags == NGHTTP2_NV_FLAG_NONE);
  CHECK(list.data()[1].flags == NGHTTP2_NV_FLAG_NO_INDEX);
  CHECK(list.data()[2].flags == NGHTTP2_NV_FLAG_NO_INDEX);
}
