// SPDX-License-Identifier: Apache-2.0
// The chunked coding of requests: R4, L6. Whatever could be read as another boundary is refused.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

using namespace sluice::http;
using namespace sluice::http::conformance;

namespace {

const std::string end = "0\r\n\r\n";
std::string size_line(const std::string& line) { return chunked(line + "\r\nhello\r\n" + end); }

}  // namespace

TEST_CASE("R4: chunk sizes", "[http_conformance][chunked]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                {"plus sign", 400, size_line("+5")},
                {"minus sign", 400, size_line("-5")},
                {"minus zero as the end", 400, chunked("5\r\nhello\r\n-0\r\n\r\n")},
                {"hexadecimal prefix", 400, size_line("0x5")},
                {"hexadecimal prefix of the last", 400, chunked("5\r\nhello\r\n0x0\r\n\r\n")},
                {"no digit", 400, size_line("")},
                {"extension without size", 400, size_line(";a=b")},
                {"letter that is no digit", 400, size_line("g")},
                {"digit and letter", 400, size_line("5g")},
                {"underscore", 400, size_line("0_5")},
                {"17 digits", 400, size_line("00000000000000005")},
                {"beyond 64 bits", 400, size_line("10000000000000005")},
                {"largest 64-bit size, beyond L4", 400, size_line("ffffffffffffffff0")},
                {"blank before", 400, size_line(" 5")},
                {"tab before", 400, size_line("\t5")},
                {"blank behind", 400, size_line("5 ")},
                {"tab behind", 400, size_line("5\t")},
                {"blank before an extension", 400, size_line("5 ;a")},
                {"vertical tab", 400, size_line("5\v")},
                {"NUL behind", 400, size_line("5" + std::string(1, '\0'))},
                {"two sizes", 400, size_line("5 5")},
                {"comma", 400, size_line("5,a")},
                {"quoted", 400, size_line("\"5\"")},
                {"empty line before the size", 400, chunked("\r\n5\r\nhello\r\n" + end)},
            });
}

TEST_CASE("R4: ends of lines and data of chunks", "[http_conformance][chunked]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                {"bare LF after the size", 400, chunked("5\nhello\r\n" + end)},
                {"bare CR after the size", 400, chunked("5\rhello\r\n" + end)},
                {"CR CR LF after the size", 400, chunked("5\r\r\nhello\r\n" + end)},
                {"LF CR after the size", 400, chunked("5\n\rhello\r\n" + end)},
                {"bare LF after the data", 400, chunked("5\r\nhello\n" + end)},
                {"bare CR after the data", 400, chunked("5\r\nhello\r" + end)},
                {"nothing after the data", 400, chunked("5\r\nhello" + end)},
                {"other bytes after the data", 400, chunked("5\r\nhelloxx" + end)},
                {"blank after the data", 400, chunked("5\r\nhello \r\n" + end)},
                {"data longer than its size", 400, chunked("4\r\nhello\r\n" + end)},
                {"data shorter than its size", 400, chunked("6\r\nhello\r\n" + end)},
                {"data of size zero", 400, chunked("0\r\nhello\r\n" + end)},
                {"bare LF after the last size", 400, chunked("5\r\nhello\r\n0\n\r\n")},
                {"bare LF at the very end", 400, chunked("5\r\nhello\r\n0\r\n\n")},
                {"bare CR at the very end", 400, chunked("5\r\nhello\r\n0\r\n\rX")},
            });
}

TEST_CASE("R4 L6: chunk extensions", "[http_conformance][chunked][limits]") {
  Gate gate;
  const std::string longest(256 - 4, 'a');  // with size, semicolon, CR LF: 256 bytes
  run(gate, std::vector<Refused>{
                {"bare LF", 400, size_line("5;a\nb")},
                {"bare CR", 400, size_line("5;a\rb")},
                {"line end in a quoted value", 400, chunked("5;a=\"\r\n\"\r\nhello\r\n" + end)},
                {"NUL", 400, size_line("5;a" + std::string(1, '\0'))},
                {"control byte", 400, size_line("5;a\x01")},
                {"DEL", 400, size_line("5;a\x7f")},
                {"L6 line of 257 bytes", 400, size_line("5;" + longest + "a")},
                {"L6 line of 1000 bytes", 400, size_line("5;" + std::string(1000, 'a'))},
                {"L6 last line of 300 bytes", 400, chunked("5\r\nhello\r\n0;" + std::string(300, 'a') + "\r\n\r\n")},
                {"L6 sum beyond 8 KiB", 400, chunked(repeated("1;" + std::string(200, 'a') + "\r\nx\r\n", 50) + end)},
            });
  run(gate,
      std::vector<RequestCase>{
          {"R4 dropped", {size_line("5;a=b;c=\"d\";e")}, {200}, Then::keeps, {arrived("POST /a", {}, "hello")}},
          {"R4 without name", {size_line("5;")}, {200}, Then::keeps, {arrived("POST /a", {}, "hello")}},
          {"R4 with blanks and high bytes",
           {size_line("5; a = \xc3\xa4")},
           {200},
           Then::keeps,
           {arrived("POST /a", {}, "hello")}},
          {"L6 line of 256 bytes", {size_line("5;" + longest)}, {200}, Then::keeps, {arrived("POST /a", {}, "hello")}},
      });
}

TEST_CASE("R4 L6: trailers", "[http_conformance][chunked][limits]") {
  Gate gate;
  const auto trailed = [](const std::string& trailers) { return chunked("5\r\nhello\r\n0\r\n" + trailers + "\r\n"); };
  run(gate, std::vector<Refused>{
                {"blank before the colon", 400, trailed("A : b\r\n")},
                {"no colon", 400, trailed("A\r\n")},
                {"empty name", 400, trailed(": b\r\n")},
                {"folded", 400, trailed("A: b\r\n c\r\n")},
                {"led by a blank", 400, trailed(" A: b\r\n")},
                {"bare LF", 400, trailed("A: b\n")},
                {"bare CR", 400, trailed("A: b\rC: d\r\n")},
                {"NUL", 400, trailed("A: " + std::string(1, '\0') + "\r\n")},
                {"name that is no token", 400, trailed("A(: b\r\n")},
                {"L6 beyond 8 KiB", 400, trailed(repeated("A: " + std::string(1000, 'b') + "\r\n", 9))},
            });
  const std::vector<std::string> hello = {arrived("POST /a", {}, "hello")};
  run(gate, std::vector<RequestCase>{
                {"R4 about framing",
                 {trailed("Content-Length: 3\r\nTransfer-Encoding: gzip\r\n")},
                 {200},
                 Then::keeps,
                 hello},
                {"R4 about routing", {trailed("Host: other\r\n")}, {200}, Then::keeps, hello},
                {"R4 about authentication", {trailed("Authorization: x\r\nCookie: y\r\n")}, {200}, Then::keeps, hello},
                {"R4 about the caller", {trailed("X-Forwarded-For: 1.2.3.4\r\n")}, {200}, Then::keeps, hello},
            });
}

TEST_CASE("R4: chunked bodies end where they say", "[http_conformance][chunked]") {
  Gate gate;
  const std::vector<std::string> hello = {arrived("POST /a", {}, "hello")};
  run(gate,
      std::vector<RequestCase>{
          {"several chunks", {chunked("2\r\nhe\r\n2\r\nll\r\n1\r\no\r\n" + end)}, {200}, Then::keeps, hello},
          {"leading zeros", {chunked("0005\r\nhello\r\n000\r\n\r\n")}, {200}, Then::keeps, hello},
          {"16 digits", {chunked("0000000000000005\r\nhello\r\n0000000000000000\r\n\r\n")}, {200}, Then::keeps, hello},
          {"capital digits",
           {chunked("A\r\n0123456789\r\n" + end)},
           {200},
           Then::keeps,
           {arrived("POST /a", {}, "0123456789")}},
          {"data that looks like the end",
           {chunked("7\r\n\r\n0\r\n\r\n\r\n" + end)},
           {200},
           Then::keeps,
           {arrived("POST /a", {}, "\r\n0\r\n\r\n")}},
          {"empty body", {chunked(end)}, {200}, Then::keeps, {arrived("POST /a", {}, "")}},
          {"on GET",
           {"GET /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n" + end},
           {{200, "saw GET /a"}},
           Then::keeps,
           {arrived("GET /a", {}, "ok")}},
          {"in pieces: each travels on",
           {chunked("5\r\nhello\r\n"), "6\r\n world\r\n", end},
           {200},
           Then::keeps,
           {arrived_chunked("POST /a", "5\r\nhello\r\n6\r\n world\r\n" + end)}},
          {"cut within a size line",
           {chunked("5\r\nhello\r\n1"), "0\r\n0123456789abcdef\r\n" + end},
           {200},
           Then::keeps,
           {arrived_chunked("POST /a", "5\r\nhello\r\n10\r\n0123456789abcdef\r\n" + end)}},
          {"cut within a line end",
           {chunked("5\r\nhello\r"), "\n0\r", "\n\r", "\n"},
           {200},
           Then::keeps,
           {arrived_chunked("POST /a", "5\r\nhello\r\n" + end)}},
          {"U5 malformed after a good part",
           {chunked("5\r\nhello\r\n"), "x\r\n"},
           {400},
           Then::closes,
           {"POST /a HTTP/1.1\r\nHost: origin\r\nVia: 1.1 sluice\r\nTransfer-Encoding: chunked\r\n\r\n"
            "5\r\nhello\r\n…"}},
      });
}

TEST_CASE("L4: a chunked body beyond the limit", "[http_conformance][chunked][limits]") {
  ServerOptions options;
  options.limits.request_body_bytes = 1000;
  Gate gate(options);
  run(gate, std::vector<Refused>{
                {"announced", 413, post("Content-Length: 1001\r\n", std::string(1001, 'x'))},
                {"chunked", 413, chunked("3e9\r\n" + std::string(1001, 'x') + "\r\n" + end)},
                {"in many chunks", 413, chunked(repeated("64\r\n" + std::string(100, 'x') + "\r\n", 11) + end)},
            });
  run(gate, std::vector<RequestCase>{
                {"just within, announced",
                 {post("Content-Length: 1000\r\n", std::string(1000, 'x'))},
                 {200},
                 Then::keeps,
                 {arrived("POST /a", {}, std::string(1000, 'x'))}},
                {"just within, chunked",
                 {chunked("3e8\r\n" + std::string(1000, 'x') + "\r\n" + end)},
                 {200},
                 Then::keeps,
                 {arrived("POST /a", {}, std::string(1000, 'x'))}},
                {"U5 beyond, after a good part",
                 {chunked("5\r\nhello\r\n"), "3e8\r\n" + std::string(1000, 'x') + "\r\n" + end},
                 {413},
                 Then::closes,
                 {"POST /a HTTP/1.1\r\nHost: origin\r\nVia: 1.1 sluice\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "5\r\nhello\r\n…"}},
            });
}
