// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/utf8_text.hpp"

#include <cstring>

namespace sluice::tokenizer {
namespace {

constexpr std::uint64_t high_bits = 0x8080808080808080;

/// What the second byte may be after `lead`, which decides it for the rest too.
struct Lead {
  std::size_t bytes;
  unsigned char low, high;
};

Lead lead_of(unsigned char lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xC2 || lead > 0xF4) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead < 0xF0)
    return {3, static_cast<unsigned char>(lead == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(lead == 0xED ? 0x9F : 0xBF)};
  return {4, static_cast<unsigned char>(lead == 0xF0 ? 0x90 : 0x80),
          static_cast<unsigned char>(lead == 0xF4 ? 0x8F : 0xBF)};
}

}  // namespace

Utf8Sequence first_sequence(std::string_view text) {
  const Lead lead = lead_of(static_cast<unsigned char>(text[0]));
  if (lead.bytes == 0) return {Utf8Sequence::Kind::invalid, 1};
  for (std::size_t i = 1; i < lead.bytes; ++i) {
    if (i == text.size()) return {Utf8Sequence::Kind::cut, i};
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool fits = i == 1 ? byte >= lead.low && byte <= lead.high : (byte & 0xC0) == 0x80;
    if (!fits) return {Utf8Sequence::Kind::invalid, i};
  }
  return {Utf8Sequence::Kind::valid, lead.bytes};
}

std::size_t valid_bytes(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t word;
    if (at + sizeof word <= text.size()) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & high_bits) == 0) {
        at += sizeof word;
        continue;
      }
    }
    const Utf8Sequence sequence = first_sequence(text.substr(at));
    if (sequence.kind != Utf8Sequence::Kind::valid) break;
    at += sequence.bytes;
  }
  return at;
}

std::string repaired(std::string_view text) {
  std::string whole;
  while (!text.empty()) {
    const std::size_t valid = valid_bytes(text);
    whole += text.substr(0, valid);
    text.remove_prefix(valid);
    if (text.empty()) break;
    whole += replacement_character;
    text.remove_prefix(first_sequence(text).bytes);
  }
  return whole;
}

}  // namespace sluice::tokenizer
