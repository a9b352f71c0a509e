// SPDX-License-Identifier: Apache-2.0
// Frames as a client sends them, and what a server has sent, for the tests of what speaks WebSocket itself.
#pragma once

#include "base/websocket_messages.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

/// A frame of any length, masked. `first`: its first byte.
inline std::string client_frame(unsigned first, std::string payload) {
  constexpr std::string_view mask = "\x35\x01\xF0\x7A";
  std::string text(1, static_cast<char>(first));
  const std::size_t size = payload.size();
  const int bytes = size < 126 ? 0 : size <= 0xFFFF ? 2 : 8;
  text += static_cast<char>(0x80u | (bytes == 0 ? size : bytes == 2 ? 126 : 127));
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(size >> shift & 0xFF);
  for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % mask.size()]);
  return text.append(mask).append(payload);
}
inline std::string client_message(std::string text) { return client_frame(0x81, std::move(text)); }
inline std::string client_goodbye(unsigned code) {
  return client_frame(0x88, {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)});
}

/// What has been read of a peer's frames, each as a line: the text of a message, `ping …`, `pong …`, `close 1000 …`,
/// `fault 1002 …`.
class ReadFrames {
 public:
  explicit ReadFrames(WebSocketEnd sender = WebSocketEnd::server, std::size_t most_bytes = 1u << 24)
      : receiver_(sender, most_bytes) {}

  ReadFrames& add(std::string_view bytes) {
    while (const auto item = receiver_.read(bytes)) lines.push_back(line_of(*item));
    return *this;
  }
  std::vector<std::string> lines;

 private:
  static std::string line_of(const WebSocketItem& item) {
    const std::string payload(item.payload);
    const std::string code = " " + std::to_string(item.code) + (payload.empty() ? "" : " ");
    switch (item.kind) {
      case WebSocketItem::Kind::text: return payload;
      case WebSocketItem::Kind::binary: return "binary " + payload;
      case WebSocketItem::Kind::ping: return "ping " + payload;
      case WebSocketItem::Kind::pong: return "pong " + payload;
      case WebSocketItem::Kind::close: return "close" + code + payload;
      default: return "fault" + code + payload;
    }
  }
  WebSocketReceiver receiver_;
};

}  // namespace sluice::test
