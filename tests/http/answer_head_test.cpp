// SPDX-License-Identifier: Apache-2.0
#include "http/answer_head.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;

namespace {

struct Reading {
  Arena arena;
  Response response{arena};
  std::string head;
  Checked<AnswerFraming> framing = AnswerFraming{};

  explicit Reading(std::string text, std::string_view method = "GET", HttpLimits limits = {}) : head(std::move(text)) {
    framing = read_answer_head(head, limits, method, response);
  }
  bool valid() const { return framing.has_value(); }
};

std::string ok(const std::string& fields) { return "HTTP/1.1 200 OK\r\n" + fields + "\r\n"; }

}  // namespace

TEST_CASE("an answer head becomes a response", "[http][answer_head]") {
  Reading reading(
      "HTTP/1.1 404 Not  There\r\nContent-Length: 12\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: "
      "keep-alive\r\n\r\n");
  REQUIRE(reading.valid());
  CHECK(reading.response.status == 404);
  CHECK(reading.response.reason == "Not  There");
  CHECK(reading.response.headers.count("set-cookie") == 2);  // U6
  CHECK_FALSE(reading.response.headers.contains("connection"));
  CHECK(reading.framing->body == Framing::length);
  CHECK(reading.framing->content_length == 12);
  CHECK(reading.framing->reusable);
}

TEST_CASE("U1: a status line that is none is refused", "[http][answer_head]") {
  const auto line = GENERATE(as<std::string>(), "", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK",
                             "HTTP/1.1 abc OK", "HTTP/1.1  200 OK", "HTTP/2.0 200 OK", "HTTP/1.2 200 OK",
                             "http/1.1 200 OK", "HTTP/1.1 099 x", "HTTP/1.1 600 x", "HTTP/1.1\t200 OK", "ICY 200 OK",
                             " HTTP/1.1 200 OK", "HTTP/1.1 200OK", "HTTP/1.1 200 O\x01K");
  INFO(line);
  CHECK_FALSE(Reading(line + "\r\nContent-Length: 0\r\n\r\n").valid());
}

TEST_CASE("a status line without reason, even without the blank, is taken", "[http][answer_head]") {
  CHECK(Reading("HTTP/1.1 200 \r\n\r\n").valid());
  Reading reading("HTTP/1.1 200\r\nContent-Length: 3\r\n\r\n");
  REQUIRE(reading.valid());
  CHECK(reading.framing->content_length == 3);
}

TEST_CASE("U1: R5 and R6 hold for answers", "[http][answer_head]") {
  const auto fields = GENERATE(as<std::string>(), "A : b\r\n", ": b\r\n", "A\r\n", "A: b\r\n folded\r\n",
                               "A: b\x01\r\n", "A: b\nC: d\r\n", "A: b\rC\r\n", " A: b\r\n", "A\x80: b\r\n");
  INFO(fields);
  CHECK_FALSE(Reading(ok(fields)).valid());
}

TEST_CASE("U1: lengths that differ or are invalid are refused", "[http][answer_head]") {
  CHECK(Reading(ok("Content-Length: 3\r\nContent-Length: 3\r\n")).valid());
  const auto fields = GENERATE(as<std::string>(), "Content-Length: 3\r\nContent-Length: 4\r\n", "Content-Length: x\r\n",
                               "Content-Length: -1\r\n", "Content-Length: 3, 3\r\n", "Content-Length: \r\n",
                               "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: gzip, chunked\r\n",
                               "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n");
  INFO(fields);
  CHECK_FALSE(Reading(ok(fields)).valid());
}

TEST_CASE("U1: of both framings chunked wins, the length goes, the connection is used up", "[http][answer_head]") {
  Reading reading(ok("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"));
  REQUIRE(reading.valid());
  CHECK(reading.framing->body == Framing::chunked);
  CHECK_FALSE(reading.framing->reusable);
  CHECK_FALSE(reading.response.headers.contains("content-length"));
}

TEST_CASE("U2: HEAD, 204 and 304 have no body but keep their length field", "[http][answer_head]") {
  Reading head(ok("Content-Length: 10\r\n"), "HEAD");
  CHECK(head.framing->body == Framing::none);
  CHECK(head.response.headers.get("content-length") == "10");
  CHECK(Reading("HTTP/1.1 204 x\r\nContent-Length: 10\r\n\r\n").framing->body == Framing::none);
  CHECK(Reading("HTTP/1.1 304 x\r\nTransfer-Encoding: chunked\r\n\r\n").framing->body == Framing::none);
  CHECK(Reading("HTTP/1.1 103 x\r\nLink: y\r\n\r\n").framing->body == Framing::none);
}

TEST_CASE("without framing the body lasts until the connection ends", "[http][answer_head]") {
  Reading reading(ok(""));
  CHECK(reading.framing->body == Framing::until_close);
  CHECK_FALSE(reading.framing->reusable);
}

TEST_CASE("reuse follows version and Connection", "[http][answer_head]") {
  CHECK(Reading(ok("Content-Length: 0\r\n")).framing->reusable);
  CHECK_FALSE(Reading(ok("Content-Length: 0\r\nConnection: close\r\n")).framing->reusable);
  CHECK_FALSE(Reading("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").framing->reusable);
  CHECK(Reading("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n").framing->reusable);
}

TEST_CASE("P4: hop-by-hop fields of answers are removed", "[http][answer_head]") {
  Reading reading(
      ok("Content-Length: 0\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: x\r\nProxy-Authenticate: x\r\nUpgrade: "
         "h2\r\n"));
  CHECK(reading.response.headers.size() == 1);
}

TEST_CASE("L8: an answer head has bounds", "[http][answer_head][limits]") {
  HttpLimits limits;
  limits.response_head_bytes = 300;
  limits.response_header_lines = 4;
  CHECK(Reading(ok("A: " + std::string(200, 'b') + "\r\n"), "GET", limits).valid());
  CHECK_FALSE(Reading(ok("A: " + std::string(300, 'b') + "\r\n"), "GET", limits).valid());
  CHECK_FALSE(Reading(ok("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n"), "GET", limits).valid());
}
