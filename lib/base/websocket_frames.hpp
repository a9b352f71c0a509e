// SPDX-License-Identifier: Apache-2.0
// Follows the frames of a WebSocket in one direction, beside the bytes as they pass: where frames end, how many there
// were, and with which code their sender closes. Keeps nothing of what they carry. Pure.
// Source: RFC 6455 sections 5.2, 5.5 and 7.4.
#pragma once

#include "base/websocket_header.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

class WebSocketFrames {
 public:
  /// What a Close frame without a code counts as.
  static constexpr std::uint16_t no_code = 1005;

  explicit WebSocketFrames(WebSocketEnd sender) : header_(sender) {}

  /// Reads `bytes` up to the end of the frame that is under way or begins there. How many belong to it: all when it
  /// goes on behind them. Everything belongs to what follows a Close frame or cannot be a frame.
  std::size_t read_frame(std::string_view bytes);
  /// Reads all of `bytes`.
  void read(std::string_view bytes) {
    while (!bytes.empty()) bytes.remove_prefix(read_frame(bytes));
  }

  /// Between two frames: a frame may go in here. Not after a Close frame, which is the last one.
  bool at_boundary() const { return state_ == State::header && header_.is_empty(); }
  /// What came cannot be frames of this sender; nothing is known from there on.
  bool is_lost() const { return state_ == State::lost; }
  /// A whole Close frame has passed.
  bool is_closed() const { return state_ == State::closed; }
  /// Its code; nothing before.
  std::optional<std::uint16_t> close_code() const { return is_closed() ? std::optional(close_code_) : std::nullopt; }
  /// Whole frames so far, the Close frame included.
  std::uint64_t frames() const { return frames_; }

 private:
  enum class State : std::uint8_t { header, payload, closed, lost };

  void read_header(char byte);
  void read_close(std::string_view payload);
  void end_frame();
  bool is_close() const { return header_.opcode() == WebSocketOpcode::close; }

  WebSocketHeader header_;
  State state_ = State::header;
  std::uint16_t close_code_ = no_code;
  std::uint64_t payload_left_ = 0;
  std::uint64_t payload_read_ = 0;
  std::uint64_t frames_ = 0;
};

/// A Close frame with a code and nothing else, for somebody between the ends who takes leave of both.
class CloseFrame {
 public:
  static constexpr std::uint16_t going_away = 1001;

  /// As a server sends it.
  explicit CloseFrame(std::uint16_t code);
  /// As a client sends it. `mask`: chosen at random for each frame.
  CloseFrame(std::uint16_t code, std::uint32_t mask);
  std::string_view bytes() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, 8> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace sluice
