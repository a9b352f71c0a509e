// SPDX-License-Identifier: Apache-2.0
// The fields behind a body: kept while they arrive, read when they are complete, never mixed with those of the head
// (R4). Which of them may travel. Pure.
#pragma once

#include "http/head_check.hpp"

#include <sluice/arena.hpp>
#include <sluice/message.hpp>

#include <span>
#include <string>

namespace sluice::http {

/// Whether a field may stand behind a body. Those about framing, routing, authentication, cookies, caching and the
/// connection may not, whatever their writing, nor may `reserved` ones. **Source**: RFC 9110 section 6.5.1.
bool may_trail(const Header& field, std::span<const HeaderName> reserved = {});

/// A trailer section that arrives. Made only for messages that have one; stays where it was made.
class Trailers {
 public:
  Trailers() : arena_(first_block_bytes), fields_(arena_) {}
  Trailers(const Trailers&) = delete;
  Trailers& operator=(const Trailers&) = delete;

  /// HTTP/1.1: a byte of a field line or of its end. The caller bounds how many.
  void take(char byte) { text_ += byte; }
  /// The section is complete: reads its lines and keeps those that may travel. False when they are malformed.
  bool finish();
  /// HTTP/2: all lines at once, as they were checked and put into `arena`.
  void take(const HeadLines& lines);
  Arena& arena() { return arena_; }
  /// What has been kept; null when that is nothing.
  const Headers* fields() const { return fields_.size() != 0 ? &fields_ : nullptr; }
  void remove(std::span<const HeaderName> names) {
    fields_.remove_if([&](const Header& field) { return !may_trail(field, names); });
  }

 private:
  static constexpr std::size_t first_block_bytes = 2048;
  Arena arena_;
  std::string text_ = "\r\n";  // the first line of a head, which a trailer section does not have
  Headers fields_;
};

}  // namespace sluice::http
