// SPDX-License-Identifier: Apache-2.0
// Comparing names of fields and the like, which are short and mostly written alike.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice {

/// Texts of up to this many bytes, as names and values of fields mostly are, are compared and copied in place.
inline constexpr std::size_t short_text = 16;

/// Whether two texts of the same, short size are equal.
inline bool same_short_text(const char* left, const char* right, std::size_t size) {
  const auto same_words = [&](auto word) {  // Two words that may overlap cover the text.
    decltype(word) first[2], last[2];
    std::memcpy(first, left, sizeof word);
    std::memcpy(first + 1, right, sizeof word);
    std::memcpy(last, left + size - sizeof word, sizeof word);
    std::memcpy(last + 1, right + size - sizeof word, sizeof word);
    return ((first[0] ^ first[1]) | (last[0] ^ last[1])) == 0;
  };
  if (size >= 8) return same_words(std::uint64_t{});
  if (size >= 4) return same_words(std::uint32_t{});
  if (size >= 2) return same_words(std::uint16_t{});
  return size == 0 || *left == *right;
}

/// ASCII case-insensitive comparison.
bool equal_ignoring_case(std::string_view left, std::string_view right);

/// The same, as field names compare: quicker when they are written alike.
inline bool same_name(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  if (left.size() <= short_text && same_short_text(left.data(), right.data(), left.size())) return true;
  return equal_ignoring_case(left, right);
}

}  // namespace sluice
