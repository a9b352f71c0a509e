// SPDX-License-Identifier: Apache-2.0
// Bytes as hexadecimal digits.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

inline constexpr char upper_hexadecimal[] = "0123456789ABCDEF";
inline constexpr char lower_hexadecimal[] = "0123456789abcdef";

/// Two digits for each byte.
inline std::string to_hexadecimal(std::string_view bytes, const char* digits = upper_hexadecimal) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

}  // namespace sluice
