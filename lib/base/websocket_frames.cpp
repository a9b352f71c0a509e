// SPDX-License-Identifier: Apache-2.0
// Lengths that are not written in their shortest form, control frames in pieces and opcodes without a meaning are
// taken as "no frame": whoever is between two ends must not guess where the next one begins.
#include "base/websocket_frames.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr unsigned final_bit = 0x80;
constexpr unsigned mask_bit = 0x80;
constexpr unsigned control_bit = 0x08;
constexpr unsigned length_16 = 126;
constexpr unsigned length_64 = 127;
constexpr unsigned mask_bytes = 4;

constexpr bool has_meaning(unsigned opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

}  // namespace

std::size_t WebSocketFrames::read_frame(std::string_view bytes) {
  std::size_t at = 0;
  while (state_ == State::header && at < bytes.size()) {
    const std::uint64_t before = frames_;
    read_header(bytes[at++]);
    if (frames_ != before) return at;  // A frame without a payload.
  }
  if (state_ != State::payload) return bytes.size();
  const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size() - at));
  if (is_close()) read_close(bytes.substr(at, part));
  payload_left_ -= part;
  payload_read_ += part;
  if (payload_left_ == 0) end_frame();
  return at + part;
}

void WebSocketFrames::read_header(char byte) {
  header_[header_size_++] = static_cast<unsigned char>(byte);
  if (header_size_ == least_header_bytes && !begins_well()) state_ = State::lost;
  if (header_size_ < header_needed_ || state_ == State::lost) return;
  if (!read_length()) {
    state_ = State::lost;
  } else if (payload_left_ == 0) {
    end_frame();
  } else {
    state_ = State::payload;
  }
}

/// Judges the first two bytes and finds out how long the header is.
bool WebSocketFrames::begins_well() {
  const unsigned opcode = header_[0] & 0x0Fu;
  const unsigned length = header_[1] & 0x7Fu;
  const bool is_masked = (header_[1] & mask_bit) != 0;
  if (!has_meaning(opcode) || is_masked != (sender_ == WebSocketEnd::client)) return false;
  if ((opcode & control_bit) != 0 && ((header_[0] & final_bit) == 0 || length >= length_16)) return false;
  if (is_close() && length == 1) return false;  // Half a code.
  const unsigned extended = length == length_64 ? 8 : length == length_16 ? 2 : 0;
  header_needed_ = static_cast<std::uint8_t>(least_header_bytes + extended + (is_masked ? mask_bytes : 0));
  return true;
}

bool WebSocketFrames::read_length() {
  const unsigned length = header_[1] & 0x7Fu;
  const std::size_t extended = length == length_64 ? 8 : length == length_16 ? 2 : 0;
  payload_read_ = 0;
  payload_left_ = extended == 0 ? length : 0;
  for (std::size_t i = 0; i < extended; ++i) payload_left_ = payload_left_ << 8 | header_[least_header_bytes + i];
  if (length == length_16) return payload_left_ >= length_16;
  if (length == length_64) return payload_left_ > 0xFFFF && payload_left_ >> 63 == 0;
  return true;
}

void WebSocketFrames::read_close(std::string_view payload) {
  if (payload_read_ == 0) close_code_ = 0;
  for (std::size_t i = 0; i < payload.size() && payload_read_ + i < 2; ++i) {
    unsigned byte = static_cast<unsigned char>(payload[i]);
    if (sender_ == WebSocketEnd::client) byte ^= header_[least_header_bytes + payload_read_ + i];
    close_code_ = static_cast<std::uint16_t>(close_code_ << 8 | byte);
  }
}

void WebSocketFrames::end_frame() {
  ++frames_;
  state_ = is_close() ? State::closed : State::header;
  header_size_ = 0;
  header_needed_ = least_header_bytes;
}

CloseFrame::CloseFrame(std::uint16_t code)
    : bytes_{static_cast<char>(0x88), 2, static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)}, size_(4) {}

CloseFrame::CloseFrame(std::uint16_t code, std::uint32_t mask)
    : bytes_{static_cast<char>(0x88), static_cast<char>(mask_bit | 2)}, size_(8) {
  for (unsigned i = 0; i < mask_bytes; ++i) bytes_[2 + i] = static_cast<char>(mask >> (8 * i) & 0xFF);
  bytes_[6] = static_cast<char>((code >> 8) ^ (mask & 0xFF));
  bytes_[7] = static_cast<char>((code & 0xFF) ^ (mask >> 8 & 0xFF));
}

}  // namespace sluice
