// SPDX-License-Identifier: Apache-2.0
#include "http/chunk_decoder.hpp"
#include "http/body_reader.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice::http;
using Outcome = ChunkDecoder::Outcome;

namespace {

constexpr ChunkBounds bounds{64, 128, 96};

struct Decoded {
  Outcome outcome = Outcome::need_more;
  std::string data;
  std::string rest;
  std::string trailers;
};

std::string trailers_of(ChunkDecoder& decoder) {
  std::string text;
  if (!decoder.has_trailers()) return text;
  const auto trailers = decoder.take_trailers();
  for (const sluice::Header& line : *trailers->fields()) {
    text.append(line.name).append("=").append(line.value).append(" ");
  }
  return text;
}

/// Decodes `bytes` in pieces of `step`.
Decoded decode(std::string_view bytes, std::size_t step = 1'000'000, ChunkBounds with = bounds) {
  ChunkDecoder decoder(with);
  Decoded result;
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, step);
    while (!piece.empty()) {
      const auto taken = decoder.next(piece);
      result.data += taken.data;
      piece.remove_prefix(taken.consumed);
      bytes.remove_prefix(taken.consumed);
      result.outcome = taken.outcome;
      if (taken.outcome == Outcome::finished || taken.outcome == Outcome::invalid) {
        result.rest = bytes;
        if (taken.outcome == Outcome::finished) result.trailers = trailers_of(decoder);
        return result;
      }
    }
  }
  return result;
}

}  // namespace

TEST_CASE("chunks become their data, in whatever pieces they come", "[http][chunked]") {
  const std::string bytes = "5\r\nhello\r\n1;ext=\"v\"\r\n,\r\nA\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\nGET /";
  const auto step = GENERATE(1u, 2u, 3u, 7u, 1000u);
  const Decoded decoded = decode(bytes, step);
  CHECK(decoded.outcome == Outcome::finished);
  CHECK(decoded.data == "hello,0123456789");
  CHECK(decoded.rest == "GET /");
}

TEST_CASE("R4: a chunk size is 1 to 16 hexadecimal digits, nothing around them", "[http][chunked]") {
  CHECK(decode("00000000000000a\r\n0123456789\r\n0\r\n\r\n").outcome == Outcome::finished);
  CHECK(decode("FFFFFFFFFFFFFFFF\r\nx").outcome == Outcome::data);
  const auto line = GENERATE(as<std::string>(), "", "g", "-1", "+1", "0x1", " 1", "1 ", "1\t", "1 ;a",
                             "00000000000000001", "1,1", "\x80");
  INFO(line);
  CHECK(decode(line + "\r\na\r\n0\r\n\r\n").outcome == Outcome::invalid);
}

TEST_CASE("R4: line ends of the chunked coding are CR LF only", "[http][chunked]") {
  const auto bytes = GENERATE(as<std::string>(), "1\na\r\n0\r\n\r\n", "1\ra\r\n0\r\n\r\n", "1\r\na\n0\r\n\r\n",
                              "1\r\na\r0\r\n\r\n", "1\r\nab\r\n0\r\n\r\n", "0\r\n\n", "0\n\n", "0\r\n\rX",
                              "1;a\nb\r\na\r\n0\r\n\r\n", "1;a\rb\r\na\r\n0\r\n\r\n", "1\r\r\na\r\n0\r\n\r\n");
  INFO(bytes);
  CHECK(decode(bytes).outcome == Outcome::invalid);
  CHECK(decode(bytes, 1).outcome == Outcome::invalid);
}

TEST_CASE("R4: extensions are dropped, but hold no control bytes", "[http][chunked]") {
  CHECK(decode("1;a=b;c=\"d e\"\r\nx\r\n0;last\r\n\r\n").data == "x");
  CHECK(decode(std::string("1;a\0b\r\nx\r\n0\r\n\r\n", 15)).outcome == Outcome::invalid);
  CHECK(decode("1;\x7f\r\nx\r\n0\r\n\r\n").outcome == Outcome::invalid);
}

TEST_CASE("R4: trailers pass the rules of fields", "[http][chunked]") {
  CHECK(decode("0\r\nA: 1\r\nB:2\r\n\r\n").outcome == Outcome::finished);
  const auto trailer =
      GENERATE(as<std::string>(), ": 1", "A : 1", " A: 1", "A", "A: \x01", "A: 1\r\n folded", "A\x80: 1");
  INFO(trailer);
  CHECK(decode("0\r\n" + trailer + "\r\n\r\n").outcome == Outcome::invalid);
}

TEST_CASE("R4: trailers are kept beside the body, in whatever pieces they come", "[http][chunked][trailers]") {
  const std::string bytes = "1\r\nx\r\n0\r\nGrpc-Status: 0\r\nX-Sum:\tabc \r\nX-Empty:\r\n\r\nGET /";
  const auto step = GENERATE(1u, 2u, 5u, 1000u);
  const Decoded decoded = decode(bytes, step);
  CHECK(decoded.outcome == Outcome::finished);
  CHECK(decoded.trailers == "Grpc-Status=0 X-Sum=abc X-Empty= ");
  CHECK(decoded.rest == "GET /");
}

TEST_CASE("R4: what must not stand behind a body is dropped from trailers", "[http][chunked][trailers]") {
  const auto name = GENERATE(as<std::string>(), "Content-Length", "Transfer-Encoding", "TRANSFER-ENCODING",
                             "Transfer_Encoding", "Trailer", "TE", "Host", "Connection", "Upgrade", "Keep-Alive",
                             "Expect", "X-Forwarded-For", "x_forwarded_for", "Forwarded", "X-Real-IP", "Via",
                             "Authorization", "authorization", "Proxy-Authorization", "WWW-Authenticate", "Cookie",
                             "Set-Cookie", "set_cookie", "Content-Type", "Content-Encoding", "Content-Range",
                             "Cache-Control", "Range", "If-Match", "Max-Forwards", "Date", "Location", "Age", "Vary");
  INFO(name);
  CHECK(decode("0\r\n" + name + ": 1\r\nX-A: 2\r\n\r\n").trailers == "X-A=2 ");
  CHECK(decode("0\r\n" + name + ": 1\r\n\r\n").trailers.empty());
}

TEST_CASE("L6: size line, extensions and trailers have bounds", "[http][chunked][limits]") {
  CHECK(decode("1;" + std::string(40, 'a') + "\r\nx\r\n0\r\n\r\n").outcome == Outcome::finished);
  CHECK(decode("1;" + std::string(64, 'a') + "\r\nx\r\n0\r\n\r\n").outcome == Outcome::invalid);
  std::string many;
  for (int i = 0; i < 4; ++i) many += "1;" + std::string(40, 'a') + "\r\nx\r\n";
  CHECK(decode(many + "0\r\n\r\n").outcome == Outcome::invalid);
  CHECK(decode("0\r\nA: " + std::string(60, 'b') + "\r\n\r\n").outcome == Outcome::finished);
  CHECK(decode("0\r\nA: " + std::string(90, 'b') + "\r\n\r\n").outcome == Outcome::invalid);
}

TEST_CASE("an invalid chunked body stays invalid", "[http][chunked]") {
  ChunkDecoder decoder(bounds);
  CHECK(decoder.next("x").outcome == Outcome::invalid);
  CHECK(decoder.next("0\r\n\r\n").outcome == Outcome::invalid);
}

TEST_CASE("the body reader joins the data of one read in place", "[http][body_reader]") {
  BodyReader reader(Framing::chunked, 0, bounds);
  std::string bytes = "3\r\nabc\r\n2\r\nde\r\n4\r\nf";
  auto piece = reader.take(bytes.data(), bytes.size());
  CHECK(piece.valid);
  CHECK(piece.data == "abcdef");
  CHECK(piece.consumed == bytes.size());
  CHECK_FALSE(reader.finished());
  bytes = "ghi\r\n0\r\n\r\nNEXT";
  piece = reader.take(bytes.data(), bytes.size());
  CHECK(piece.data == "ghi");
  CHECK(bytes.substr(piece.consumed) == "NEXT");
  CHECK(reader.finished());
}

TEST_CASE("the body reader stops at the announced length", "[http][body_reader]") {
  BodyReader reader(Framing::length, 4, bounds);
  std::string bytes = "abcdefg";
  const auto piece = reader.take(bytes.data(), bytes.size());
  CHECK(piece.data == "abcd");
  CHECK(piece.consumed == 4);
  CHECK(reader.finished());
}

TEST_CASE("only a body without framing may end with the connection", "[http][body_reader]") {
  BodyReader until_close(Framing::until_close, 0, bounds);
  std::string bytes = "abc";
  CHECK(until_close.take(bytes.data(), 3).data == "abc");
  CHECK_FALSE(until_close.finished());
  CHECK(until_close.end_of_input());
  CHECK_FALSE(BodyReader(Framing::length, 3, bounds).end_of_input());
  CHECK_FALSE(BodyReader(Framing::chunked, 0, bounds).end_of_input());
}
