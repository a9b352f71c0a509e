// SPDX-License-Identifier: Apache-2.0
// Numbers, GUIDs and enums to text and back, as .NET does in the invariant culture.
#pragma once

#include <sluice/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::expression {

struct Type;

/// Standard formats (C D E F G N P R X) and custom ones (`0.00`, `#,##0`). A bad format sets `fault`.
std::string format_number(const Value& value, std::string_view format, std::string& fault);
std::string format_guid(const std::uint8_t* bytes, std::string_view format, std::string& fault);
std::string format_enum(const Value& value, std::string_view format, std::string& fault);
/// Shortest text that reads back as the same number: `0.1`, `1E+16`.
std::string shortest(double value, bool is_float = false);

enum class NumberError : std::uint8_t { none, format, overflow };
/// An integer as `int.Parse` reads it: blanks and a sign, within the range of `kind`.
NumberError parse_whole(std::string_view text, ValueKind kind, std::int64_t& result);
/// A floating-point number: blanks, sign, thousands separators, point, exponent, Infinity and NaN.
NumberError parse_real(std::string_view text, double& result);
/// The digits of a decimal, thousands separators removed.
std::optional<std::string> plain_number(std::string_view text);
bool parse_guid(std::string_view text, std::uint8_t* bytes);
/// The enum's value of that name (or names with commas, or number).
std::optional<std::int32_t> parse_enum(const Type* type, std::string_view text, bool ignore_case);

}  // namespace sluice::expression
