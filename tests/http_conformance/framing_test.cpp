// SPDX-License-Identifier: Apache-2.0
// How long a request is: R2, R3. What could be read in two ways is refused, what is clear arrives with one framing.
#include "http_conformance/gate.hpp"

#include <catch2/catch.hpp>

using namespace sluice::http::conformance;

namespace {

std::string coded(const std::string& value) { return post("Transfer-Encoding: " + value + "\r\n", "0\r\n\r\n"); }
std::string sized(const std::string& value) { return post("Content-Length: " + value + "\r\n", "hello"); }

}  // namespace

TEST_CASE("R2: Content-Length", "[http_conformance][framing]") {
  Gate gate;
  run(gate,
      std::vector<Refused>{
          {"both framings", 400, post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
          {"both framings, other order", 400, post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
          {"both framings, length zero", 400, post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
          {"both framings, far apart", 400,
           post("Content-Length: 5\r\nA: b\r\nC: d\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
          {"both framings, coding unknown", 400, post("Content-Length: 5\r\nTransfer-Encoding: gzip\r\n", "hello")},
          {"both framings, coding empty", 400, post("Content-Length: 5\r\nTransfer-Encoding:\r\n", "hello")},
          {"both framings in lower case", 400,
           post("content-length: 5\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n")},
          {"two lengths", 400, post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")},
          {"two lengths, the first zero", 400, post("Content-Length: 0\r\nContent-Length: 5\r\n", "hello")},
          {"two lengths in different case", 400, post("Content-Length: 5\r\ncontent-length: 6\r\n", "hello")},
          {"three lengths, the last differs", 400,
           post("Content-Length: 5\r\nContent-Length: 5\r\nContent-Length: 4\r\n", "hello")},
          {"list of equal lengths", 400, sized("5, 5")},
          {"list of different lengths", 400, sized("5, 6")},
          {"trailing comma", 400, sized("5,")},
          {"leading comma", 400, sized(",5")},
          {"plus sign", 400, sized("+5")},
          {"minus sign", 400, sized("-5")},
          {"minus zero", 400, sized("-0")},
          {"hexadecimal", 400, sized("0x5")},
          {"hexadecimal digit", 400, sized("a")},
          {"decimal point", 400, sized("5.0")},
          {"exponent", 400, sized("5e0")},
          {"separator of thousands", 400, sized("1_000")},
          {"empty", 400, post("Content-Length:\r\n", "hello")},
          {"blanks only", 400, sized("   ")},
          {"blank inside", 400, sized("1 0")},
          {"tab inside", 400, sized("1\t0")},
          {"quoted", 400, sized("\"5\"")},
          {"letters behind", 400, sized("5a")},
          {"parameter behind", 400, sized("5;a=b")},
          {"no-break space", 400, sized("5\xc2\xa0")},
          {"full-width digit", 400, sized("\xef\xbc\x95")},
          {"20 digits", 400, sized("00000000000000000005")},
          {"beyond 64 bits", 400, sized("18446744073709551616")},
          {"wraps to five in 64 bits", 400, sized("18446744073709551621")},
          {"wraps to five in 32 bits, beyond L4", 413, sized("4294967301")},
          {"19 digits, beyond L4", 413, sized("9223372036854775807")},
          {"on GET", 400, get("/a", "Content-Length: 5\r\nContent-Length: 6\r\n")},
          {"on HEAD", 400, "HEAD / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n"},
      });
}

TEST_CASE("R3: Transfer-Encoding", "[http_conformance][framing]") {
  Gate gate;
  run(gate, std::vector<Refused>{
                {"gzip", 501, coded("gzip")},
                {"identity", 501, coded("identity")},
                {"compress", 501, coded("compress")},
                {"almost chunked", 501, coded("xchunked")},
                {"chunked with a tail", 501, coded("chunked-")},
                {"list ending in chunked", 400, coded("gzip, chunked")},
                {"list beginning with chunked", 400, coded("chunked, gzip")},
                {"list with identity", 400, coded("chunked, identity")},
                {"list of two chunked", 400, coded("chunked, chunked")},
                {"leading comma", 400, coded(",chunked")},
                {"trailing comma", 400, coded("chunked,")},
                {"comma alone", 400, coded(",")},
                {"empty", 400, post("Transfer-Encoding:\r\n", "0\r\n\r\n")},
                {"twice", 400, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
                {"twice, identity first", 400,
                 post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
                {"twice, identity last", 400,
                 post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n")},
                {"twice, one empty", 400, post("Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n", "0\r\n\r\n")},
                {"parameter", 400, coded("chunked;a=b")},
                {"parameter without value", 400, coded("chunked;")},
                {"quoted", 400, coded("\"chunked\"")},
                {"in apostrophes", 501, coded("'chunked'")},
                {"blank inside", 400, coded("chun ked")},
                {"second word", 400, coded("chunked x")},
                {"colon before", 400, coded(": chunked")},
                {"vertical tab before", 400, coded("\vchunked")},
                {"form feed behind", 400, coded("chunked\f")},
                {"no-break space before", 400,
                 coded("\xc2\xa0"
                       "chunked")},
                {"NUL behind", 400, coded("chunked" + std::string(1, '\0'))},
                {"high bytes behind", 400,
                 coded("chunked\xc5\xbf"
                       "x")},
                {"on HTTP/1.0", 400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
                {"on HTTP/1.0 beside a length", 400,
                 "POST / HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
                {"on GET", 501, get("/a", "Transfer-Encoding: deflate\r\n")},
            });
}

TEST_CASE("R1 R2 R3: a clear framing arrives as one", "[http_conformance][framing]") {
  Gate gate;
  const std::string hello = arrived("POST /a", {}, "hello");
  run(gate,
      std::vector<RequestCase>{
          {"R2 length", {sized("5")}, {{200, "saw POST /a"}}, Then::keeps, {hello}},
          {"R2 leading zeros", {sized("0000000000000000005")}, {200}, Then::keeps, {hello}},
          {"R2 blanks around", {sized(" \t5\t ")}, {200}, Then::keeps, {hello}},
          {"R2 equal lengths",
           {post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")},
           {200},
           Then::keeps,
           {hello}},
          {"R2 length zero", {post("Content-Length: 0\r\n", "")}, {200}, Then::keeps, {arrived("POST /a", {}, "")}},
          {"R2 POST without any", {post("", "")}, {200}, Then::keeps, {arrived("POST /a", {}, "")}},
          {"R2 GET with a body",
           {"GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok"},
           {{200, "saw GET /a"}},
           Then::keeps,
           {arrived("GET /a", {}, "ok")}},
          {"R2 DELETE with a body",
           {"DELETE /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok"},
           {200},
           Then::keeps,
           {arrived("DELETE /a", {}, "ok")}},
          {"R3 chunked, all there", {chunked("5\r\nhello\r\n0\r\n\r\n")}, {200}, Then::keeps, {hello}},
          {"R3 chunked in capitals",
           {post("TRANSFER-ENCODING: CHUNKED\r\n", "5\r\nhello\r\n0\r\n\r\n")},
           {200},
           Then::keeps,
           {hello}},
          {"R3 chunked between blanks",
           {post("Transfer-Encoding: \t chunked \t\r\n", "5\r\nhello\r\n0\r\n\r\n")},
           {200},
           Then::keeps,
           {hello}},
          {"R3 chunked without blank",
           {post("Transfer-Encoding:chunked\r\n", "5\r\nhello\r\n0\r\n\r\n")},
           {200},
           Then::keeps,
           {hello}},
          {"R1 chunks are written anew",
           {post("Transfer-Encoding: chunked\r\n", "00005;a=b\r\nhello\r\n"), "0;c\r\nX: y\r\n\r\n"},
           {200},
           Then::keeps,
           {arrived_chunked("POST /a", "5\r\nhello\r\n0\r\nX: y\r\n\r\n")}},
          {"R1 a length in two pieces stays one",
           {post("Content-Length: 5\r\n", "he"), "llo"},
           {200},
           Then::keeps,
           {hello}},
      });
}
