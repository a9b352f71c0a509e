// SPDX-License-Identifier: Apache-2.0
#include "base/websocket_frames.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;

namespace {

constexpr WebSocketEnd client = WebSocketEnd::client;
constexpr WebSocketEnd server = WebSocketEnd::server;

/// A frame in its shortest form. Masked with the same byte four times where `mask` is not 0.
std::string frame(unsigned first, std::string payload, char mask = 0) {
  std::string text(1, static_cast<char>(first));
  const unsigned bit = mask != 0 ? 0x80 : 0;
  const std::size_t size = payload.size();
  if (size < 126) {
    text += static_cast<char>(bit | size);
  } else if (size <= 0xFFFF) {
    text += static_cast<char>(bit | 126);
    text += static_cast<char>(size >> 8);
    text += static_cast<char>(size & 0xFF);
  } else {
    text += static_cast<char>(bit | 127);
    for (int shift = 56; shift >= 0; shift -= 8) text += static_cast<char>(size >> shift & 0xFF);
  }
  if (mask != 0) {
    text.append(4, mask);
    for (char& c : payload) c = static_cast<char>(c ^ mask);
  }
  return text + payload;
}

std::string close_payload(unsigned code, const std::string& reason = {}) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)} + reason;
}

WebSocketFrames after(WebSocketEnd sender, std::string_view bytes) {
  WebSocketFrames frames(sender);
  frames.read(bytes);
  return frames;
}

bool is_lost_by(WebSocketEnd sender, std::string_view bytes) { return after(sender, bytes).is_lost(); }

}  // namespace

TEST_CASE("frames of every form of length are counted, whatever pieces they come in", "[base][websocket]") {
  std::string bytes;
  std::size_t count = 0;
  for (std::size_t size : {0u, 1u, 125u, 126u, 127u, 65535u, 65536u, 70000u}) {
    bytes += frame(0x82, std::string(size, 'x'), 'm');
    ++count;
  }
  const auto step = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20);
  WebSocketFrames frames(client);
  for (std::size_t at = 0; at < bytes.size(); at += step) frames.read(std::string_view(bytes).substr(at, step));
  CHECK(frames.frames() == count);
  CHECK(frames.at_boundary());
  CHECK_FALSE(frames.is_lost());
}

TEST_CASE("a boundary is between two frames and nowhere else", "[base][websocket]") {
  const std::string bytes = frame(0x81, "hello");
  WebSocketFrames frames(server);
  CHECK(frames.at_boundary());
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    frames.read(std::string_view(bytes).substr(i, 1));
    CHECK_FALSE(frames.at_boundary());
  }
  frames.read(bytes.substr(bytes.size() - 1));
  CHECK(frames.at_boundary());
}

TEST_CASE("read_frame ends with the frame and leaves what follows", "[base][websocket]") {
  const std::string first = frame(0x01, "part");
  const std::string empty = frame(0x89, "");
  const std::string bytes = first + empty + frame(0x80, "end");
  WebSocketFrames frames(server);
  CHECK(frames.read_frame(bytes.substr(0, 3)) == 3);
  CHECK(frames.read_frame(bytes.substr(3)) == first.size() - 3);
  CHECK(frames.at_boundary());
  CHECK(frames.read_frame(bytes.substr(first.size())) == empty.size());
  CHECK(frames.frames() == 2);
}

TEST_CASE("the code of a Close frame is read, masked or not, whole or in pieces", "[base][websocket]") {
  const unsigned code = GENERATE(1000u, 1001u, 1011u, 3000u, 4999u);
  const std::string payload = close_payload(code, "because");
  CHECK(after(server, frame(0x88, payload)).close_code() == code);
  WebSocketFrames slow(client);
  for (char c : frame(0x88, payload, 'k')) slow.read({&c, 1});
  CHECK(slow.close_code() == code);
  CHECK(slow.is_closed());
}

TEST_CASE("a Close frame without a code counts as 1005, and none as nothing", "[base][websocket]") {
  CHECK(after(server, frame(0x88, "")).close_code() == WebSocketFrames::no_code);
  CHECK(after(server, frame(0x81, "text")).close_code() == std::nullopt);
  CHECK(after(server, frame(0x88, close_payload(1000)).substr(0, 3)).close_code() == std::nullopt);
}

TEST_CASE("nothing counts behind a Close frame, and no frame may go in there", "[base][websocket]") {
  const auto frames = after(server, frame(0x88, close_payload(1000)) + frame(0x81, "late"));
  CHECK(frames.frames() == 1);
  CHECK_FALSE(frames.at_boundary());
  CHECK_FALSE(frames.is_lost());
}

TEST_CASE("control frames may stand between the pieces of a message", "[base][websocket]") {
  const auto frames = after(server, frame(0x01, "a") + frame(0x89, "ping") + frame(0x00, "b") + frame(0x80, "c"));
  CHECK(frames.frames() == 4);
  CHECK(frames.at_boundary());
}

TEST_CASE("bits of extensions are not judged", "[base][websocket]") {
  CHECK(after(server, frame(0xC1, "compressed")).frames() == 1);  // permessage-deflate sets RSV1
}

TEST_CASE("what cannot be a frame of its sender loses the count", "[base][websocket]") {
  CHECK(is_lost_by(client, frame(0x81, "unmasked")));
  CHECK(is_lost_by(server, frame(0x81, "masked", 'm')));
  CHECK(is_lost_by(server, frame(0x83, "no such opcode")));
  CHECK(is_lost_by(server, frame(0x8B, "no such control opcode")));
  CHECK(is_lost_by(server, frame(0x09, "ping in pieces")));
  CHECK(is_lost_by(server, frame(0x89, std::string(126, 'x'))));
  CHECK(is_lost_by(server, frame(0x88, "x")));
  CHECK(is_lost_by(server, std::string("\x81\x7E\x00\x05hello", 9)));
  CHECK(is_lost_by(server, std::string("\x81\x7F\0\0\0\0\0\0\xFF\xFF", 10)));
  CHECK(is_lost_by(server, std::string("\x81\x7F\x80\0\0\0\0\1\0\0", 10)));
  auto frames = after(server, frame(0x83, "x"));
  CHECK(frames.read_frame("anything") == 8);
  CHECK_FALSE(frames.at_boundary());
}

TEST_CASE("our own Close frames are read as what they are", "[base][websocket]") {
  const CloseFrame plain(CloseFrame::going_away);
  CHECK(plain.bytes().size() == 4);
  CHECK(after(server, plain.bytes()).close_code() == 1001);
  const CloseFrame masked(1002, 0xA1B2C3D4u);
  CHECK(masked.bytes().size() == 8);
  CHECK(after(client, masked.bytes()).close_code() == 1002);
}
