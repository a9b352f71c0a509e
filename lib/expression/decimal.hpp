// SPDX-License-Identifier: Apache-2.0
// System.Decimal: 96 bits of digits, a scale of 0 to 28, a sign. Keeps its scale: 1.10 + 2 is 3.10.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::expression {

/// 16 bytes, as values point to it.
struct alignas(16) Decimal {
  std::uint64_t low = 0;
  std::uint32_t high = 0;
  std::uint8_t scale = 0;
  std::uint8_t negative = 0;
  std::uint16_t unused = 0;

  static Decimal from_integer(std::int64_t value);
  static Decimal from_unsigned(std::uint64_t value);
  /// Nothing outside the range. Rounded to 15 significant digits, as .NET does (7 for float).
  static std::optional<Decimal> from_double(double value, int digits = 15);
  /// `[-+]digits[.digits][e±n]`; nothing when malformed or out of range.
  static std::optional<Decimal> parse(std::string_view text);

  unsigned __int128 digits() const { return (static_cast<unsigned __int128>(high) << 64) | low; }
  bool is_zero() const { return low == 0 && high == 0; }
  double to_double() const;
  /// Toward zero; nothing when it does not fit into 64 bits and a sign.
  std::optional<std::int64_t> to_integer() const;
  std::optional<std::uint64_t> to_unsigned() const;
  std::string to_string() const;
  int compare(const Decimal& other) const;
  Decimal negated() const;
  /// To that many decimals; halves to even, or away from zero.
  Decimal rounded(int decimals, bool away_from_zero = false) const;
  Decimal truncated() const;
  /// 1.500 becomes 1.5.
  Decimal normalized() const;
};

/// Nothing on overflow; division also on division by zero.
std::optional<Decimal> add(const Decimal& left, const Decimal& right);
std::optional<Decimal> multiply(const Decimal& left, const Decimal& right);
std::optional<Decimal> divide(const Decimal& left, const Decimal& right);
std::optional<Decimal> remainder(const Decimal& left, const Decimal& right);

}  // namespace sluice::expression
