// SPDX-License-Identifier: Apache-2.0
// RFC 6455 at an end of a WebSocket: messages from frames, and frames for messages.
#include "base/websocket_messages.hpp"

#include "base/websocket_accept.hpp"
#include "support/websocket_client.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sluice;
using sluice::test::client_frame;
using sluice::test::client_goodbye;
using sluice::test::client_message;
using sluice::test::ReadFrames;

namespace {

constexpr std::size_t most = 1000;
using Lines = std::vector<std::string>;

/// What a server makes of a client's bytes, the same whatever pieces they come in.
Lines read(const std::string& bytes) {
  ReadFrames whole(WebSocketEnd::client, most), slow(WebSocketEnd::client, most);
  whole.add(bytes);
  for (const char byte : bytes) slow.add({&byte, 1});
  CHECK(whole.lines == slow.lines);
  return whole.lines;
}

std::string sent(WebSocketOpcode opcode, const std::string& payload) {
  std::string bytes;
  append_frame(bytes, opcode, payload);
  return bytes;
}

}  // namespace

TEST_CASE("messages are unmasked, whatever their length", "[base][websocket]") {
  for (const std::size_t size : {0u, 1u, 5u, 125u, 126u, 127u, 1000u}) {
    const std::string text(size, 'x');
    CHECK(read(client_message(text) + client_message("next")) == Lines{text, "next"});
  }
  CHECK(read(client_frame(0x82, "\xFF\x01")) == Lines{"binary \xFF\x01"});
}

TEST_CASE("a message in pieces is put together, with control frames between them", "[base][websocket]") {
  const std::string bytes = client_frame(0x01, "one ") + client_frame(0x89, "?") + client_frame(0x00, "") +
                            client_frame(0x8A, "!") + client_frame(0x80, "two");
  CHECK(read(bytes) == Lines{"ping ?", "pong !", "one two"});
  // A character may be in two pieces.
  CHECK(read(client_frame(0x01, "\xC3") + client_frame(0x80, "\xA4")) == Lines{"\xC3\xA4"});
}

TEST_CASE("pieces out of their order are faults", "[base][websocket]") {
  const std::string order = "fault 1002 A message in pieces out of their order.";
  CHECK(read(client_frame(0x80, "x")) == Lines{order});
  CHECK(read(client_frame(0x01, "x") + client_frame(0x81, "y")) == Lines{order});
  CHECK(read(client_frame(0x01, "x") + client_frame(0x82, "y")) == Lines{order});
  CHECK(read(client_message("x") + client_frame(0x80, "y")) == Lines{"x", order});
}

TEST_CASE("what is no frame of a client is a fault, and nothing is read behind it", "[base][websocket]") {
  const std::string invalid = "fault 1002 Invalid frame.";
  CHECK(read("\x81\x01x" + client_message("y")) == Lines{invalid});                  // not masked
  CHECK(read(client_frame(0x83, "x")) == Lines{invalid});                            // no such opcode
  CHECK(read(client_frame(0x09, "x")) == Lines{invalid});                            // a Ping in pieces
  CHECK(read(client_frame(0x89, std::string(126, 'x'))) == Lines{invalid});          // a long Ping
  CHECK(read(std::string("\x81\xFE\x00\x05mask12345", 13)) == Lines{invalid});       // a short length, long
  CHECK(read(std::string("\x81\xFF\x80\0\0\0\0\0\0\0mask", 14)) == Lines{invalid});  // a length below zero
  CHECK(read(client_frame(0xC1, "x") + client_message("y")) == Lines{"fault 1002 No extension has been agreed on."});
}

TEST_CASE("texts must be UTF-8", "[base][websocket]") {
  const std::string fault = "fault 1007 The text is not UTF-8.";
  CHECK(read(client_message("\xC3")) == Lines{fault});
  CHECK(read(client_message("\xED\xA0\x80")) == Lines{fault});
  CHECK(read(client_frame(0x01, "a") + client_frame(0x80, "\xFF")) == Lines{fault});
}

TEST_CASE("a message that is too long is refused before it is kept", "[base][websocket]") {
  const std::string fault = "fault 1009 The message is too long.";
  CHECK(read(client_message(std::string(most, 'x'))).front().size() == most);
  CHECK(read(client_message(std::string(most + 1, 'x'))) == Lines{fault});
  CHECK(read(client_frame(0x01, std::string(most, 'x')) + client_frame(0x80, "y")) == Lines{fault});
  // The header says enough.
  CHECK(read(std::string("\x82\xFF\0\0\0\x7F\xFF\xFF\xFF\xFFmask", 14)) == Lines{fault});
  CHECK(read(std::string("\x82\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFFmask", 14)) == Lines{fault});
}

TEST_CASE("pieces without bytes take no memory, however many there are", "[base][websocket]") {
  std::string bytes = client_frame(0x01, "a");
  for (int i = 0; i < 10'000; ++i) bytes += client_frame(0x00, "");
  CHECK(read(bytes + client_frame(0x80, "b")) == Lines{"ab"});
}

TEST_CASE("a Close frame has a code that may be sent and a reason that is a text", "[base][websocket]") {
  CHECK(read(client_frame(0x88, "") + client_message("late")) == Lines{"close 1005"});
  CHECK(read(client_goodbye(1000)) == Lines{"close 1000"});
  CHECK(read(client_frame(0x88,
                          "\x0F\xA0"
                          "done")) == Lines{"close 4000 done"});
  CHECK(read(client_frame(0x88, "\x03")) == Lines{"fault 1002 Invalid frame."});
  for (const unsigned code : {0u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 2999u, 5000u, 65535u})
    CHECK(read(client_goodbye(code)) == Lines{"fault 1002 Invalid code to close with."});
  CHECK(read(client_frame(0x88, "\x03\xE8\xFF")) == Lines{"fault 1007 The reason to close is not UTF-8."});
}

TEST_CASE("frames are written in the shortest form, as a server does", "[base][websocket]") {
  CHECK(sent(WebSocketOpcode::text, "hello") == "\x81\x05hello");
  CHECK(sent(WebSocketOpcode::ping, "") == std::string("\x89\0", 2));
  for (const std::size_t size : {125u, 126u, 65535u, 65536u, 100'000u}) {
    const std::string text(size, 'x');
    const std::string bytes = sent(WebSocketOpcode::text, text);
    CHECK(bytes.size() == size + (size < 126 ? 2 : size < 65536 ? 4 : 10));
    CHECK(ReadFrames().add(bytes).lines == Lines{text});
  }
}

TEST_CASE("the reason of a Close frame is cut between two characters", "[base][websocket]") {
  std::string bytes;
  append_close_frame(bytes, 4400, std::string(122, 'x') + "\xC3\xA4 and more");
  CHECK(bytes.size() == 2 + 2 + 122);
  CHECK(ReadFrames().add(bytes).lines == Lines{"close 4400 " + std::string(122, 'x')});
  bytes.clear();
  append_close_frame(bytes, 1000, "");
  CHECK(bytes == "\x88\x02\x03\xE8");
}

TEST_CASE("the key of a handshake is answered as RFC 6455 section 1.3 shows", "[base][websocket]") {
  CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}
