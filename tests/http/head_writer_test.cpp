// SPDX-License-Identifier: Apache-2.0
#include "http/head_writer.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;

namespace {

struct Written {
  Arena arena;
  Response response{arena};
  OutgoingRequest request{arena};
  std::string answer(const OutgoingFraming& framing, std::string_view date = {}) {
    std::string text;
    return append_answer_head(text, response, framing, date) ? text : "refused";
  }
  std::string outgoing(const OutgoingFraming& framing) {
    std::string text;
    return append_request_head(text, request, framing) ? text : "refused";
  }
};

}  // namespace

TEST_CASE("R1: an answer head is rebuilt with exactly one framing field", "[http][head_writer]") {
  Written written;
  written.response.headers.append("Content-Length", "99");
  written.response.headers.append("Transfer-Encoding", "chunked");
  written.response.headers.append("Connection", "upgrade");
  written.response.headers.append("Keep-Alive", "1");
  written.response.headers.append("X-A", "b");
  CHECK(written.answer({.body = Framing::length, .content_length = 3}) ==
        "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 3\r\n\r\n");
  CHECK(written.answer({.body = Framing::chunked, .content_length = {}, .close = true}) ==
        "HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
  CHECK(written.answer({}) == "HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n");
}

TEST_CASE("Date is added only where it is missing", "[http][head_writer]") {
  Written written;
  CHECK(written.answer({}, "now") == "HTTP/1.1 200 OK\r\nDate: now\r\n\r\n");
  written.response.headers.append("date", "then");
  CHECK(written.answer({}, "now") == "HTTP/1.1 200 OK\r\ndate: then\r\n\r\n");
}

TEST_CASE("P7: what may not stand in an answer head is refused, never split", "[http][head_writer]") {
  const auto break_it = GENERATE(0, 1, 2, 3, 4, 5, 6);
  Written written;
  CHECK(written.answer({}) != "refused");
  switch (break_it) {
    case 0: written.response.headers.append("A", "b\r\nSet-Cookie: x"); break;
    case 1: written.response.headers.append("A\r\nB", "b"); break;
    case 2: written.response.headers.append("A b", "b"); break;
    case 3: written.response.headers.append("", "b"); break;
    case 4: written.response.headers.append("A", std::string_view("b\0", 2)); break;
    case 5: written.response.reason = "OK\r\nX: y"; break;
    default: written.response.status = 99; break;
  }
  CHECK(written.answer({}) == "refused");
}

TEST_CASE("a request head has origin form, Host, and no fields of another hop", "[http][head_writer]") {
  Written written;
  written.request.url = {.host = "backend", .port = 8080, .path = "/a", .query = "b=c"};
  written.request.headers.append("X-A", "b");
  written.request.headers.append("Content-Length", "7");
  written.request.headers.append("Expect", "100-continue");
  CHECK(written.outgoing({}) == "GET /a?b=c HTTP/1.1\r\nHost: backend:8080\r\nX-A: b\r\n\r\n");
  written.request.url.port = 80;
  written.request.headers.append("Host", "given");
  CHECK(written.outgoing({.body = Framing::length, .content_length = 0}) ==
        "GET /a?b=c HTTP/1.1\r\nHost: given\r\nX-A: b\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("P7: what may not stand in a request head is refused", "[http][head_writer]") {
  const auto break_it = GENERATE(0, 1, 2, 3, 4, 5, 6);
  Written written;
  written.request.url.host = "h";
  CHECK(written.outgoing({}) != "refused");
  switch (break_it) {
    case 0: written.request.method = "GE T"; break;
    case 1: written.request.url.path = "/a b"; break;
    case 2: written.request.url.path = "/a\r\nX: y"; break;
    case 3: written.request.url.query = "a#b"; break;
    case 4: written.request.headers.append("Host", "a/b"); break;
    case 5: written.request.headers.append("A", "b\nc"); break;
    default: written.request.url.path = "/a?b"; break;
  }
  CHECK(written.outgoing({}) == "refused");
}

TEST_CASE("a refusal is JSON in the form of API Management", "[http][head_writer]") {
  const std::string answer = refusal_answer(431, "Too much.", "now", false);
  CHECK(answer ==
        "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: application/json\r\nContent-Length: 45\r\nDate: "
        "now\r\n"
        "Connection: close\r\n\r\n{ \"statusCode\": 431, \"message\": \"Too much.\" }");
  CHECK(refusal_answer(400, "x", "", true).find("{") == std::string::npos);
}

TEST_CASE("dates are written as RFC 9110 wants them", "[http][head_writer]") {
  std::string text;
  append_http_date(text, 784111777);
  CHECK(text == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("P7: trailers are checked like fields, and none that may not stand there is written", "[http][head_writer]") {
  Arena arena;
  Headers trailers(arena);
  std::string text;
  CHECK(append_last_chunk(text, nullptr));
  CHECK(text == "0\r\n\r\n");
  trailers.append("A", "1");
  trailers.append("Content-Length", "3");
  text = "x";
  CHECK(append_last_chunk(text, &trailers));
  CHECK(text == "x0\r\nA: 1\r\n\r\n");
  trailers.append("B", "b\r\n\r\nHTTP/1.1 200 OK");
  text = "x";
  CHECK_FALSE(append_last_chunk(text, &trailers));
  CHECK(text == "x");
}

TEST_CASE("chunk sizes are hexadecimal", "[http][head_writer]") {
  std::string text;
  append_chunk_size(text, 65535);
  CHECK(text == "ffff\r\n");
}
