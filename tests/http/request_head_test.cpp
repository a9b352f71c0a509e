// SPDX-License-Identifier: Apache-2.0
// The rules of threats.md on request heads, each by its number. Where a rule names a leniency of the parser behind
// (R12), the case says so.
#include "http/request_head.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;

namespace {

struct Reading {
  Request request;
  std::string head;
  HeadRules rules;
  Checked<RequestFraming> framing = RequestFraming{};

  explicit Reading(std::string text, HeadRules with = {}) : head(std::move(text)), rules(std::move(with)) {
    framing = read_request_head(head, rules, "192.0.2.7", request);
  }
  int status() const { return framing ? 200 : framing.error().status; }
};

std::string get(const std::string& fields) { return "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }
std::string post(const std::string& fields) { return "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }
std::string target(const std::string& text) { return "GET " + text + " HTTP/1.1\r\nHost: h\r\n\r\n"; }

int status_of(const std::string& head) { return Reading(head).status(); }

HeadRules with_limits(HttpLimits limits) {
  HeadRules rules;
  rules.limits = limits;
  return rules;
}

}  // namespace

TEST_CASE("a plain head is read into method, URL and fields", "[http][request_head]") {
  Reading reading(
      "GET /a/b?q=1&r HTTP/1.1\r\nHost: Example.COM:8080\r\nAccept: */*\r\nX-Twice: 1\r\nX-Twice:  2 \t\r\n\r\n");
  REQUIRE(reading.framing);
  CHECK(reading.request.method == "GET");
  CHECK(reading.request.url.host == "example.com");
  CHECK(reading.request.url.port == 8080);
  CHECK(reading.request.url.path == "/a/b");
  CHECK(reading.request.url.query == "q=1&r");
  CHECK(reading.request.headers.get("accept") == "*/*");
  CHECK(reading.request.headers.count("x-twice") == 2);
  CHECK(reading.request.headers.lines()[3].value == "2");
  CHECK(reading.request.client_address == "192.0.2.7");
  CHECK(reading.framing->body == Framing::none);
  CHECK(reading.framing->keep_alive);
}

TEST_CASE("R2: Content-Length that is not one number of 1 to 19 digits is refused", "[http][request_head]") {
  CHECK(status_of(post("Content-Length: 3\r\n")) == 200);
  const auto value = GENERATE(as<std::string>(), "", "+3", "-3", "3, 3", "3 3", "0x3", "3.0", "12345678901234567890",
                              "00000000000000000003", "\x80", "three", "3;a=b");
  INFO(value);
  CHECK(status_of(post("Content-Length: " + value + "\r\n")) == 400);
}

TEST_CASE("R2: repeated Content-Length is taken only when all are equal", "[http][request_head]") {
  Reading same(post("Content-Length: 3\r\nContent-Length: 3\r\n"));
  REQUIRE(same.framing);
  CHECK(same.framing->content_length == 3);
  CHECK(status_of(post("Content-Length: 3\r\nContent-Length: 4\r\n")) == 400);
}

TEST_CASE("R2: Content-Length with Transfer-Encoding is refused", "[http][request_head]") {
  CHECK(status_of(post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")) == 400);
  CHECK(status_of(post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")) == 400);
}

TEST_CASE("R3: only a single chunked in any case is a transfer coding", "[http][request_head]") {
  Reading reading(post("Transfer-Encoding: ChunKed\r\n"));
  REQUIRE(reading.framing);
  CHECK(reading.framing->body == Framing::chunked);
  CHECK(reading.request.headers.size() == 1);  // Host: the coding is not the handler's business
}

TEST_CASE("R3 R12: other transfer codings are refused, a well-formed unknown one with 501", "[http][request_head]") {
  CHECK(status_of(post("Transfer-Encoding: gzip\r\n")) == 501);
  CHECK(status_of(post("Transfer-Encoding: identity\r\n")) == 501);
  CHECK(status_of(post("Transfer-Encoding: xchunked\r\n")) == 501);
  const auto value = GENERATE(as<std::string>(), "", ",chunked", "chunked,", "gzip, chunked", "chunked, chunked",
                              "chunked;q=1", "\"chunked\"", "chunked gzip", "chun ked",
                              "\x0b"
                              "chunked");
  INFO(value);
  CHECK(status_of(post("Transfer-Encoding: " + value + "\r\n")) == 400);
  CHECK(status_of(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")) == 400);
  CHECK(status_of(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")) == 400);
}

TEST_CASE("R3 R12: Transfer-Encoding on HTTP/1.0 is refused", "[http][request_head]") {
  CHECK(status_of("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
}

TEST_CASE("R5: control bytes, bare line ends and folding in a head are refused", "[http][request_head]") {
  CHECK(status_of(get("A: b\tc\r\n")) == 200);
  CHECK(status_of(get("A: \x80\xff\r\n")) == 200);
  CHECK(status_of(get("A: b\rc\r\n")) == 400);
  CHECK(status_of(get("A: b\nC: d\r\n")) == 400);
  CHECK(status_of(get(std::string("A: b\0c\r\n", 8))) == 400);
  CHECK(status_of(get("A: b\x01\r\n")) == 400);
  CHECK(status_of(get("A: b\x7f\r\n")) == 400);
  CHECK(status_of(get("A: b\r\n c\r\n")) == 400);
  CHECK(status_of(get("A: b\r\n\tc\r\n")) == 400);
  CHECK(status_of("GET / HTTP/1.1\nHost: h\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: h\n\r\n") == 400);
}

TEST_CASE("R6: field names are tokens directly followed by a colon", "[http][request_head]") {
  const auto line = GENERATE(as<std::string>(), ": b", "A : b", "A\t: b", "A", "A b: c", "(A): b", "A\x80: b", "A@: b",
                             "\"A\": b", "A=b", " A: b");
  INFO(line);
  CHECK(status_of(get(line + "\r\n")) == 400);
  CHECK(status_of("GET / HTTP/1.1\r\n Host: h\r\n\r\n") == 400);
}

TEST_CASE("R6: blanks around a value are not part of it", "[http][request_head]") {
  Reading reading(get("A:  \t b c \t \r\nB:\r\nC:   \r\n"));
  REQUIRE(reading.framing);
  CHECK(reading.request.headers.get("a") == "b c");
  CHECK(reading.request.headers.get("b", "?").empty());
  CHECK(reading.request.headers.get("c", "?").empty());
}

TEST_CASE("R7: the request line is token SP target SP version", "[http][request_head]") {
  const auto line =
      GENERATE(as<std::string>(), "GET /", "GET  / HTTP/1.1", "GET /  HTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.1 ",
               "GET\t/ HTTP/1.1", "GET /a b HTTP/1.1", "G(T / HTTP/1.1", "/ HTTP/1.1", "GET / http/1.1", "GET / HTTP/1",
               "GET / HTTP/11", "GET / HTTP/1.1x", "GET / HTP/1.1", "GET", "", "GET / HTTP/1.1/1");
  INFO(line);
  CHECK(status_of(line + "\r\nHost: h\r\n\r\n") == 400);
}

TEST_CASE("R7: other versions are answered 505, the HTTP/2 preface on its own line is none", "[http][request_head]") {
  CHECK(status_of("GET / HTTP/1.2\r\nHost: h\r\n\r\n") == 505);
  CHECK(status_of("GET / HTTP/0.9\r\nHost: h\r\n\r\n") == 505);
  CHECK(status_of("PRI * HTTP/2.0\r\n\r\n") == 505);
  CHECK(status_of("PRI / HTTP/1.1\r\nHost: h\r\n\r\n") == 400);
  CHECK(status_of("PRI / HTTP/1.0\r\nHost: h\r\n\r\n") == 400);
}

TEST_CASE("R8 R12: HTTP/1.1 wants exactly one well-formed Host", "[http][request_head]") {
  CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.0\r\n\r\n") == 200);
  CHECK(status_of("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n") == 400);
  const auto host = GENERATE(as<std::string>(), "", "a b", "user@a", "a/b", "a,b", "a:b", "a:99999", "a\x80", "[::1",
                             "a?b", "a#b", "a\\b", "a:80:80");
  INFO(host);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n") == 400);
}

TEST_CASE("R8: the authority of an absolute target replaces Host", "[http][request_head]") {
  Reading reading("GET http://Real.example:81/p?q HTTP/1.1\r\nHost: other\r\n\r\n");
  REQUIRE(reading.framing);
  CHECK(reading.request.url.host == "real.example");
  CHECK(reading.request.url.port == 81);
  CHECK(reading.request.url.path == "/p");
  CHECK(reading.request.url.query == "q");
  CHECK(reading.request.headers.get("host") == "Real.example:81");
  CHECK(Reading(target("http://h")).request.url.path == "/");
  CHECK(Reading(target("http://h?x")).request.url.query == "x");
  CHECK(Reading(target("HTTPS://h/a")).request.url.path == "/a");
}

TEST_CASE("R8: absolute targets with userinfo, other schemes or bad authorities are refused", "[http][request_head]") {
  const auto text = GENERATE(as<std::string>(), "http://user@h/", "http://u:p@h/", "ftp://h/", "file:///etc",
                             "http:///a", "http://h:x/", "://h/", "h/a", "a", "javascript://x");
  INFO(text);
  CHECK(status_of(target(text)) == 400);
}

TEST_CASE("R9: CONNECT and TRACE are not allowed, the asterisk only with OPTIONS", "[http][request_head]") {
  CHECK(status_of("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n") == 405);
  CHECK(status_of("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n") == 405);
  CHECK(status_of("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n") == 200);
  CHECK(status_of("GET * HTTP/1.1\r\nHost: h\r\n\r\n") == 400);
  Reading unknown("get / HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(unknown.framing);
  CHECK(unknown.request.method == "get");  // case-sensitive, and routed like any other
}

TEST_CASE("R11: 100-continue is the only expectation, and is not the handler's", "[http][request_head]") {
  Reading reading(post("Content-Length: 1\r\nExpect: 100-Continue\r\n"));
  REQUIRE(reading.framing);
  CHECK(reading.framing->expects_continue);
  CHECK_FALSE(reading.request.headers.contains("expect"));
  CHECK(status_of(post("Content-Length: 1\r\nExpect: 200-ok\r\n")) == 417);
  CHECK(status_of(post("Content-Length: 1\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n")) == 417);
  CHECK_FALSE(Reading(post("Expect: 100-continue\r\n")).framing->expects_continue);
}

TEST_CASE("L1 L2 L3: request line, header section and line count have bounds", "[http][request_head][limits]") {
  HttpLimits limits;
  limits.request_line_bytes = 40;
  CHECK(Reading(target("/" + std::string(20, 'a')), with_limits(limits)).status() == 200);
  CHECK(Reading(target("/" + std::string(40, 'a')), with_limits(limits)).status() == 414);
  limits = {};
  limits.header_section_bytes = 200;
  CHECK(Reading(get("A: " + std::string(100, 'b') + "\r\n"), with_limits(limits)).status() == 200);
  CHECK(Reading(get("A: " + std::string(200, 'b') + "\r\n"), with_limits(limits)).status() == 431);
  CHECK(Reading(get("A:1\r\nB:2\r\nC:3\r\nD:4\r\nE:5\r\nF:6\r\n"), with_limits(limits)).status() == 431);  // 32 each
  limits = {};
  limits.header_lines = 3;
  CHECK(Reading(get("A: 1\r\nB: 2\r\n"), with_limits(limits)).status() == 200);
  CHECK(Reading(get("A: 1\r\nB: 2\r\nC: 3\r\n"), with_limits(limits)).status() == 431);
}

TEST_CASE("L4: an announced body beyond the limit is refused at once", "[http][request_head][limits]") {
  HttpLimits limits;
  limits.request_body_bytes = 10;
  CHECK(Reading(post("Content-Length: 10\r\n"), with_limits(limits)).status() == 200);
  CHECK(Reading(post("Content-Length: 11\r\n"), with_limits(limits)).status() == 413);
  CHECK(Reading(post("Content-Length: 9999999999999999999\r\n"), with_limits(limits)).status() == 413);
  limits.request_body_bytes = 0;
  CHECK(Reading(post("Content-Length: 9999999999999999999\r\n"), with_limits(limits)).status() == 200);
}

TEST_CASE("P1: paths come in normal form", "[http][request_head]") {
  CHECK(Reading(target("/a/./b/../c")).request.url.path == "/a/c");
  CHECK(Reading(target("/%61%2e/%7Eb/%c3%a4")).request.url.path == "/a./~b/%C3%A4");
  CHECK(Reading(target("/a/%2e%2e/b")).request.url.path == "/b");
  CHECK(Reading(target("/a//b")).request.url.path == "/a//b");
  CHECK(Reading(target("/a?x=%2e%2E/..")).request.url.query == "x=%2e%2E/..");
}

TEST_CASE("P2: paths with another possible reading are refused", "[http][request_head]") {
  const auto path =
      GENERATE(as<std::string>(), "/..", "/a/../../b", "/%2e%2e/", "/a%", "/a%2", "/a%zz", "/a%00", "/a%0d%0a", "/a\\b",
               "/a%5cb", "/a%2fb", "/a/..;x/b", "/%c0%af", "/%ff", "/a#b", "/a?b#c", "/%80");
  INFO(path);
  CHECK(status_of(target(path)) == 400);
}

TEST_CASE("P2 P3: an encoded slash can be allowed, double slashes merged", "[http][request_head]") {
  HeadRules rules;
  rules.path.allow_encoded_slash = true;
  rules.path.merge_slashes = true;
  CHECK(Reading(target("/a%2fb//c"), rules).request.url.path == "/a%2Fb/c");
}

TEST_CASE("P4: hop-by-hop fields and those that Connection names are removed", "[http][request_head]") {
  Reading reading(
      get("Connection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Connection: k\r\nTE: trailers\r\n"
          "Trailer: X\r\nUpgrade: h2c\r\nProxy-Authorization: p\r\nHTTP2-Settings: x\r\nX-Stay: 1\r\n"));
  REQUIRE(reading.framing);
  CHECK_FALSE(reading.framing->keep_alive);
  CHECK(reading.request.headers.size() == 2);
  CHECK(reading.request.headers.contains("x-stay"));
}

TEST_CASE("P4: Connection cannot remove what decides about the request", "[http][request_head]") {
  Reading reading(
      post("Connection: Host, Content-Length, Authorization, Cookie, Via\r\nContent-Length: 2\r\n"
           "Authorization: a\r\nCookie: c\r\nVia: 1.1 x\r\n"));
  REQUIRE(reading.framing);
  CHECK(reading.framing->content_length == 2);
  for (const char* name : {"host", "authorization", "cookie", "via", "content-length"}) {
    CHECK(reading.request.headers.contains(name));
  }
}

TEST_CASE("P5: forwarding fields of untrusted peers are removed, and those of identity", "[http][request_head]") {
  HeadRules rules;
  rules.identity_headers.emplace_back("X-Consumer");
  Reading reading(
      get("X-Forwarded-For: 1.2.3.4\r\nx-forwarded-proto: https\r\nForwarded: for=1.2.3.4\r\nX-Real-IP: 1.2.3.4\r\n"
          "X-Forwarded-Anything: x\r\nX-Consumer: admin\r\nX-Forward: stays\r\n"),
      rules);
  REQUIRE(reading.framing);
  CHECK(reading.request.headers.size() == 2);
  CHECK(reading.request.headers.contains("x-forward"));
  CHECK(reading.request.client_address == "192.0.2.7");
}

TEST_CASE("P5: a trusted proxy names the caller", "[http][request_head]") {
  HeadRules rules;
  rules.trusted = TrustedProxies::parse({"192.0.2.0/24", "10.0.0.0/8"}).value();
  Reading reading(get("X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.2.3\r\nX-Forwarded-Proto: https\r\n"), rules);
  REQUIRE(reading.framing);
  CHECK(reading.request.client_address == "203.0.113.9");
  CHECK(reading.request.headers.contains("x-forwarded-proto"));
}

TEST_CASE("P6: a name with underscore gives way to the one with dash", "[http][request_head]") {
  Reading reading(
      get("X-Key: real\r\nX_Key: other\r\nContent_Length: 5\r\nTransfer_Encoding: chunked\r\nX_Forwarded_For: 1\r\n"
          "plain_name: stays\r\n"));
  REQUIRE(reading.framing);
  CHECK(reading.request.headers.get("x-key") == "real");
  CHECK_FALSE(reading.request.headers.contains("x_key"));
  CHECK_FALSE(reading.request.headers.contains("content_length"));
  CHECK_FALSE(reading.request.headers.contains("transfer_encoding"));
  CHECK_FALSE(reading.request.headers.contains("x_forwarded_for"));
  CHECK(reading.request.headers.contains("plain_name"));
}

TEST_CASE("keep-alive follows version and Connection", "[http][request_head]") {
  CHECK(Reading("GET / HTTP/1.1\r\nHost: h\r\n\r\n").framing->keep_alive);
  CHECK_FALSE(Reading("GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n").framing->keep_alive);
  CHECK_FALSE(Reading("GET / HTTP/1.0\r\nHost: h\r\n\r\n").framing->keep_alive);
  CHECK(Reading("GET / HTTP/1.0\r\nHost: h\r\nConnection: Keep-Alive\r\n\r\n").framing->keep_alive);
  CHECK_FALSE(Reading("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n").framing->keep_alive);
}
