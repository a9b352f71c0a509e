// SPDX-License-Identifier: Apache-2.0
// JSON pointers in fragments of URIs. Source: RFC 6901, section 6.
#pragma once

#include "base/text.hpp"

#include <string>
#include <string_view>

namespace sluice {

/// One step of a pointer: `~1` is a slash, `~0` a tilde, and `%xx` a byte, because it stands in a URI.
inline std::string decode_pointer_step(std::string_view step) {
  std::string decoded;
  for (std::size_t i = 0; i < step.size(); ++i) {
    if (step[i] == '~' && i + 1 < step.size() && (step[i + 1] == '0' || step[i + 1] == '1')) {
      decoded += step[++i] == '0' ? '~' : '/';
    } else if (step[i] == '%' && i + 2 < step.size() && hex_value(step[i + 1]) >= 0 && hex_value(step[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_value(step[i + 1]) * 16 + hex_value(step[i + 2]));
      i += 2;
    } else {
      decoded += step[i];
    }
  }
  return decoded;
}

}  // namespace sluice
