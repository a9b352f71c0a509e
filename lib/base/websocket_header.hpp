// SPDX-License-Identifier: Apache-2.0
// The header of a WebSocket frame, byte by byte: judged as soon as it can be. Pure.
// Source: RFC 6455 section 5.2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sluice {

/// Whose frames they are: those of a client are masked, those of a server are not.
enum class WebSocketEnd : std::uint8_t { client, server };

/// What a frame is. Control frames are those from `close` on.
enum class WebSocketOpcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

class WebSocketHeader {
 public:
  enum class Progress : std::uint8_t {
    incomplete,
    complete,
    invalid  ///< No header of this sender: nothing is known of what follows.
  };

  explicit WebSocketHeader(WebSocketEnd sender) : sender_(sender) {}

  Progress take(char byte);
  /// Makes it ready for the next one. What the last one said can be asked until then.
  void clear() {
    size_ = 0;
    needed_ = least_bytes;
  }
  /// No byte has come yet.
  bool is_empty() const { return size_ == 0; }

  // Of a header that is complete.
  bool is_final() const { return (bytes_[0] & 0x80) != 0; }
  /// Bits that only extensions give a meaning.
  bool has_reserved_bits() const { return (bytes_[0] & 0x70) != 0; }
  WebSocketOpcode opcode() const { return static_cast<WebSocketOpcode>(bytes_[0] & 0x0F); }
  bool is_control() const { return opcode() >= WebSocketOpcode::close; }
  std::uint64_t payload_bytes() const { return payload_bytes_; }
  /// What byte number `at` of the payload is masked with; 0 for frames of a server.
  unsigned char mask(std::uint64_t at) const {
    return sender_ == WebSocketEnd::client ? bytes_[needed_ - mask_bytes + at % mask_bytes] : 0;
  }

 private:
  bool begins_well();
  bool read_length();

  static constexpr std::size_t most_bytes = 14;
  static constexpr std::size_t least_bytes = 2;
  static constexpr std::size_t mask_bytes = 4;
  std::array<unsigned char, most_bytes> bytes_{};
  std::uint8_t size_ = 0;
  std::uint8_t needed_ = least_bytes;
  const WebSocketEnd sender_;
  std::uint64_t payload_bytes_ = 0;
};

}  // namespace sluice
