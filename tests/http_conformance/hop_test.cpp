// SPDX-License-Identifier: Apache-2.0
// Fields that belong to one hop, to the trail of proxies or to nobody outside: P4, P5, P6.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

using namespace sluice::http;
using namespace sluice::http::conformance;

namespace {

/// Fields of a request, and those of them that the origin sees.
RequestCase becomes(const char* name, const std::string& fields, const std::string& received = {}) {
  return {name, {get("/a", fields)}, {200}, Then::keeps, {arrived("GET /a", received)}};
}
RequestCase stays(const char* name, const std::string& fields) { return becomes(name, fields, fields); }

/// Fields of an answer, and those of them that the client sees.
AnswerCase answers(const char* name, const std::string& fields, const std::string& seen = {}, bool reused = true) {
  const std::string begin = "HTTP/1.1 200 OK\r\n";
  const std::string rest = "Content-Length: 2\r\n\r\nok";
  return {name, {{begin + fields + rest}}, begin + seen + rest, reused};
}

}  // namespace

TEST_CASE("P4: fields of the caller's connection go no further", "[http_conformance][hop]") {
  Gate gate;
  run(gate, std::vector<RequestCase>{
                becomes("P4 Connection", "Connection: keep-alive\r\n"),
                becomes("P4 Keep-Alive", "Keep-Alive: timeout=5\r\n"),
                becomes("P4 Proxy-Connection", "Proxy-Connection: keep-alive\r\n"),
                becomes("P4 Proxy-Authenticate", "Proxy-Authenticate: Basic\r\n"),
                becomes("P4 Proxy-Authorization", "Proxy-Authorization: Basic eA==\r\n"),
                becomes("P4 TE", "TE: trailers\r\n"),
                becomes("P4 Trailer", "Trailer: A\r\n"),
                becomes("P4 HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAAP__\r\n"),
                becomes("P4 in lower case", "keep-alive: 1\r\nte: trailers\r\nproxy-connection: x\r\n"),
                becomes("P4 several times", "Keep-Alive: a\r\nA: b\r\nKeep-Alive: c\r\n", "A: b\r\n"),
                becomes("P4 named", "Connection: A\r\nA: b\r\nC: d\r\n", "C: d\r\n"),
                becomes("P4 named before Connection", "A: b\r\nConnection: A\r\n"),
                becomes("P4 named in another case", "Connection: x-a\r\nX-A: b\r\n"),
                becomes("P4 named, several lines", "Connection: A\r\nA: b\r\na: c\r\nA: d\r\n"),
                becomes("P4 named in a list", "Connection: A , C,close-not\r\nA: b\r\nC: d\r\nE: f\r\n", "E: f\r\n"),
                becomes("P4 named in a second line", "Connection: A\r\nConnection: C\r\nA: b\r\nC: d\r\n"),
                becomes("P4 named beside keep-alive", "Connection: keep-alive, A\r\nA: b\r\n"),
                becomes("P4 list with empty parts", "Connection: ,, A,,\r\nA: b\r\n"),
                becomes("P4 names what is not there", "Connection: X\r\nA: b\r\n", "A: b\r\n"),
                becomes("P4 part of a name", "Connection: A\r\nA-B: c\r\n", "A-B: c\r\n"),
            });
}

TEST_CASE("P4: fields that Connection may not have removed", "[http_conformance][hop]") {
  Gate gate;
  const auto kept = [](const char* name, const std::string& field) {
    return becomes(name, "Connection: " + field.substr(0, field.find(':')) + "\r\n" + field, field);
  };
  run(gate, std::vector<RequestCase>{
                kept("P4 Authorization", "Authorization: Bearer x\r\n"),
                kept("P4 Cookie", "Cookie: a=b\r\n"),
                kept("P4 Cookie in capitals", "COOKIE: a=b\r\n"),
                becomes("P4 Host", "Connection: Host\r\n"),
                {"P4 Via",
                 {get("/a", "Connection: Via\r\nVia: 1.0 other\r\n")},
                 {200},
                 Then::keeps,
                 {arrived("GET /a", "Via: 1.0 other\r\n")}},
                {"P4 Content-Length",
                 {post("Connection: Content-Length\r\nContent-Length: 5\r\n", "hello")},
                 {200},
                 Then::keeps,
                 {arrived("POST /a", {}, "hello")}},
                {"P4 Transfer-Encoding",
                 {post("Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n")},
                 {200},
                 Then::keeps,
                 {arrived("POST /a", {}, "hello")}},
            });
}

TEST_CASE("P4: fields of the backend's connection go no further", "[http_conformance][hop]") {
  Gate gate;
  run(gate,
      std::vector<AnswerCase>{
          answers("P4 answer: Connection", "Connection: keep-alive\r\n"),
          answers("P4 answer: Keep-Alive", "Keep-Alive: timeout=5, max=100\r\n"),
          answers("P4 answer: Proxy-Connection", "Proxy-Connection: keep-alive\r\n"),
          answers("P4 answer: Proxy-Authenticate", "Proxy-Authenticate: Basic\r\n"),
          answers("P4 answer: Proxy-Authorization", "Proxy-Authorization: x\r\n"),
          answers("P4 answer: TE and Trailer", "TE: trailers\r\nTrailer: A\r\n"),
          answers("P4 answer: Upgrade", "Upgrade: h2c\r\nConnection: Upgrade\r\n"),
          answers("P4 answer: named", "Connection: A\r\nA: b\r\nC: d\r\n", "C: d\r\n"),
          answers("P4 answer: named before Connection", "A: b\r\nConnection: A\r\n"),
          answers("P4 answer: named in a list", "Connection: A, c\r\nA: b\r\nC: d\r\n"),
          answers("P4 answer: named beside close", "Connection: close, A\r\nA: b\r\n", "", false),
          answers("P4 answer: Via may not be named", "Connection: Via\r\nVia: 1.1 other\r\n", "Via: 1.1 other\r\n"),
          answers("P4 answer: the length may not be named", "Connection: Content-Length\r\n"),
          answers("P4 answer: cookies that are not named", "Connection: A\r\nSet-Cookie: a=b\r\n",
                  "Set-Cookie: a=b\r\n"),
      });
}

TEST_CASE("P4: an upgrade that no API declares is an ordinary request", "[http_conformance][hop]") {
  Gate gate;
  run(gate, std::vector<RequestCase>{
                becomes("P4 websocket",
                        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
                becomes("P4 h2c",
                        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        "HTTP2-Settings: AAMAAABkAAQAAP__\r\n"),
                becomes("P4 without Connection", "Upgrade: websocket\r\n"),
                {"P4 with a body",
                 {post("Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n", "hello")},
                 {200},
                 Then::keeps,
                 {arrived("POST /a", {}, "hello")}},
                {"P4 what follows is another request",
                 {get("/1", "Connection: Upgrade\r\nUpgrade: websocket\r\n") + get("/2")},
                 {{200, "saw GET /1"}, {200, "saw GET /2"}},
                 Then::keeps,
                 {arrived("GET /1"), arrived("GET /2")}},
            });
}

TEST_CASE("P5: forwarding fields of callers are not believed", "[http_conformance][hop]") {
  Gate gate;
  run(gate, std::vector<RequestCase>{
                becomes("P5 X-Forwarded-For", "X-Forwarded-For: 10.0.0.1\r\n"),
                becomes("P5 X-Forwarded-Host", "X-Forwarded-Host: other\r\n"),
                becomes("P5 X-Forwarded-Proto", "X-Forwarded-Proto: https\r\n"),
                becomes("P5 X-Forwarded-Port and Prefix", "X-Forwarded-Port: 1\r\nX-Forwarded-Prefix: /a\r\n"),
                becomes("P5 any X-Forwarded", "X-Forwarded-Whatever: x\r\n"),
                becomes("P5 Forwarded", "Forwarded: for=10.0.0.1;host=other\r\n"),
                becomes("P5 X-Real-IP", "X-Real-IP: 10.0.0.1\r\n"),
                becomes("P5 in lower case", "x-forwarded-for: 10.0.0.1\r\nforwarded: for=x\r\nx-real-ip: y\r\n"),
                becomes("P5 several lines", "X-Forwarded-For: a\r\nA: b\r\nX-Forwarded-For: c\r\n", "A: b\r\n"),
                stays("P5 names that are only alike", "X-Forward: a\r\nX-Forwarded: b\r\nX-Real: c\r\n"),
                {"P5 Via of others stays before ours",
                 {get("/a", "Via: 1.0 fred, 1.1 other\r\n")},
                 {200},
                 Then::keeps,
                 {arrived("GET /a", "Via: 1.0 fred, 1.1 other\r\n")}},
            });
}

TEST_CASE("P5: those of trusted proxies are", "[http_conformance][hop]") {
  ServerOptions options;
  options.trusted_proxies = {"127.0.0.0/8"};
  options.identity_headers = {"X-User", "X-Client-Cert"};
  Gate trusting(options);
  run(trusting, std::vector<RequestCase>{
                    stays("P5 trusted", "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n"),
                    stays("P5 trusted Forwarded", "Forwarded: for=192.0.2.1\r\n"),
                    becomes("P5 identity fields are the gateway's even then", "X-User: root\r\nA: b\r\n", "A: b\r\n"),
                });
  options.trusted_proxies = {"10.0.0.0/8"};
  Gate suspicious(options);
  run(suspicious, std::vector<RequestCase>{
                      becomes("P5 another range is trusted", "X-Forwarded-For: 192.0.2.1\r\n"),
                      becomes("P5 identity field", "X-User: root\r\n"),
                      becomes("P5 identity field in another case", "x-uSER: root\r\n"),
                      becomes("P5 identity field twice", "X-User: root\r\nA: b\r\nX-User: admin\r\n", "A: b\r\n"),
                      becomes("P5 P6 identity field with underscore", "X_User: root\r\nX_Client_Cert: y\r\n"),
                      becomes("P5 P6 identity field with one underscore of two", "X-Client_Cert: y\r\n"),
                      stays("P5 longer name", "X-User-Name: x\r\n"),
                  });
}

TEST_CASE("P5: Max-Forwards", "[http_conformance][hop]") {
  Gate gate;
  const auto options = [](const std::string& value) {
    return "OPTIONS /a HTTP/1.1\r\nHost: h\r\nMax-Forwards: " + value + "\r\n\r\n";
  };
  const auto counted = [&](const char* name, const std::string& sent, const std::string& received) {
    return RequestCase{
        name, {options(sent)}, {200}, Then::keeps, {arrived("OPTIONS /a", "Max-Forwards: " + received + "\r\n")}};
  };
  run(gate, std::vector<RequestCase>{
                {"P5 zero ends here", {options("0")}, {204}, Then::keeps, {}},
                {"P5 zeros end here", {options("000")}, {204}, Then::keeps, {}},
                counted("P5 one less of five", "5", "4"),
                counted("P5 one less of one", "1", "0"),
                counted("P5 no number", "x", "x"),
                counted("P5 negative", "-1", "-1"),
                stays("P5 of other methods", "Max-Forwards: 0\r\n"),
            });
}

TEST_CASE("P6: names with underscores", "[http_conformance][hop]") {
  Gate gate;
  run(gate,
      std::vector<RequestCase>{
          stays("P6 alone", "X_A: b\r\n"),
          becomes("P6 beside its twin", "X_A: b\r\nX-A: c\r\n", "X-A: c\r\n"),
          becomes("P6 behind its twin", "X-A: c\r\nX_A: b\r\n", "X-A: c\r\n"),
          becomes("P6 twin in another case", "x_a: b\r\nX-A: c\r\n", "X-A: c\r\n"),
          becomes("P6 two underscores", "X_A_B: b\r\nX-A-B: c\r\n", "X-A-B: c\r\n"),
          becomes("P6 one of two", "X_A-B: b\r\nX-A-B: c\r\n", "X-A-B: c\r\n"),
          stays("P6 half a twin", "X_A-B: b\r\nX-A: c\r\n"),
          becomes("P6 length", "Content_Length: 5\r\n"),
          becomes("P6 coding", "Transfer_Encoding: chunked\r\n"),
          becomes("P6 of the hop", "Keep_Alive: x\r\nProxy_Authorization: y\r\n"),
          becomes("P6 forwarding", "X_Forwarded_For: 10.0.0.1\r\nX-Forwarded_Host: h\r\nX_Real_IP: x\r\n"),
          becomes("P6 many", "X_A: 1\r\nX-A: 2\r\nY_B: 3\r\nY-B: 4\r\nZ_C: 5\r\n", "X-A: 2\r\nY-B: 4\r\nZ_C: 5\r\n"),
          stays("P6 repeated fields stay apart", "A: 1\r\nA: 2, 3\r\nA: 4\r\n"),
      });
}
