// SPDX-License-Identifier: Apache-2.0
// Smuggling pairs, looked at from the far end: what the origin really received, and which answer the caller got. Also
// what Boost's parser would have let pass (R12).
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

using namespace sluice::http;
using namespace sluice::http::conformance;

namespace {

const std::string inner = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string inner_size = std::to_string(inner.size());
const std::string end = "0\r\n\r\n";

/// A request whose body looks like another one, and stays a body.
RequestCase carried(const char* name, const std::string& request, const std::string& body = inner) {
  return {name, {request}, {{200, "saw POST /a"}}, Then::keeps, {arrived("POST /a", {}, body)}, true};
}
std::string sized(const std::string& fields) { return post("Content-Length: " + inner_size + "\r\n" + fields, inner); }

}  // namespace

TEST_CASE("R1: what looks like a request in a body stays in it", "[http_conformance][smuggling]") {
  Gate gate;
  const std::string hex_size = [] {
    char text[20];
    std::snprintf(text, sizeof text, "%zx", inner.size());
    return std::string(text);
  }();
  run(gate, std::vector<RequestCase>{
                carried("R1 body with a length", sized("")),
                carried("R1 body in a chunk", chunked(hex_size + "\r\n" + inner + "\r\n" + end)),
                carried("R1 body that looks like chunks", post("Content-Length: 5\r\n", end), end),
                carried("R1 body that ends a chunked one early",
                        post("Content-Length: " + std::to_string(5 + inner.size()) + "\r\n", end + inner), end + inner),
                carried("R1 request in an extension", chunked("5;GET /smuggled HTTP/1.1\r\nhello\r\n" + end), "hello"),
                carried("R1 P6 length with underscore", sized("Content_Length: 0\r\n")),
                carried("R1 P6 coding with underscore", sized("Transfer_Encoding: chunked\r\n")),
                carried("R1 P4 length named in Connection", sized("Connection: Content-Length\r\n")),
                carried("R1 P4 length named in another case", sized("Connection: close-not, content-LENGTH\r\n")),
                carried("R1 P4 coding of another hop", sized("TE: chunked\r\n")),
                carried("R1 R4 length in a trailer",
                        chunked("5\r\nhello\r\n0\r\nContent-Length: " + inner_size + "\r\n\r\n"), "hello"),
                {"R1 R4 request behind trailers is a request",
                 {chunked("5\r\nhello\r\n0\r\nA: b\r\n\r\n") + get("/next")},
                 {{200, "saw POST /a"}, {200, "saw GET /next"}},
                 Then::keeps,
                 {arrived_chunked("POST /a", "5\r\nhello\r\n0\r\nA: b\r\n\r\n"), arrived("GET /next")}},
                {"R1 R2 request behind an empty body is a request",
                 {post("Content-Length: 0\r\n", get("/next"))},
                 {{200, "saw POST /a"}, {200, "saw GET /next"}},
                 Then::keeps,
                 {arrived("POST /a", {}, ""), arrived("GET /next")}},
                {"R1 R2 request behind a GET without length is a request",
                 {get("/1") + get("/2")},
                 {{200, "saw GET /1"}, {200, "saw GET /2"}},
                 Then::keeps,
                 {arrived("GET /1"), arrived("GET /2")}},
            });
}

TEST_CASE("R1: pairs that two readers would read in two ways are refused", "[http_conformance][smuggling]") {
  Gate gate;
  run(gate,
      std::vector<Refused>{
          {"CL.TE", 400, post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", end + "G")},
          {"TE.CL", 400,
           post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                "2a\r\nGET /smuggled HTTP/1.1\r\nContent-Length: 9\r\n\r\n" + end)},
          {"TE.TE, one obscured by a blank", 400,
           post("Transfer-Encoding: chunked\r\nTransfer-Encoding : x\r\n", end + inner)},
          {"TE.TE, one obscured by a tab", 400,
           post("Transfer-Encoding: chunked\r\nTransfer-Encoding:\tchunked\r\n", end + inner)},
          {"TE.TE, one unknown", 400, post("Transfer-Encoding: chunked\r\nTransfer-encoding: cow\r\n", end + inner)},
          {"TE.0", 501, post("Transfer-Encoding: x\r\n", inner)},
          {"CL.0 by a list", 400, post("Content-Length: 0," + inner_size + "\r\n", inner)},
          {"CL.CL", 400, post("Content-Length: 0\r\nContent-Length: " + inner_size + "\r\n", inner)},
          {"CL.CL with a sign", 400, post("Content-Length: +0\r\nContent-Length: 0\r\n", inner)},
          {"0.CL by folding", 400, post("A: b\r\n Content-Length: " + inner_size + "\r\n", inner)},
          {"0.CL by a blank before the colon", 400, post("Content-Length : " + inner_size + "\r\n", inner)},
          {"bare CR hides the coding", 400, sized("A: b\rTransfer-Encoding: chunked\r\n")},
          {"bare LF hides the coding", 400, sized("A: b\nTransfer-Encoding: chunked\r\n")},
          {"NUL hides the coding", 400, sized("A: b" + std::string(1, '\0') + "\r\nTransfer-Encoding: chunked\r\n")},
          {"line end in a chunk size", 400, chunked("2;\nxx\r\n5\r\nhello\r\n" + end)},
          {"chunk size that wraps", 400, chunked("ffffffffffffffff5\r\nhello\r\n" + end)},
          {"chunk terminated by LF", 400, chunked("5\r\nhello\n" + end)},
          {"space in the request line", 400, "GET /a HTTP/1.1 GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"},
          {"encoded line end in the target", 400, get("/a%20HTTP/1.1%0d%0aHost:%20x")},
          {"header before the request line", 400, "Host: h\r\nGET /a HTTP/1.1\r\n\r\n"},
          {"preface of HTTP/2 amid", 400, post("Content-Length: 5\r\nA b\r\n", "PRI * HTTP/2.0\r\n\r\n")},
      });
}

TEST_CASE("R12: what Boost's parser lets pass", "[http_conformance][smuggling]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                {"R12 unknown coding taken for no body", 501, post("Transfer-Encoding: cow\r\n", inner)},
                {"R12 folding", 400, get("/a", "A: b\r\n c\r\n")},
                {"R12 coding on 1.0", 400, "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + end},
                {"R12 list of lengths", 400, post("Content-Length: 3, 3\r\n", "abc")},
                {"R12 list of codings led by a comma", 400, post("Transfer-Encoding: ,chunked\r\n", end)},
                {"R12 no Host", 400, "GET /a HTTP/1.1\r\n\r\n"},
                {"R12 two Hosts", 400, "GET /a HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n"},
                {"R12 malformed Host", 400, "GET /a HTTP/1.1\r\nHost: h/a\r\n\r\n"},
                {"R12 any target", 400, get("a<b>")},
            });
  run(gate, std::vector<RequestCase>{
                {"R12 an empty line before is no error", {"\r\n" + get()}, {200}, Then::keeps, {arrived("GET /a")}}});
}

TEST_CASE("U3: answers of one exchange never reach another", "[http_conformance][smuggling]") {
  Gate gate;
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  const std::string planted = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nplanted";
  run(gate, std::vector<AnswerCase>{
                {"U3 answer behind an answer", {{ok + planted}}, ok, false},
                {"U3 answer behind 204", {{"HTTP/1.1 204 X\r\n\r\n" + planted}}, "HTTP/1.1 204 X\r\n\r\n", false},
                {"U3 answer behind 304", {{"HTTP/1.1 304 X\r\n\r\n" + planted}}, "HTTP/1.1 304 X\r\n\r\n", false},
                {"U3 answer behind the head of HEAD",
                 {{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + planted}},
                 "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
                 false,
                 false,
                 "HEAD /scripted HTTP/1.1\r\nHost: h\r\n\r\n"},
                {"U3 answer behind chunks",
                 {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n" + end + planted}},
                 ok,
                 false},
                {"U3 answer behind a longer length that is a lie",
                 {{"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + planted}, Script::End::closes},
                 "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + planted,
                 false,
                 true},
            });
}
