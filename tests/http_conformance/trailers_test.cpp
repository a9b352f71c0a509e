// SPDX-License-Identifier: Apache-2.0
// Fields behind bodies, both ways: R4, L6, P7. They travel on as what they are, or not at all.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

using namespace sluice::http;
using namespace sluice::http::conformance;

namespace {

std::string trailed(const std::string& trailers) { return "5\r\nhello\r\n0\r\n" + trailers + "\r\n"; }
std::string sent(const std::string& trailers) { return chunked(trailed(trailers)); }
std::vector<std::string> got(const std::string& trailers) { return {arrived_chunked("POST /a", trailed(trailers))}; }

const std::string chunked_head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
std::string answer(const std::string& trailers) { return chunked_head + trailed(trailers); }
Script says(const std::string& trailers) { return {.pieces = {answer(trailers)}}; }

}  // namespace

TEST_CASE("R4: trailers of requests reach the origin as trailers", "[http_conformance][trailers]") {
  Gate gate;
  run(gate,
      std::vector<RequestCase>{
          {"one", {sent("X-Sum: 1\r\n")}, {200}, Then::keeps, got("X-Sum: 1\r\n")},
          {"several, in order, repeated",
           {sent("B: 1\r\nA: 2\r\nB: 3\r\n")},
           {200},
           Then::keeps,
           got("B: 1\r\nA: 2\r\nB: 3\r\n")},
          {"R1 written anew", {sent("A:1\r\nB:\t2 \r\nC:\r\n")}, {200}, Then::keeps, got("A: 1\r\nB: 2\r\nC: \r\n")},
          {"without a body",
           {chunked("0\r\nA: 1\r\n\r\n")},
           {200},
           Then::keeps,
           {arrived_chunked("POST /a", "0\r\nA: 1\r\n\r\n")}},
          {"P4 announced: the announcement stays here",
           {post("Transfer-Encoding: chunked\r\nTrailer: A\r\n", trailed("A: 1\r\n"))},
           {200},
           Then::keeps,
           got("A: 1\r\n")},
          {"those that may not travel are dropped from among others",
           {sent("A: 1\r\nContent-Length: 3\r\nHost: other\r\nCookie: c\r\nSet_Cookie: d\r\nB: 2\r\n")},
           {200},
           Then::keeps,
           got("A: 1\r\nB: 2\r\n")},
          {"in pieces",
           {chunked("5\r\nhello\r\n"), "0\r\nA: ", "1\r\nB: 2\r", "\n\r\n"},
           {200},
           Then::keeps,
           got("A: 1\r\nB: 2\r\n")},
          {"L6 just within",
           {sent("A: " + std::string(8000, 'b') + "\r\n")},
           {200},
           Then::keeps,
           got("A: " + std::string(8000, 'b') + "\r\n")},
      });
}

TEST_CASE("P5: fields that only the gateway may set are dropped from trailers", "[http_conformance][trailers]") {
  ServerOptions options;
  options.identity_headers = {"X-Caller"};
  Gate gate(options);
  run(gate,
      std::vector<RequestCase>{
          {"in one piece", {sent("X-Caller: me\r\nA: 1\r\nX_Caller: me\r\n")}, {200}, Then::keeps, got("A: 1\r\n")},
          {"in pieces",
           {chunked("5\r\nhello\r\n"), "0\r\nX-Caller: me\r\nA: 1\r\n\r\n"},
           {200},
           Then::keeps,
           got("A: 1\r\n")},
      });
}

TEST_CASE("R4: trailers of answers reach the caller as trailers", "[http_conformance][trailers]") {
  Gate gate;
  const std::string old_request = "GET /scripted HTTP/1.0\r\nHost: h\r\n\r\n";
  run(gate,
      std::vector<AnswerCase>{
          {"one", says("X-Sum: 1\r\n"), answer("X-Sum: 1\r\n")},
          {"several, written anew", says("B:1\r\nA: 2 \r\nB: 3\r\n"), answer("B: 1\r\nA: 2\r\nB: 3\r\n")},
          {"without a body", {.pieces = {chunked_head + "0\r\nA: 1\r\n\r\n"}}, chunked_head + "0\r\nA: 1\r\n\r\n"},
          {"P4 announced: the announcement stays here",
           {.pieces = {"HTTP/1.1 200 OK\r\nTrailer: A\r\nTransfer-Encoding: chunked\r\n\r\n" + trailed("A: 1\r\n")}},
           answer("A: 1\r\n")},
          {"those that may not travel are dropped from among others",
           says("A: 1\r\nSet-Cookie: s\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nB: 2\r\n"),
           answer("A: 1\r\nB: 2\r\n")},
          {"none is left: a length is known then", says("Set-Cookie: s\r\n"),
           "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
          {"in pieces",
           {.pieces = {chunked_head + "5\r\nhello\r\n", "0\r\nA: 1", "\r\nB: 2\r\n\r", "\n"}},
           answer("A: 1\r\nB: 2\r\n")},
          {"U5 malformed: the caller sees the answer break",
           {.pieces = {chunked_head + "5\r\nhello\r\n", "0\r\nA : 1\r\n\r\n"}},
           chunked_head + "5\r\nhello\r\n",
           false,
           true},
          {"U1 malformed in one piece", says("A : 1\r\n"), "502", false},
          {"L6 beyond 8 KiB", says("A: " + std::string(8200, 'b') + "\r\n"), "502", false},
          {"to HTTP/1.0 go none",
           {.pieces = {chunked_head + "5\r\nhello\r\n", "0\r\nA: 1\r\n\r\n"}},
           "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
           true,
           false,
           old_request,
           true},
          {"to HEAD go none",
           {.pieces = {chunked_head}},
           "HTTP/1.1 200 OK\r\n\r\n",
           true,
           false,
           "HEAD /scripted HTTP/1.1\r\nHost: h\r\n\r\n"},
      });
}
