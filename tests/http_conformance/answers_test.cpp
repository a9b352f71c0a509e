// SPDX-License-Identifier: Apache-2.0
// Answers of backends: U1 to U6. What is no clear HTTP becomes 502, what breaks looks broken, and a connection is used
// again only after a clean end.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

using namespace sluice::http;
using namespace sluice::http::conformance;
using sluice::http::test::body_of;
using sluice::http::test::header_of;
using sluice::http::test::status_of;

namespace {

const std::string ok_line = "HTTP/1.1 200 OK\r\n";
const std::string length_2 = "Content-Length: 2\r\n";
const std::string ok = ok_line + length_2 + "\r\nok";
const std::string nul(1, '\0');
const std::string end = "0\r\n\r\n";

/// An answer that is no HTTP.
AnswerCase invalid(const char* name, const std::string& answer) { return {name, {{answer}}, "502", false}; }
AnswerCase invalid_line(const char* name, const std::string& line) {
  return invalid(name, line + "\r\n" + length_2 + "\r\nok");
}
AnswerCase invalid_field(const char* name, const std::string& field) {
  return invalid(name, ok_line + field + "\r\n" + length_2 + "\r\nok");
}
/// An answer that is passed on.
AnswerCase passes(const char* name, const std::string& answer, const std::string& seen, bool reused = true) {
  return {name, {{answer}}, seen, reused};
}
std::string coded(const std::string& chunks, const std::string& fields = {}) {
  return ok_line + fields + "Transfer-Encoding: chunked\r\n\r\n" + chunks;
}

}  // namespace

TEST_CASE("U1: status lines", "[http_conformance][answers]") {
  Gate gate;
  run(gate,
      std::vector<AnswerCase>{
          invalid_line("U1 no HTTP", "hello"),
          invalid_line("U1 other protocol", "ICY 200 OK"),
          invalid_line("U1 lower-case protocol", "http/1.1 200 OK"),
          invalid_line("U1 version 2.0", "HTTP/2.0 200 OK"),
          invalid_line("U1 version 1.2", "HTTP/1.2 200 OK"),
          invalid_line("U1 version 0.9", "HTTP/0.9 200 OK"),
          invalid_line("U1 no minor version", "HTTP/1 200 OK"),
          invalid_line("U1 two digits of version", "HTTP/1.10 200 OK"),
          invalid_line("U1 no status", "HTTP/1.1"),
          invalid_line("U1 blank for status", "HTTP/1.1 "),
          invalid_line("U1 two digits", "HTTP/1.1 20 OK"),
          invalid_line("U1 four digits", "HTTP/1.1 2000 OK"),
          invalid_line("U1 letters", "HTTP/1.1 abc OK"),
          invalid_line("U1 sign", "HTTP/1.1 +20 OK"),
          invalid_line("U1 hexadecimal", "HTTP/1.1 2a0 OK"),
          invalid_line("U1 below 100", "HTTP/1.1 099 OK"),
          invalid_line("U1 600", "HTTP/1.1 600 OK"),
          invalid_line("U1 999", "HTTP/1.1 999 OK"),
          invalid_line("U1 two blanks before the status", "HTTP/1.1  200 OK"),
          invalid_line("U1 tab before the status", "HTTP/1.1\t200 OK"),
          invalid_line("U1 tab behind the status", "HTTP/1.1 200\tOK"),
          invalid_line("U1 text behind the status", "HTTP/1.1 200OK"),
          invalid_line("U1 blank before", " HTTP/1.1 200 OK"),
          invalid_line("U1 empty line before", "\r\nHTTP/1.1 200 OK"),
          invalid_line("U1 NUL in the reason", "HTTP/1.1 200 O" + nul + "K"),
          invalid_line("U1 control byte in the reason", "HTTP/1.1 200 O\x01K"),
          invalid_line("U1 CR in the reason", "HTTP/1.1 200 O\rK"),
          invalid_line("U1 a request", "GET / HTTP/1.1"),
          passes("U1 no reason", "HTTP/1.1 299 \r\n" + length_2 + "\r\nok", "HTTP/1.1 299 \r\n" + length_2 + "\r\nok"),
          passes("U1 neither reason nor blank", "HTTP/1.1 200\r\n" + length_2 + "\r\nok", ok),
          passes("U1 reason of its own", "HTTP/1.1 200 Well, yes\r\n" + length_2 + "\r\nok",
                 "HTTP/1.1 200 Well, yes\r\n" + length_2 + "\r\nok"),
          passes("U1 high bytes in the reason", "HTTP/1.1 200 \xc3\xa4\r\n" + length_2 + "\r\nok",
                 "HTTP/1.1 200 \xc3\xa4\r\n" + length_2 + "\r\nok"),
          passes("U1 unknown status", "HTTP/1.1 599 X\r\n" + length_2 + "\r\nok",
                 "HTTP/1.1 599 X\r\n" + length_2 + "\r\nok"),
      });
}

TEST_CASE("U1: fields of answers keep R5 and R6", "[http_conformance][answers]") {
  Gate gate;
  run(gate, std::vector<AnswerCase>{
                invalid("U1 R5 bare LF throughout", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
                invalid("U1 R5 bare LF after the status line", "HTTP/1.1 200 OK\n" + length_2 + "\r\nok"),
                invalid("U1 R5 bare LF after a field", ok_line + "A: b\n" + length_2 + "\r\nok"),
                invalid_field("U1 R5 folding", "A: b\r\n c"),
                invalid_field("U1 R5 folding by a tab", "A: b\r\n\tc"),
                invalid_field("U1 R5 bare CR", "A: b\rC: d"),
                invalid_field("U1 R5 CR and cookie", "A: b\rSet-Cookie: c=d"),
                invalid_field("U1 R5 LF and cookie", "A: b\nSet-Cookie: c=d"),
                invalid_field("U1 R5 NUL", "A: " + nul),
                invalid_field("U1 R5 control byte", "A: \x1b"),
                invalid_field("U1 R5 DEL", "A: \x7f"),
                invalid_field("U1 R6 blank before the colon", "A : b"),
                invalid_field("U1 R6 blank before the colon of the coding", "Transfer-Encoding : chunked"),
                invalid_field("U1 R6 no colon", "A"),
                invalid_field("U1 R6 empty name", ": b"),
                invalid_field("U1 R6 name that is no token", "A(b): c"),
                invalid_field("U1 R6 name in UTF-8", "\xc3\xa4: b"),
                invalid_field("U1 R6 first line led by a blank", " A: b"),
                passes("U1 R6 values in order", ok_line + "A:b\r\nC: \t d \r\nE:\r\n" + length_2 + "\r\nok",
                       ok_line + "A: b\r\nC: d\r\nE: \r\n" + length_2 + "\r\nok"),
                passes("U1 R6 high bytes", ok_line + "A: \xc3\xa4\xff\r\n" + length_2 + "\r\nok",
                       ok_line + "A: \xc3\xa4\xff\r\n" + length_2 + "\r\nok"),
            });
}

TEST_CASE("U1: lengths and codings of answers", "[http_conformance][answers]") {
  Gate gate;
  const auto sized = [](const std::string& value) { return ok_line + "Content-Length: " + value + "\r\n\r\nok"; };
  const auto with_coding = [](const std::string& value) {
    return ok_line + "Transfer-Encoding: " + value + "\r\n\r\n2\r\nok\r\n" + end;
  };
  run(gate,
      std::vector<AnswerCase>{
          invalid("U1 two lengths that differ", ok_line + length_2 + "Content-Length: 3\r\n\r\nok"),
          invalid("U1 three lengths, the last differs", ok_line + length_2 + length_2 + "Content-Length: 1\r\n\r\nok"),
          invalid("U1 list of equal lengths", sized("2, 2")),
          invalid("U1 plus sign", sized("+2")),
          invalid("U1 minus sign", sized("-2")),
          invalid("U1 hexadecimal length", sized("0x2")),
          invalid("U1 empty length", sized("")),
          invalid("U1 blank in the length", sized("2 2")),
          invalid("U1 letters behind the length", sized("2b")),
          invalid("U1 length of 20 digits", sized("00000000000000000002")),
          invalid("U1 length beyond 64 bits", sized("18446744073709551618")),
          invalid("U1 length in quotes", sized("\"2\"")),
          invalid("U1 unknown coding", with_coding("gzip")),
          invalid("U1 identity", with_coding("identity")),
          invalid("U1 list of codings", with_coding("gzip, chunked")),
          invalid("U1 list with a comma", with_coding("chunked,")),
          invalid("U1 empty coding", with_coding("")),
          invalid("U1 parameter of a coding", with_coding("chunked;a=b")),
          invalid("U1 chunked twice",
                  ok_line + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + end),
          invalid("U1 chunked beside another",
                  ok_line + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + end),
          invalid("U1 chunked on 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n" + end),
          invalid("U1 unknown coding beside a length", ok_line + length_2 + "Transfer-Encoding: gzip\r\n\r\nok"),
          passes("U1 equal lengths are sent once", ok_line + length_2 + length_2 + "\r\nok", ok),
          passes("U1 leading zeros", ok_line + "Content-Length: 0002\r\n\r\nok", ok),
          passes("U1 both framings: chunked wins, once", coded("2\r\nok\r\n" + end, length_2), ok, false),
          passes("U1 both framings in the other order",
                 ok_line + "Transfer-Encoding: chunked\r\nContent-Length: 500\r\n\r\n2\r\nok\r\n" + end, ok, false),
          passes("U1 chunked in capitals", with_coding("CHUNKED"), ok),
      });
}

TEST_CASE("U1 U5: chunks of answers", "[http_conformance][answers]") {
  Gate gate;
  const auto broken = [](const char* name, const std::string& chunks) {
    // The head has been passed on already: what follows cannot be a 502 any more.
    return AnswerCase{name, {{coded(""), "5\r\nhello\r\n", chunks}}, coded("5\r\nhello\r\n"), false, true};
  };
  run(gate, std::vector<AnswerCase>{
                invalid("U1 first size is no number", coded("x\r\nok\r\n" + end)),
                invalid("U1 first size is missing", coded("\r\nok\r\n" + end)),
                invalid("U1 first size led by a blank", coded(" 2\r\nok\r\n" + end)),
                invalid("U1 first size signed", coded("-2\r\nok\r\n" + end)),
                invalid("U1 first size with a prefix", coded("0x2\r\nok\r\n" + end)),
                invalid("U1 first size of 17 digits", coded("00000000000000002\r\nok\r\n" + end)),
                invalid("U1 bare LF after the first size", coded("2\nok\r\n" + end)),
                invalid("U1 data longer than the first size", coded("1\r\nok\r\n" + end)),
                invalid("U1 data shorter than the first size", coded("3\r\nok\r\n" + end)),
                invalid("U1 L6 first line too long", coded("2;" + std::string(300, 'a') + "\r\nok\r\n" + end)),
                broken("U5 later size is no number", "x\r\n"),
                broken("U5 later size beyond 64 bits", "10000000000000000\r\n"),
                broken("U5 bare LF after a later size", "2\nok\r\n"),
                broken("U5 malformed trailers", "0\r\nA : b\r\n\r\n"),
                broken("U5 L6 trailers too long", "0\r\nA: " + std::string(9000, 'b') + "\r\n\r\n"),
                passes("U1 extensions are dropped", coded("2;a=b;c=\"d\"\r\nok\r\n" + end), ok),
                passes("U1 several chunks at once", coded("1\r\no\r\n1\r\nk\r\n" + end), ok),
                {"U1 chunks one by one",
                 {{coded(""), "5\r\nhello\r\n", "1;x\r\n!\r\n", end}},
                 coded("5\r\nhello\r\n1\r\n!\r\n" + end)},
                {"U1 chunks cut anywhere",
                 {{coded("5\r\nhe"), "llo", "\r\n0\r", "\n\r", "\n"}},
                 coded("2\r\nhe\r\n3\r\nllo\r\n" + end)},
                passes("R4 trailers never become fields", coded("2\r\nok\r\n0\r\nSet-Cookie: a=b\r\n\r\n"), ok),
            });
}

TEST_CASE("U1: answers that do not come", "[http_conformance][answers]") {
  Gate gate;
  using End = Script::End;
  // The connection had been used before, so a GET is sent once more (U4), and in vain.
  run(gate, std::vector<AnswerCase>{
                {"U1 U4 closes without a byte", {{}, End::closes}, "502", false, false, get("/scripted"), false, 1},
                {"U1 U4 resets without a byte", {{}, End::resets}, "502", false, false, get("/scripted"), false, 1},
                {"U1 closes amid the status line", {{"HTTP/1.1 2"}, End::closes}, "502", false},
                {"U1 closes amid the fields", {{ok_line + "A: b\r\n"}, End::closes}, "502", false},
                {"U1 closes before the last line end", {{ok_line + length_2 + "\r"}, End::closes}, "502", false},
                {"U1 resets amid the head", {{ok_line + "A: b\r\n"}, End::resets}, "502", false},
                {"U1 closes after an interim answer", {{"HTTP/1.1 103 X\r\n\r\n"}, End::closes}, "502", false},
                {"U4 POST closes without a byte",
                 {{}, End::closes},
                 "502",
                 false,
                 false,
                 post("Content-Length: 2\r\n", "ok", "/scripted")},
                {"U4 POST resets without a byte",
                 {{}, End::resets},
                 "502",
                 false,
                 false,
                 post("Content-Length: 2\r\n", "ok", "/scripted")},
                {"U4 PUT is sent again",
                 {{}, End::closes},
                 "502",
                 false,
                 false,
                 "PUT /scripted HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok",
                 false,
                 1},
                {"U4 PATCH is not",
                 {{}, End::closes},
                 "502",
                 false,
                 false,
                 "PATCH /scripted HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok"},
                {"U4 nothing is sent again after a byte", {{"H"}, End::closes}, "502", false},
            });
}

TEST_CASE("U2: interim answers", "[http_conformance][answers]") {
  Gate gate;
  run(gate,
      std::vector<AnswerCase>{
          passes("U2 100", "HTTP/1.1 100 Continue\r\n\r\n" + ok, ok),
          passes("U2 102", "HTTP/1.1 102 Processing\r\n\r\n" + ok, ok),
          passes("U2 103", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok, ok),
          passes("U2 199", "HTTP/1.1 199 X\r\n\r\n" + ok, ok),
          passes("U2 100 twice", repeated("HTTP/1.1 100 Continue\r\n\r\n", 2) + ok, ok),
          passes("U2 a length of an interim answer means nothing", "HTTP/1.1 103 X\r\nContent-Length: 500\r\n\r\n" + ok,
                 ok),
          passes("U2 a coding of an interim answer means nothing",
                 "HTTP/1.1 103 X\r\nTransfer-Encoding: chunked\r\n\r\n" + ok, ok),
          passes("U2 close in an interim answer means nothing", "HTTP/1.1 103 X\r\nConnection: close\r\n\r\n" + ok, ok),
          {"U2 in pieces", {{"HTTP/1.1 10", "3 X\r\nA: b\r\n", "\r\nHTTP/1.1 ", ok.substr(9)}}, ok},
          invalid("U2 101 unasked",
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\n\r\n"),
          invalid("U2 101 unasked, with an answer behind", "HTTP/1.1 101 X\r\n\r\n" + ok),
          invalid("U2 malformed interim answer", "HTTP/1.1 103 X\r\nA : b\r\n\r\n" + ok),
          {"U2 100 to 1.0",
           {{"HTTP/1.1 100 Continue\r\n\r\n" + ok}},
           ok_line + length_2 + "Connection: close\r\n\r\nok",
           true,
           false,
           "GET /scripted HTTP/1.0\r\n\r\n",
           true},
      });
}

TEST_CASE("U3: connections of backends are used again after a clean end only", "[http_conformance][answers]") {
  Gate gate;
  using End = Script::End;
  const std::string until_close = ok_line + "\r\nok";
  const std::string as_chunks = coded("2\r\nok\r\n" + end);
  run(gate,
      std::vector<AnswerCase>{
          passes("U3 a length", ok, ok),
          passes("U3 an empty body", ok_line + "Content-Length: 0\r\n\r\n", ok_line + "Content-Length: 0\r\n\r\n"),
          passes("U3 chunks", coded("2\r\nok\r\n" + end), ok),
          passes("U3 bytes behind a length", ok + "x", ok, false),
          passes("U3 line end behind a length", ok + "\r\n", ok, false),
          passes("U3 another answer behind a length", ok + ok, ok, false),
          passes("U3 bytes behind an empty body", ok_line + "Content-Length: 0\r\n\r\nx",
                 ok_line + "Content-Length: 0\r\n\r\n", false),
          passes("U3 bytes behind the last chunk", coded("2\r\nok\r\n" + end + "x"), ok, false),
          passes("U3 another answer behind the last chunk", coded("2\r\nok\r\n" + end + ok), ok, false),
          {"U3 bytes behind a body in pieces", {{ok_line + length_2 + "\r\n", "o", "kHTTP/1.1"}}, ok, false},
          passes("U3 close", ok_line + "Connection: close\r\n" + length_2 + "\r\nok", ok, false),
          passes("U3 close in a list", ok_line + "Connection: a, CLOSE\r\n" + length_2 + "\r\nok", ok, false),
          passes("U3 keep-alive", ok_line + "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n" + length_2 + "\r\nok",
                 ok),
          passes("U3 1.0", "HTTP/1.0 200 OK\r\n" + length_2 + "\r\nok", ok, false),
          passes("U3 1.0 keep-alive", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + length_2 + "\r\nok", ok),
          {"U3 closes after a length", {{ok}, End::closes}, ok, false},
          {"U3 resets after a length", {{ok}, End::resets}, ok, false},
          {"U3 body until the close", {{until_close}, End::closes}, as_chunks, false},
          {"U3 empty body until the close", {{ok_line + "\r\n"}, End::closes}, coded(end), false},
          {"U3 body until the close on 1.0", {{"HTTP/1.0 200 OK\r\n\r\nok"}, End::closes}, as_chunks, false},
          {"U3 body until the close in pieces",
           {{ok_line + "\r\n", "o", "k"}, End::closes},
           coded("1\r\no\r\n1\r\nk\r\n" + end),
           false},
          {"U3 body until the close that looks like an answer",
           {{ok_line + "\r\n" + ok}, End::closes},
           coded("28\r\n" + ok + "\r\n" + end),
           false},
      });
}

TEST_CASE("U5: broken bodies look broken", "[http_conformance][answers]") {
  Gate gate;
  using End = Script::End;
  const std::string ten = ok_line + "Content-Length: 10\r\n\r\n";
  const std::string one_0 = "GET /scripted HTTP/1.0\r\n\r\n";
  run(gate,
      std::vector<AnswerCase>{
          {"U5 closes amid a length", {{ten + "hello"}, End::closes}, ten + "hello", false, true},
          {"U5 closes before a length", {{ten}, End::closes}, ten, false, true},
          {"U5 resets amid a length", {{ten, "hello"}, End::resets}, ten + "hello", false, true},
          {"U5 closes one byte before the end", {{ten + "123456789"}, End::closes}, ten + "123456789", false, true},
          {"U5 closes between chunks", {{coded("5\r\nhello\r\n")}, End::closes}, coded("5\r\nhello\r\n"), false, true},
          {"U5 closes amid a chunk", {{coded("5\r\nhel")}, End::closes}, coded("3\r\nhel\r\n"), false, true},
          {"U5 closes amid a size", {{coded("5\r\nhello\r\n1")}, End::closes}, coded("5\r\nhello\r\n"), false, true},
          {"U5 closes after the last size",
           {{coded("5\r\nhello\r\n0\r\n")}, End::closes},
           coded("5\r\nhello\r\n"),
           false,
           true},
          {"U5 closes amid trailers",
           {{coded("5\r\nhello\r\n0\r\nA: b\r\n")}, End::closes},
           coded("5\r\nhello\r\n"),
           false,
           true},
          {"U5 closes before the first chunk", {{coded("")}, End::closes}, coded(""), false, true},
          {"U5 resets between chunks",
           {{coded(""), "5\r\nhello\r\n"}, End::resets},
           coded("5\r\nhello\r\n"),
           false,
           true},
          {"U5 1.0 gets a length",
           {{ok}},
           ok_line + length_2 + "Connection: close\r\n\r\nok",
           true,
           false,
           one_0,
           true},
          {"U5 1.0 gets no chunks",
           {{coded(""), "5\r\nhello\r\n", end}},
           ok_line + "Connection: close\r\n\r\nhello",
           true,
           false,
           one_0,
           true},
          {"U5 1.0 gets what ends by the close",
           {{ok_line + "\r\nok"}, End::closes},
           ok_line + "Connection: close\r\n\r\nok",
           false,
           false,
           one_0,
           true},
      });
}

TEST_CASE("U5: to HTTP/1.0 a broken body without length is a reset", "[http_conformance][answers]") {
  Gate gate;
  count_case();
  gate.origin.follow({{coded(""), "5\r\nhello\r\n"}, Script::End::closes});
  RawClient client(gate.port);
  client.send("GET /scripted HTTP/1.0\r\n\r\n").read_to_end();
  CHECK(client.was_reset());
}

TEST_CASE("U6: cookies and the order of fields", "[http_conformance][answers]") {
  Gate gate;
  const auto row = [](const char* name, const std::string& fields) {
    return passes(name, ok_line + fields + length_2 + "\r\nok", ok_line + fields + length_2 + "\r\nok");
  };
  run(gate, std::vector<AnswerCase>{
                row("U6 cookies stay apart", "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"),
                row("U6 cookies with commas",
                    "Set-Cookie: a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT\r\n"
                    "Set-Cookie: b=2\r\n"),
                row("U6 the same cookie twice", "Set-Cookie: a=1\r\nSet-Cookie: a=1\r\n"),
                row("U6 cookies in different case", "set-cookie: a=1\r\nSet-Cookie: b=2\r\nSET-COOKIE: c=3\r\n"),
                row("U6 cookies among others", "A: 1\r\nSet-Cookie: a=1\r\nB: 2\r\nSet-Cookie: b=2\r\n"),
                row("U6 order within a name", "A: 1\r\nB: x\r\nA: 2\r\na: 3\r\nB: y\r\n"),
                row("U6 order of names", "Z: 1\r\nY: 2\r\nX: 3\r\nA: 4\r\n"),
                row("U6 30 cookies", repeated("Set-Cookie: a=1\r\n", 30)),
                row("U6 the backend's own Server", "Server: origin/1.0\r\n"),
            });
}
