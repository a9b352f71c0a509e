// SPDX-License-Identifier: Apache-2.0
// The request line and methods: R7, R9; connections as version and Connection say.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

using namespace sluice::http;
using namespace sluice::http::conformance;

namespace {

std::string first(const std::string& line) { return line + "\r\nHost: h\r\n\r\n"; }

}  // namespace

TEST_CASE("R7: shape of the request line", "[http_conformance][request_line]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                {"two blanks before the target", 400, first("GET  /a HTTP/1.1")},
                {"two blanks behind the target", 400, first("GET /a  HTTP/1.1")},
                {"tab as separator", 400, first("GET\t/a HTTP/1.1")},
                {"tab before the version", 400, first("GET /a\tHTTP/1.1")},
                {"blank at the begin", 400, first(" GET /a HTTP/1.1")},
                {"blank at the end", 400, first("GET /a HTTP/1.1 ")},
                {"blank in the target", 400, first("GET /a b HTTP/1.1")},
                {"two versions", 400, first("GET /a HTTP/1.1 HTTP/1.1")},
                {"HTTP/0.9", 400, first("GET /a")},
                {"method alone", 400, first("GET")},
                {"no target", 400, first("GET HTTP/1.1")},
                {"empty target", 400, first("GET  HTTP/1.1")},
                {"no method", 400, first("/a HTTP/1.1")},
                {"method that is no token", 400, first("GE(T /a HTTP/1.1")},
                {"method with a colon", 400, first("GET: /a HTTP/1.1")},
                {"method in UTF-8", 400, first("G\xc3\x84T /a HTTP/1.1")},
                {"byte order mark", 400, first("\xef\xbb\xbfGET /a HTTP/1.1")},
                {"lower-case name of the protocol", 400, first("GET /a http/1.1")},
                {"other protocol", 400, first("GET /a ICY/1.1")},
                {"no minor version", 400, first("GET /a HTTP/1")},
                {"no dot", 400, first("GET /a HTTP/11")},
                {"comma for dot", 400, first("GET /a HTTP/1,1")},
                {"two digits of minor version", 400, first("GET /a HTTP/1.10")},
                {"two digits of major version", 400, first("GET /a HTTP/01.1")},
                {"letter as version", 400, first("GET /a HTTP/x.1")},
                {"version 0.9", 505, first("GET /a HTTP/0.9")},
                {"version 1.2", 505, first("GET /a HTTP/1.2")},
                {"version 1.9", 505, first("GET /a HTTP/1.9")},
                {"version 2.0", 505, first("GET /a HTTP/2.0")},
                {"version 3.0", 505, first("GET /a HTTP/3.0")},
                {"preface of HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
                {"PRI as a method of 1.1", 400, first("PRI /a HTTP/1.1")},
                {"two empty lines before", 400, "\r\n\r\n" + get()},
                {"bare LF before", 400, "\n" + get()},
                {"bare CR before", 400, "\r" + get()},
                {"blank line before", 400, " \r\n" + get()},
                {"TLS", 400, std::string("\x16\x03\x01\x02\r\n\r\n")},
                {"an answer", 400, "HTTP/1.1 200 OK\r\nHost: h\r\n\r\n"},
            });
}

TEST_CASE("R9: methods", "[http_conformance][request_line]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                {"CONNECT", 405, "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n"},
                {"CONNECT with a path", 405, first("CONNECT /a HTTP/1.1")},
                {"CONNECT with a body", 405, "CONNECT h:1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok"},
                {"TRACE", 405, first("TRACE /a HTTP/1.1")},
                {"TRACE on 1.0", 405, "TRACE /a HTTP/1.0\r\n\r\n"},
                {"asterisk with GET", 400, first("GET * HTTP/1.1")},
                {"asterisk with POST", 400, first("POST * HTTP/1.1")},
                {"asterisk with options in lower case", 400, first("options * HTTP/1.1")},
                {"more than an asterisk", 400, first("OPTIONS *a HTTP/1.1")},
                {"asterisk with query", 400, first("OPTIONS *?a HTTP/1.1")},
            });
  run(gate, std::vector<RequestCase>{
                {"unknown methods are routed",
                 {first("FROB /a HTTP/1.1")},
                 {{200, "saw FROB /a"}},
                 Then::keeps,
                 {arrived("FROB /a")}},
                {"methods differ in case", {first("get /a HTTP/1.1")}, {405}, Then::keeps, {}},
                {"trace in lower case is unknown", {first("trace /a HTTP/1.1")}, {405}, Then::keeps, {}},
                {"the longest token of a method", {first("X!#$%&'*+-.^_`|~0 /a HTTP/1.1")}, {405}, Then::keeps, {}},
                {"OPTIONS for the server itself", {first("OPTIONS * HTTP/1.1")}, {204}, Then::keeps, {}},
                {"OPTIONS for a path",
                 {first("OPTIONS /a HTTP/1.1")},
                 {{200, "saw OPTIONS /a"}},
                 Then::keeps,
                 {arrived("OPTIONS /a")}},
                {"P5 OPTIONS that may go no further",
                 {"OPTIONS /a HTTP/1.1\r\nHost: h\r\nMax-Forwards: 0\r\n\r\n"},
                 {204},
                 Then::keeps,
                 {}},
            });
}

TEST_CASE("R7: one empty line before a request is passed over", "[http_conformance][request_line]") {
  Gate gate;
  run(gate, std::vector<RequestCase>{
                {"before the first", {"\r\n" + get()}, {200}, Then::keeps, {arrived("GET /a")}},
                {"in two pieces", {"\r", "\n", get()}, {200}, Then::keeps, {arrived("GET /a")}},
                {"between two",
                 {get("/1") + "\r\n" + get("/2")},
                 {{200, "saw GET /1"}, {200, "saw GET /2"}},
                 Then::keeps,
                 {arrived("GET /1"), arrived("GET /2")}},
                {"after a body",
                 {post("Content-Length: 5\r\n", "hello\r\n") + get("/2")},
                 {200, {200, "saw GET /2"}},
                 Then::keeps,
                 {arrived("POST /a", {}, "hello"), arrived("GET /2")}},
                {"two between two",
                 {get("/1") + "\r\n\r\n" + get("/2")},
                 {{200, "saw GET /1"}, 400},
                 Then::closes,
                 {arrived("GET /1")}},
            });
}

TEST_CASE("connections persist as version and Connection say", "[http_conformance][request_line]") {
  Gate gate;
  const std::vector<std::string> once = {arrived("GET /a")};
  const auto old = [](const std::string& fields) { return "GET /a HTTP/1.0\r\n" + fields + "\r\n"; };
  run(gate,
      std::vector<RequestCase>{
          {"1.1", {get()}, {200}, Then::keeps, once},
          {"1.1 keep-alive", {get("/a", "Connection: keep-alive\r\n")}, {200}, Then::keeps, once},
          {"1.1 close", {get("/a", "Connection: close\r\n")}, {200}, Then::closes, once},
          {"1.1 CLOSE", {get("/a", "Connection: CLOSE\r\n")}, {200}, Then::closes, once},
          {"1.1 close in a list", {get("/a", "Connection: x, close ,y\r\n")}, {200}, Then::closes, once},
          {"1.1 close in a second line",
           {get("/a", "Connection: x\r\nConnection: close\r\n")},
           {200},
           Then::closes,
           once},
          {"1.1 close beside keep-alive", {get("/a", "Connection: keep-alive, close\r\n")}, {200}, Then::closes, once},
          {"1.1 closed: closer is another word", {get("/a", "Connection: closer\r\n")}, {200}, Then::keeps, once},
          {"1.0", {old("")}, {200}, Then::closes, once},
          {"1.0 close", {old("Connection: close\r\n")}, {200}, Then::closes, once},
          {"1.0 proxy-connection is no word", {old("Proxy-Connection: keep-alive\r\n")}, {200}, Then::closes, once},
      });
  count_case();
  {
    INFO("1.0 keep-alive");
    RawClient client(gate.port);
    const std::string answer = client.send(old("Connection: keep-alive\r\n")).read_message();
    CHECK(test::header_of(answer, "Connection") == "keep-alive");
    CHECK(test::body_of(client.send(get("/b")).read_message()) == "saw GET /b");
  }
}
