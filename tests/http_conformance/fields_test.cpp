// SPDX-License-Identifier: Apache-2.0
// Lines of a head: R5, R6.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

using namespace sluice::http::conformance;

namespace {

const std::string nul(1, '\0');
std::string with(const std::string& fields) { return get("/a", fields); }

}  // namespace

TEST_CASE("R5: ends of lines", "[http_conformance][fields]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                {"bare LF throughout", 400, "GET /a HTTP/1.1\nHost: h\n\n"},
                {"bare LF after the request line", 400, "GET /a HTTP/1.1\nHost: h\r\n\r\n"},
                {"bare LF after a field", 400, with("A: b\nC: d\r\n")},
                {"bare LF at the end of the head", 400, "GET /a HTTP/1.1\r\nHost: h\r\n\n"},
                {"bare LF before the last CR LF", 400, "GET /a HTTP/1.1\r\nHost: h\n\r\n"},
                {"two bare LF amid the head", 400, with("A: b\n\nGET /b HTTP/1.1\r\n")},
                {"LF CR", 400, with("A: b\n\rC: d\r\n")},
                {"bare CR in a value", 400, with("A: b\rC: d\r\n")},
                {"bare CR after the request line", 400, "GET /a HTTP/1.1\rHost: h\r\n\r\n"},
                {"bare CR at the begin of a value", 400, with("A: \rb\r\n")},
                {"bare CR at the end of a value", 400, with("A: b\r\r\n")},
                {"bare CR in a name", 400, with("A\rB: c\r\n")},
                {"bare CR as a name", 400, with("\r: c\r\n")},
                {"two bare CR amid the head", 400, with("A: b\r\rGET /b HTTP/1.1\r\n")},
                {"CR in the request line", 400, "GET /a\r HTTP/1.1\r\nHost: h\r\n\r\n"},
                {"LF in the request line", 400, "GET /a\n HTTP/1.1\r\nHost: h\r\n\r\n"},
            });
}

TEST_CASE("R5: line folding", "[http_conformance][fields]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                {"by a blank", 400, with("A: b\r\n c\r\n")},
                {"by a tab", 400, with("A: b\r\n\tc\r\n")},
                {"of an empty value", 400, with("A:\r\n b\r\n")},
                {"with blanks alone", 400, with("A: b\r\n  \r\n")},
                {"in the last line", 400, with("A: b\r\n C: d\r\n")},
                {"of Transfer-Encoding", 400, post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")},
                {"of Content-Length", 400, post("Content-Length:\r\n 5\r\n", "hello")},
                {"of Host", 400, "GET /a HTTP/1.1\r\nHost:\r\n h\r\n\r\n"},
                {"that hides a field", 400, with("A: b\r\n Content-Length: 5\r\n")},
                {"first line led by a blank", 400, "GET /a HTTP/1.1\r\n Host: h\r\n\r\n"},
                {"first line led by a tab", 400, "GET /a HTTP/1.1\r\n\tHost: h\r\n\r\n"},
            });
}

TEST_CASE("R5: control bytes", "[http_conformance][fields]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                {"NUL in a value", 400, with("A: b" + nul + "\r\n")},
                {"NUL before a value", 400, with("A:" + nul + "b\r\n")},
                {"NUL in a name", 400, with("A" + nul + ": b\r\n")},
                {"NUL in the request line", 400, "GET /a" + nul + " HTTP/1.1\r\nHost: h\r\n\r\n"},
                {"SOH", 400, with("A: \x01\r\n")},
                {"BEL", 400, with("A: \a\r\n")},
                {"backspace", 400, with("A: \b\r\n")},
                {"vertical tab", 400, with("A: b\vc\r\n")},
                {"form feed", 400, with("A: b\fc\r\n")},
                {"ESC", 400, with("A: \x1b[31m\r\n")},
                {"unit separator", 400, with("A: \x1f\r\n")},
                {"DEL", 400, with("A: \x7f\r\n")},
                {"vertical tab as blank around", 400, with("A:\vb\r\n")},
            });
}

TEST_CASE("R6: names of fields", "[http_conformance][fields]") {
  Gate gate;
  run(gate,
      std::vector<Refused>{
          {"blank before the colon", 400, with("A : b\r\n")},
          {"tab before the colon", 400, with("A\t: b\r\n")},
          {"blank before the colon of Content-Length", 400, post("Content-Length : 5\r\n", "hello")},
          {"blank before the colon of Transfer-Encoding", 400, post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")},
          {"blank before the colon of Host", 400, "GET /a HTTP/1.1\r\nHost : h\r\n\r\n"},
          {"blank inside", 400, with("A B: c\r\n")},
          {"empty", 400, with(": b\r\n")},
          {"empty, blank before the colon", 400, with(" : b\r\n")},
          {"no colon", 400, with("A\r\n")},
          {"no colon, a value", 400, with("A b\r\n")},
          {"another request line", 400, with("GET /b HTTP/1.1\r\n")},
          {"brackets", 400, with("A[b]: c\r\n")},
          {"parentheses", 400, with("A(b): c\r\n")},
          {"slash", 400, with("A/b: c\r\n")},
          {"at sign", 400, with("A@b: c\r\n")},
          {"comma", 400, with("A,b: c\r\n")},
          {"semicolon", 400, with("A;b: c\r\n")},
          {"equals sign", 400, with("A=b: c\r\n")},
          {"quotes", 400, with("\"A\": b\r\n")},
          {"backslash", 400, with("A\\b: c\r\n")},
          {"braces", 400, with("{A}: b\r\n")},
          {"UTF-8", 400, with("\xc3\x84: b\r\n")},
          {"byte order mark", 400,
           with("\xef\xbb\xbf"
                "A: b\r\n")},
          {"high byte", 400, with("A\xff: b\r\n")},
      });
}

TEST_CASE("R6: fields that are in order arrive as they are", "[http_conformance][fields]") {
  Gate gate;
  const auto row = [](const char* name, const std::string& sent, const std::string& received) {
    return RequestCase{name, {with(sent)}, {{200, "saw GET /a"}}, Then::keeps, {arrived("GET /a", received)}};
  };
  run(gate, std::vector<RequestCase>{
                row("no blank", "A:b\r\n", "A: b\r\n"),
                row("blanks around", "A: \t b \t \r\n", "A: b\r\n"),
                row("blanks inside", "A: b \t c\r\n", "A: b \t c\r\n"),
                row("empty value", "A:\r\n", "A: \r\n"),
                row("value of blanks", "A:  \t\r\n", "A: \r\n"),
                row("colons in the value", "A: :b:c: \r\n", "A: :b:c:\r\n"),
                row("high bytes", "A: \xc3\xa4\xff\x80\r\n", "A: \xc3\xa4\xff\x80\r\n"),
                row("all kinds of token", "!#$%&'*+-.^`|~09azAZ: b\r\n", "!#$%&'*+-.^`|~09azAZ: b\r\n"),
                row("repeated, order kept", "A: 1\r\nB: x\r\na: 2\r\nA: 3\r\n", "A: 1\r\nB: x\r\na: 2\r\nA: 3\r\n"),
                row("value that looks like a head", "A: GET / HTTP/1.1 Host: x\r\n", "A: GET / HTTP/1.1 Host: x\r\n"),
            });
}
