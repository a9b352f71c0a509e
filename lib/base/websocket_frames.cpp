// SPDX-License-Identifier: Apache-2.0
#include "base/websocket_frames.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr unsigned mask_bit = 0x80;
constexpr unsigned mask_bytes = 4;

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
  const auto progress = header_.take(byte);
  if (progress == WebSocketHeader::Progress::incomplete) return;
  if (progress == WebSocketHeader::Progress::invalid) {
    state_ = State::lost;
    return;
  }
  payload_read_ = 0;
  payload_left_ = header_.payload_bytes();
  if (payload_left_ == 0) return end_frame();
  state_ = State::payload;
}

void WebSocketFrames::read_close(std::string_view payload) {
  if (payload_read_ == 0) close_code_ = 0;
  for (std::size_t i = 0; i < payload.size() && payload_read_ + i < 2; ++i) {
    const unsigned byte = static_cast<unsigned char>(payload[i]) ^ header_.mask(payload_read_ + i);
    close_code_ = static_cast<std::uint16_t>(close_code_ << 8 | byte);
  }
}

void WebSocketFrames::end_frame() {
  ++frames_;
  state_ = is_close() ? State::closed : State::header;
  header_.clear();
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
