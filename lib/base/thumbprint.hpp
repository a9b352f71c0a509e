// SPDX-License-Identifier: Apache-2.0
// Thumbprints and serial numbers of certificates as people write them: in either case, with blanks or colons, and with
// the invisible marks that windows of certificates copy along.
#pragma once

#include "base/text.hpp"

#include <string>
#include <string_view>

namespace sluice {

/// The hexadecimal digits of `text` alone, in upper case.
inline std::string plain_thumbprint(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (hex_value(c) >= 0) digits += c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return digits;
}

}  // namespace sluice
