// SPDX-License-Identifier: Apache-2.0
// GUIDs as texts of the form `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
#pragma once

#include <sluice/random.hpp>

#include "base/text.hpp"

#include <string>
#include <string_view>

namespace sluice {

inline bool is_guid_text(std::string_view text) {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == '-' ? text[i] != '-' : hex_value(text[i]) < 0) return false;
  }
  return true;
}

/// A random one (version 4). **Source**: RFC 9562 section 5.4.
inline std::string random_guid_text(Random& random) {
  std::uint64_t high = random.bits(), low = random.bits();
  high = (high & ~std::uint64_t{0xF000}) | 0x4000;
  low = (low & ~(std::uint64_t{3} << 62)) | std::uint64_t{1} << 63;
  std::string text;
  for (int digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) text += '-';
    const std::uint64_t half = digit < 16 ? high : low;
    text += "0123456789abcdef"[half >> (60 - 4 * (digit % 16)) & 15];
  }
  return text;
}

}  // namespace sluice
