// SPDX-License-Identifier: Apache-2.0
// Text that may not be valid UTF-8: what stands at its beginning. What is not valid counts as U+FFFD, once for each
// longest beginning of a valid sequence, as decoders of browsers and Node replace it.
// **Source**: Unicode, section 3.9 ("U+FFFD Substitution of Maximal Subparts"); WHATWG Encoding, UTF-8 decoder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::tokenizer {

inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

struct Utf8Sequence {
  enum class Kind : std::uint8_t {
    valid,
    invalid,  ///< The bytes stand for one U+FFFD.
    cut       ///< The text ends within a sequence that is valid so far.
  };
  Kind kind;
  std::size_t bytes;
};

/// The sequence at the start of a text that is not empty.
Utf8Sequence first_sequence(std::string_view text);

/// How many bytes at the start of the text are valid: whole sequences.
std::size_t valid_bytes(std::string_view text);

/// The text with U+FFFD in the place of what is not valid.
std::string repaired(std::string_view text);

/// A code point of valid UTF-8 and its length.
struct CodePoint {
  std::uint32_t value;
  std::uint32_t bytes;
};

inline CodePoint code_point_at(const char* at) {
  const auto byte = [at](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(at[i])); };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xE0) return {(first & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  if (first < 0xF0) return {(first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
  return {(first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F), 4};
}

}  // namespace sluice::tokenizer
