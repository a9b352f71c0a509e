// SPDX-License-Identifier: Apache-2.0
// Lengths that are not written in their shortest form, control frames in pieces and opcodes without a meaning are
// no frames: whoever is between two ends must not guess where the next one begins.
#include "base/websocket_header.hpp"

namespace sluice {
namespace {

constexpr unsigned mask_bit = 0x80;
constexpr unsigned length_16 = 126;
constexpr unsigned length_64 = 127;

constexpr bool has_meaning(unsigned opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

}  // namespace

WebSocketHeader::Progress WebSocketHeader::take(char byte) {
  bytes_[size_++] = static_cast<unsigned char>(byte);
  if (size_ == least_bytes && !begins_well()) return Progress::invalid;
  if (size_ < needed_) return Progress::incomplete;
  return read_length() ? Progress::complete : Progress::invalid;
}

/// Judges the first two bytes and finds out how long the header is.
bool WebSocketHeader::begins_well() {
  const unsigned length = bytes_[1] & 0x7Fu;
  const bool is_masked = (bytes_[1] & mask_bit) != 0;
  if (!has_meaning(bytes_[0] & 0x0Fu) || is_masked != (sender_ == WebSocketEnd::client)) return false;
  if (is_control() && (!is_final() || length >= length_16)) return false;
  if (opcode() == WebSocketOpcode::close && length == 1) return false;  // Half a code.
  const unsigned extended = length == length_64 ? 8 : length == length_16 ? 2 : 0;
  needed_ = static_cast<std::uint8_t>(least_bytes + extended + (is_masked ? mask_bytes : 0));
  return true;
}

bool WebSocketHeader::read_length() {
  const unsigned length = bytes_[1] & 0x7Fu;
  const std::size_t extended = length == length_64 ? 8 : length == length_16 ? 2 : 0;
  payload_bytes_ = extended == 0 ? length : 0;
  for (std::size_t i = 0; i < extended; ++i) payload_bytes_ = payload_bytes_ << 8 | bytes_[least_bytes + i];
  if (length == length_16) return payload_bytes_ >= length_16;
  if (length == length_64) return payload_bytes_ > 0xFFFF && payload_bytes_ >> 63 == 0;
  return true;
}

}  // namespace sluice
