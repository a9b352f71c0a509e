// SPDX-License-Identifier: Apache-2.0
// Texts are UTF-8 inside and UTF-16 to C# code: lengths, positions and units as C# sees them. ASCII takes a short way.
// A lone surrogate, which C# strings may hold, is kept as its three-byte form and becomes U+FFFD when it leaves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::expression {

inline constexpr std::size_t no_position = static_cast<std::size_t>(-1);

bool is_ascii(std::string_view text);
/// Length in UTF-16 units.
std::size_t utf16_length(std::string_view text);
/// Byte position of UTF-16 unit `units`; `no_position` when the text is shorter. A position inside a surrogate pair
/// gives the byte position of the pair, with `inside` set.
std::size_t byte_position(std::string_view text, std::size_t units, bool* inside = nullptr);
/// The unit at that position, which must be there.
char16_t unit_at(std::string_view text, std::size_t units);
/// The text of units [start, start + count), which must be there; appended. Halves of pairs become lone surrogates.
void append_units(std::string& to, std::string_view text, std::size_t start, std::size_t count);
/// Appends one UTF-16 unit; a low surrogate joins a high one at the end.
void append_unit(std::string& to, char16_t unit);
/// The text of one UTF-16 unit.
std::string unit_text(char16_t unit);
/// UTF-16 units of a text.
std::u16string to_utf16(std::string_view text);
std::string from_utf16(std::u16string_view text);
/// The text with lone surrogates and invalid bytes replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

/// The code point at `at`, which is moved behind it. Invalid bytes and lone surrogates count as one point each.
std::uint32_t next_point(std::string_view text, std::size_t& at);
void append_point(std::string& to, std::uint32_t point);

/// Invariant, one to one.
std::string to_upper_text(std::string_view text);
std::string to_lower_text(std::string_view text);
std::uint32_t to_upper_point(std::uint32_t point);
std::uint32_t to_lower_point(std::uint32_t point);
bool is_white(std::uint32_t point);

bool equal_ignore_case(std::string_view left, std::string_view right);
/// By UTF-16 units.
int compare_ordinal(std::string_view left, std::string_view right, bool ignore_case);
/// As the invariant culture sorts: letters before case, `a < B < c`.
int compare_culture(std::string_view left, std::string_view right, bool ignore_case);

/// utf8proc's category, as UnicodeCategory orders it.
int category_of(std::uint32_t point);

}  // namespace sluice::expression
