// SPDX-License-Identifier: Apache-2.0
// One end of a WebSocket: messages put together from the frames that come, and frames for what goes. No extensions.
// Pure: bytes in, items out.   Source: RFC 6455 sections 5, 7.4 and 8.1.
#pragma once

#include "base/websocket_header.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// What the other end has said.
struct WebSocketItem {
  enum class Kind : std::uint8_t {
    text,  ///< Valid UTF-8.
    binary,
    ping,
    pong,
    close,  ///< With its code, 1005 for none, and its reason. Nothing follows.
    fault   ///< It breaks the rules: the code to close with, and why. What follows cannot be read.
  };
  Kind kind;
  std::string_view payload;  ///< Until the next read.
  std::uint16_t code = 0;
};

class WebSocketReceiver {
 public:
  /// `most_bytes`: of one message.
  WebSocketReceiver(WebSocketEnd sender, std::size_t most_bytes) : header_(sender), most_bytes_(most_bytes) {}

  /// Takes bytes from the beginning of `bytes` up to the end of the next item. Nothing: all of them were taken, and the
  /// item goes on behind them; also after a Close frame or a fault, whatever comes.
  std::optional<WebSocketItem> read(std::string_view& bytes);

 private:
  enum class State : std::uint8_t { header, payload, over };

  std::optional<WebSocketItem> begin_frame();
  std::optional<WebSocketItem> end_frame();
  WebSocketItem end_message();
  WebSocketItem end_close();
  WebSocketItem fault(std::uint16_t code, std::string_view why);
  void take(std::string_view part);
  std::string& payload() { return header_.is_control() ? control_ : message_; }

  WebSocketHeader header_;
  const std::size_t most_bytes_;
  State state_ = State::header;
  std::uint64_t payload_read_ = 0;
  std::string message_, control_;
  bool has_begun_ = false;  ///< A message of several frames is under way.
  bool is_text_ = false;
  bool is_given_ = false;  ///< The message has been told of.
};

/// Appends a frame as a server sends it, with all of a message or a control frame's payload (at most 125 bytes).
void append_frame(std::string& to, WebSocketOpcode opcode, std::string_view payload);
/// Appends a Close frame; what is too long of the reason is cut off, between two characters.
void append_close_frame(std::string& to, std::uint16_t code, std::string_view reason);

}  // namespace sluice
