// SPDX-License-Identifier: Apache-2.0
#include "base/base64url.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

namespace sluice {
namespace {

int digit_of(char c, char plus, char slash) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  return c == plus ? 62 : c == slash ? 63 : -1;
}

/// The bytes of digits without padding.
std::optional<std::string> decode_digits(std::string_view digits, char plus, char slash) {
  if (digits.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(digits.size() / 4 * 3 + 2);
  unsigned bits = 0, count = 0;
  for (const char c : digits) {
    const int digit = digit_of(c, plus, slash);
    if (digit < 0) return std::nullopt;
    bits = bits << 6 | static_cast<unsigned>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  if ((bits & ((1u << count) - 1)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::optional<std::string> decode_base64url(std::string_view text) { return decode_digits(text, '-', '_'); }

std::string encode_base64url(std::string_view data) {
  std::string text = base64_encode(data);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string digits;
  digits.reserve(text.size());
  for (const char c : text) {
    if (!is_blank(c)) digits += c;
  }
  if (digits.size() % 4 != 0) return std::nullopt;
  for (int i = 0; i < 2 && digits.ends_with('='); ++i) digits.pop_back();
  return decode_digits(digits, '+', '/');
}

}  // namespace sluice
