// SPDX-License-Identifier: Apache-2.0
// Which bytes may stand where in a message head (R5, R6), as tables: one load a byte.
#pragma once

#include "base/text.hpp"

#include <array>
#include <string_view>

namespace sluice {

namespace detail {
constexpr std::array<bool, 256> make_table(bool (*holds)(unsigned char)) {
  std::array<bool, 256> table{};
  for (unsigned i = 0; i < 256; ++i) table[i] = holds(static_cast<unsigned char>(i));
  return table;
}
}  // namespace detail

/// `tchar`: field names and methods.
inline constexpr auto token_bytes =
    detail::make_table([](unsigned char c) { return is_token_char(static_cast<char>(c)); });
/// Field values, reason phrases, chunk extensions: TAB, 0x20-0x7e, 0x80-0xff.
inline constexpr auto value_bytes =
    detail::make_table([](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7F); });
/// Request targets: visible ASCII. Bytes beyond stay for the path's own normal form to judge.
inline constexpr auto target_bytes = detail::make_table([](unsigned char c) { return c > 0x20 && c != 0x7F; });

constexpr bool all_in(std::string_view text, const std::array<bool, 256>& table) {
  for (char c : text) {
    if (!table[static_cast<unsigned char>(c)]) return false;
  }
  return true;
}

}  // namespace sluice
