// SPDX-License-Identifier: Apache-2.0
// Scanning C# text without understanding it: where literals, comments and brackets end.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::expression {

inline constexpr std::size_t unterminated = static_cast<std::size_t>(-1);

/// Interpolated strings may hold strings that are interpolated again; deeper than this is refused.
inline constexpr unsigned interpolation_depth = 16;

/// When a string, character literal or comment starts at `position`, the position behind it; `position` when none
/// does; `unterminated` when it does not end.
std::size_t skip_literal(std::string_view text, std::size_t position, unsigned depth = 0);

/// Position of the bracket that closes the one at `open`, or `unterminated`.
std::size_t matching_bracket(std::string_view text, std::size_t open, unsigned depth = 0);

}  // namespace sluice::expression
