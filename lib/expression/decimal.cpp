// SPDX-License-Identifier: Apache-2.0
// Decimal arithmetic on an integer of up to 256 bits and a power of ten. Results are rounded half to even into 96 bits.
#include "expression/decimal.hpp"

#include "base/text.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace sluice::expression {
namespace {

using Wide = unsigned __int128;
constexpr int most_scale = 28;
constexpr Wide most_digits = (static_cast<Wide>(0xFFFFFFFFu) << 64) | ~0ull;

/// 256 bits, as eight limbs of 32, lowest first.
struct Big {
  std::uint32_t limb[8] = {};

  static Big from(Wide value) {
    Big big;
    for (int i = 0; i < 4; ++i) big.limb[i] = static_cast<std::uint32_t>(value >> (32 * i));
    return big;
  }
  bool fits() const { return limb[3] == 0 && limb[4] == 0 && limb[5] == 0 && limb[6] == 0 && limb[7] == 0; }
  Wide low() const {
    Wide value = 0;
    for (int i = 3; i >= 0; --i) value = (value << 32) | limb[i];
    return value;
  }
  /// Divides by a small number; the remainder.
  std::uint32_t divide(std::uint32_t by) {
    std::uint64_t rest = 0;
    for (int i = 7; i >= 0; --i) {
      const std::uint64_t part = (rest << 32) | limb[i];
      limb[i] = static_cast<std::uint32_t>(part / by);
      rest = part % by;
    }
    return static_cast<std::uint32_t>(rest);
  }
  void multiply(std::uint32_t by) {
    std::uint64_t carry = 0;
    for (std::uint32_t& part : limb) {
      carry += static_cast<std::uint64_t>(part) * by;
      part = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }
  void increment() {
    for (std::uint32_t& part : limb) {
      if (++part != 0) return;
    }
  }
};

Big product(Wide left, Wide right) {
  Big result;
  for (int i = 0; i < 4; ++i) {
    std::uint64_t carry = 0;
    for (int k = 0; k < 4; ++k) {
      carry += static_cast<std::uint64_t>(static_cast<std::uint32_t>(left >> (32 * i))) *
                   static_cast<std::uint32_t>(right >> (32 * k)) +
               result.limb[i + k];
      result.limb[i + k] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (i + 4 < 8) result.limb[i + 4] += static_cast<std::uint32_t>(carry);
  }
  return result;
}

Decimal pack(Wide digits, int scale, bool negative) {
  Decimal number;
  number.low = static_cast<std::uint64_t>(digits);
  number.high = static_cast<std::uint32_t>(digits >> 64);
  number.scale = static_cast<std::uint8_t>(scale);
  number.negative = negative ? 1 : 0;
  return number;
}

/// Rounds to 96 bits and scale 28; `sticky`: something not zero was cut off before.
std::optional<Decimal> fit(Big digits, int scale, bool negative, bool sticky = false) {
  while (!digits.fits() || scale > most_scale) {
    if (scale == 0) return std::nullopt;
    const bool again_before = !digits.fits() || scale > most_scale;
    const std::uint32_t last = digits.divide(10);
    --scale;
    const bool more = !digits.fits() || scale > most_scale;
    if (again_before && !more) {
      const bool odd = (digits.limb[0] & 1) != 0;
      if (last > 5 || (last == 5 && (sticky || odd))) digits.increment();
      if (!digits.fits()) continue;
    }
    sticky = sticky || last != 0;
  }
  return pack(digits.low(), scale, negative);
}

Wide power_of_ten(int exponent) {
  Wide value = 1;
  for (int i = 0; i < exponent; ++i) value *= 10;
  return value;
}

/// Both numbers over the larger scale, 256 bits wide.
void align(const Decimal& left, const Decimal& right, Big& a, Big& b, int& scale) {
  a = Big::from(left.digits());
  b = Big::from(right.digits());
  scale = left.scale > right.scale ? left.scale : right.scale;
  for (int i = left.scale; i < scale; ++i) a.multiply(10);
  for (int i = right.scale; i < scale; ++i) b.multiply(10);
}

int compare_big(const Big& a, const Big& b) {
  for (int i = 7; i >= 0; --i) {
    if (a.limb[i] != b.limb[i]) return a.limb[i] < b.limb[i] ? -1 : 1;
  }
  return 0;
}

Big add_big(const Big& a, const Big& b) {
  Big sum;
  std::uint64_t carry = 0;
  for (int i = 0; i < 8; ++i) {
    carry += static_cast<std::uint64_t>(a.limb[i]) + b.limb[i];
    sum.limb[i] = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
  return sum;
}

Big subtract_big(const Big& a, const Big& b) {
  Big difference;
  std::int64_t borrow = 0;
  for (int i = 0; i < 8; ++i) {
    borrow += static_cast<std::int64_t>(a.limb[i]) - b.limb[i];
    difference.limb[i] = static_cast<std::uint32_t>(borrow);
    borrow >>= 32;
  }
  return difference;
}

/// Long division, bit by bit.
Big divide_big(const Big& numerator, const Big& denominator, Big& rest) {
  Big quotient;
  rest = Big();
  for (int bit = 255; bit >= 0; --bit) {
    for (int i = 7; i > 0; --i) rest.limb[i] = (rest.limb[i] << 1) | (rest.limb[i - 1] >> 31);
    rest.limb[0] = (rest.limb[0] << 1) | ((numerator.limb[bit / 32] >> (bit % 32)) & 1);
    if (compare_big(rest, denominator) >= 0) {
      rest = subtract_big(rest, denominator);
      quotient.limb[bit / 32] |= 1u << (bit % 32);
    }
  }
  return quotient;
}

bool is_zero(const Big& number) { return compare_big(number, Big()) == 0; }

}  // namespace

Decimal Decimal::from_unsigned(std::uint64_t value) { return pack(value, 0, false); }
Decimal Decimal::from_integer(std::int64_t value) {
  return value < 0 ? pack(0 - static_cast<std::uint64_t>(value), 0, true)
                   : pack(static_cast<std::uint64_t>(value), 0, false);
}

std::optional<Decimal> Decimal::from_double(double value, int digits) {
  if (!std::isfinite(value) || std::fabs(value) >= 7.9228162514264338e28) return std::nullopt;
  char text[64];
  std::snprintf(text, sizeof text, "%.*e", digits - 1, value);
  std::optional<Decimal> number = parse(text);
  return number ? std::optional<Decimal>(number->normalized()) : std::nullopt;
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  bool negative = false;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  Big digits;
  int scale = 0;
  bool point = false, any = false, full = false, sticky = false;
  int dropped_first = -1;
  for (; at < text.size() && (is_digit(text[at]) || text[at] == '.'); ++at) {
    if (text[at] == '.') {
      if (point) return std::nullopt;
      point = true;
      continue;
    }
    any = true;
    if (full || digits.limb[4] != 0) {
      // Far beyond the precision: only its being there matters.
      full = true;
      if (dropped_first < 0) dropped_first = text[at] - '0';
      sticky = sticky || text[at] != '0';
      if (!point) return std::nullopt;
      continue;
    }
    digits.multiply(10);
    digits = add_big(digits, Big::from(static_cast<Wide>(text[at] - '0')));
    if (point) ++scale;
  }
  if (!any) return std::nullopt;
  int exponent = 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const std::optional<std::int64_t> given =
        parse_integer(text.substr(at + 1 + (at + 1 < text.size() && text[at + 1] == '+' ? 1 : 0)));
    if (!given || *given > 1000 || *given < -1000) return std::nullopt;
    exponent = static_cast<int>(*given);
    at = text.size();
  }
  if (at != text.size()) return std::nullopt;
  scale -= exponent;
  while (scale < 0) {
    if (digits.limb[6] != 0) return std::nullopt;
    digits.multiply(10);
    ++scale;
  }
  if (scale > 200) return Decimal();
  return fit(digits, scale, negative, sticky);
}

double Decimal::to_double() const { return std::strtod(to_string().c_str(), nullptr); }

Decimal Decimal::truncated() const { return pack(digits() / power_of_ten(scale), 0, negative != 0); }

std::optional<std::int64_t> Decimal::to_integer() const {
  const Wide whole = truncated().digits();
  if (negative != 0) {
    if (whole > (static_cast<Wide>(1) << 63)) return std::nullopt;
    return static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(whole));
  }
  if (whole >= (static_cast<Wide>(1) << 63)) return std::nullopt;
  return static_cast<std::int64_t>(whole);
}

std::optional<std::uint64_t> Decimal::to_unsigned() const {
  const Wide whole = truncated().digits();
  if ((negative != 0 && whole != 0) || whole > static_cast<Wide>(~0ull)) return std::nullopt;
  return static_cast<std::uint64_t>(whole);
}

std::string Decimal::to_string() const {
  std::string text;
  Wide rest = digits();
  do {
    text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest != 0);
  if (scale != 0) {
    if (text.size() <= scale) text.insert(0, scale + 1 - text.size(), '0');
    text.insert(text.size() - scale, ".");
  }
  if (negative != 0 && !is_zero()) text.insert(text.begin(), '-');
  return text;
}

int Decimal::compare(const Decimal& other) const {
  if (is_zero() && other.is_zero()) return 0;
  const bool left_negative = negative != 0 && !is_zero(), right_negative = other.negative != 0 && !other.is_zero();
  if (left_negative != right_negative) return left_negative ? -1 : 1;
  Big a, b;
  int common = 0;
  align(*this, other, a, b, common);
  const int order = compare_big(a, b);
  return left_negative ? -order : order;
}

Decimal Decimal::negated() const {
  Decimal result = *this;
  result.negative = negative == 0 ? 1 : 0;
  return result;
}

Decimal Decimal::rounded(int decimals, bool away_from_zero) const {
  if (scale <= decimals) return *this;
  const Wide unit = power_of_ten(scale - decimals);
  Wide whole = digits() / unit;
  const Wide rest = digits() % unit, half = unit / 2;
  if (rest > half || (rest == half && (away_from_zero || (whole & 1) != 0))) ++whole;
  return pack(whole, decimals, negative != 0);
}

Decimal Decimal::normalized() const {
  Wide rest = digits();
  int places = scale;
  while (places > 0 && rest % 10 == 0) {
    rest /= 10;
    --places;
  }
  return pack(rest, places, negative != 0);
}

std::optional<Decimal> add(const Decimal& left, const Decimal& right) {
  Big a, b;
  int scale = 0;
  align(left, right, a, b, scale);
  if (left.negative == right.negative) return fit(add_big(a, b), scale, left.negative != 0);
  const int order = compare_big(a, b);
  if (order >= 0) return fit(subtract_big(a, b), scale, left.negative != 0);
  return fit(subtract_big(b, a), scale, right.negative != 0);
}

std::optional<Decimal> multiply(const Decimal& left, const Decimal& right) {
  return fit(product(left.digits(), right.digits()), left.scale + right.scale, left.negative != right.negative);
}

std::optional<Decimal> divide(const Decimal& left, const Decimal& right) {
  if (right.is_zero()) return std::nullopt;
  Big numerator = Big::from(left.digits());
  int scale = left.scale - right.scale;
  const Big denominator = Big::from(right.digits());
  // Ten to the 28th more digits than needed, then cut zeros.
  int extra = 0;
  while (extra < 40 && numerator.limb[7] == 0 && numerator.limb[6] == 0 && (scale < most_scale + 2)) {
    numerator.multiply(10);
    ++scale;
    ++extra;
  }
  Big rest;
  Big quotient = divide_big(numerator, denominator, rest);
  const int preferred = left.scale > right.scale ? left.scale - right.scale : 0;
  if (is_zero(rest)) {
    while (scale > preferred) {
      Big tenth = quotient;
      if (tenth.divide(10) != 0) break;
      quotient = tenth;
      --scale;
    }
  }
  while (scale < 0) {
    quotient.multiply(10);
    ++scale;
  }
  return fit(quotient, scale, left.negative != right.negative, !is_zero(rest));
}

std::optional<Decimal> remainder(const Decimal& left, const Decimal& right) {
  if (right.is_zero()) return std::nullopt;
  Decimal size = left, by = right;
  size.negative = by.negative = 0;
  if (size.compare(by) < 0) return left;  // With the scale it has.
  Big a, b, rest;
  int scale = 0;
  align(left, right, a, b, scale);
  divide_big(a, b, rest);
  return fit(rest, scale, left.negative != 0);
}

}  // namespace sluice::expression
