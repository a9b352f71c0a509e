// SPDX-License-Identifier: Apache-2.0
#include "base/websocket_messages.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr std::uint16_t no_code = 1005;
constexpr std::uint16_t protocol_error = 1002;
constexpr std::uint16_t invalid_text = 1007;
constexpr std::uint16_t too_large = 1009;
constexpr std::size_t code_bytes = 2;
constexpr std::size_t most_control_bytes = 125;
constexpr std::size_t kept_bytes = 4096;  ///< Of memory for messages, while there is none.

/// Section 7.4: what a Close frame may say.
constexpr bool may_be_sent(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

}  // namespace

std::optional<WebSocketItem> WebSocketReceiver::read(std::string_view& bytes) {
  if (std::exchange(is_given_, false)) {
    message_.clear();
    if (message_.capacity() > kept_bytes) message_.shrink_to_fit();
  }
  while (!bytes.empty() && state_ != State::over) {
    if (state_ == State::header) {
      const auto progress = header_.take(bytes.front());
      bytes.remove_prefix(1);
      if (progress == WebSocketHeader::Progress::invalid) return fault(protocol_error, "Invalid frame.");
      if (progress == WebSocketHeader::Progress::incomplete) continue;
      if (auto item = begin_frame()) return item;
    } else {
      const std::uint64_t left = header_.payload_bytes() - payload_read_;
      const std::string_view part = bytes.substr(0, std::min<std::uint64_t>(left, bytes.size()));
      take(part);
      bytes.remove_prefix(part.size());
    }
    if (payload_read_ < header_.payload_bytes()) continue;
    if (auto item = end_frame()) return item;
  }
  bytes = {};
  return std::nullopt;
}

/// Only faults are told of here.
std::optional<WebSocketItem> WebSocketReceiver::begin_frame() {
  state_ = State::payload;
  payload_read_ = 0;
  if (header_.has_reserved_bits()) return fault(protocol_error, "No extension has been agreed on.");
  if (header_.is_control()) {
    control_.clear();
    return std::nullopt;
  }
  const bool goes_on = header_.opcode() == WebSocketOpcode::continuation;
  if (goes_on != has_begun_) return fault(protocol_error, "A message in pieces out of their order.");
  if (header_.payload_bytes() > most_bytes_ - message_.size()) return fault(too_large, "The message is too long.");
  has_begun_ = true;
  if (!goes_on) is_text_ = header_.opcode() == WebSocketOpcode::text;
  return std::nullopt;
}

void WebSocketReceiver::take(std::string_view part) {
  std::string& to = payload();
  for (const char byte : part)
    to += static_cast<char>(static_cast<unsigned char>(byte) ^ header_.mask(payload_read_++));
}

std::optional<WebSocketItem> WebSocketReceiver::end_frame() {
  state_ = State::header;
  const WebSocketOpcode opcode = header_.opcode();
  const bool is_final = header_.is_final();
  header_.clear();
  switch (opcode) {
    case WebSocketOpcode::close: return end_close();
    case WebSocketOpcode::ping: return WebSocketItem{WebSocketItem::Kind::ping, control_};
    case WebSocketOpcode::pong: return WebSocketItem{WebSocketItem::Kind::pong, control_};
    default: return is_final ? std::optional(end_message()) : std::nullopt;
  }
}

WebSocketItem WebSocketReceiver::end_message() {
  has_begun_ = false;
  if (is_text_ && !is_valid_utf8(message_)) return fault(invalid_text, "The text is not UTF-8.");
  is_given_ = true;
  return {is_text_ ? WebSocketItem::Kind::text : WebSocketItem::Kind::binary, message_};
}

WebSocketItem WebSocketReceiver::end_close() {
  state_ = State::over;
  if (control_.empty()) return {WebSocketItem::Kind::close, {}, no_code};
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(control_[at]); };
  const auto code = static_cast<std::uint16_t>(byte(0) << 8 | byte(1));
  const std::string_view reason = std::string_view(control_).substr(code_bytes);
  if (!may_be_sent(code)) return fault(protocol_error, "Invalid code to close with.");
  if (!is_valid_utf8(reason)) return fault(invalid_text, "The reason to close is not UTF-8.");
  return {WebSocketItem::Kind::close, reason, code};
}

WebSocketItem WebSocketReceiver::fault(std::uint16_t code, std::string_view why) {
  state_ = State::over;
  return {WebSocketItem::Kind::fault, why, code};
}

void append_frame(std::string& to, WebSocketOpcode opcode, std::string_view payload) {
  constexpr unsigned final_bit = 0x80;
  constexpr std::size_t most_short = 125;
  const std::size_t size = payload.size();
  to += static_cast<char>(final_bit | static_cast<unsigned>(opcode));
  const int bytes = size <= most_short ? 0 : size <= 0xFFFF ? 2 : 8;
  to += static_cast<char>(bytes == 0 ? size : bytes == 2 ? 126 : 127);
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    to += static_cast<char>(static_cast<std::uint64_t>(size) >> shift & 0xFF);
  to += payload;
}

void append_close_frame(std::string& to, std::uint16_t code, std::string_view reason) {
  std::size_t size = std::min(reason.size(), most_control_bytes - code_bytes);
  while (size > 0 && size < reason.size() && (static_cast<unsigned char>(reason[size]) & 0xC0) == 0x80) --size;
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
  append_frame(to, WebSocketOpcode::close, payload.append(reason.substr(0, size)));
}

}  // namespace sluice
