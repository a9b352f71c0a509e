// SPDX-License-Identifier: Apache-2.0
// Formatting works on decimal digits: a number becomes digits and an exponent, exactly, and the format places them.
#include "expression/number_format.hpp"

#include "expression/decimal.hpp"
#include "expression/type.hpp"
#include "expression/unicode.hpp"

#include "base/text.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace sluice::expression {
namespace {

/// 0.d1d2d3… × 10^point.
struct Digits {
  std::string digits;
  int point = 0;
  bool negative = false;

  void round_to(int decimals) { cut(point + decimals); }
  /// Keeps `count` digits, halves away from zero.
  void cut(int count) {
    if (count >= static_cast<int>(digits.size())) return;
    if (count < 0) {
      digits.clear();
      point = 0;
      return;
    }
    const bool up = digits[static_cast<std::size_t>(count)] >= '5';
    digits.resize(static_cast<std::size_t>(count));
    if (up) {
      std::size_t i = digits.size();
      while (i != 0 && digits[i - 1] == '9') digits[--i] = '0';
      if (i != 0) {
        ++digits[i - 1];
      } else {
        digits.insert(digits.begin(), '1');
        ++point;
      }
    }
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    if (digits.empty()) point = 0;
  }
  bool is_zero() const { return digits.empty(); }
  char at(int i) const {
    return i >= 0 && i < static_cast<int>(digits.size()) ? digits[static_cast<std::size_t>(i)] : '0';
  }
};

void strip(Digits& number) {
  std::size_t zeros = 0;
  while (zeros < number.digits.size() && number.digits[zeros] == '0') ++zeros;
  number.digits.erase(0, zeros);
  number.point -= static_cast<int>(zeros);
  while (!number.digits.empty() && number.digits.back() == '0') number.digits.pop_back();
  if (number.digits.empty()) number.point = 0;
}

Digits from_plain(std::string_view text) {
  Digits number;
  if (text.starts_with('-')) {
    number.negative = true;
    text.remove_prefix(1);
  }
  const std::size_t exponent = text.find_first_of("eE");
  std::string_view mantissa = text.substr(0, exponent);
  const std::size_t point = mantissa.find('.');
  number.digits = std::string(mantissa.substr(0, point));
  number.point = static_cast<int>(number.digits.size());
  if (point != std::string_view::npos) number.digits += mantissa.substr(point + 1);
  if (exponent != std::string_view::npos) number.point += std::atoi(std::string(text.substr(exponent + 1)).c_str());
  strip(number);
  return number;
}

bool is_floating(const Value& value) {
  return value.kind() == ValueKind::float64 || value.kind() == ValueKind::float32;
}

std::string plain_text(const Value& value) {
  char buffer[400];
  if (value.kind() == ValueKind::decimal) return static_cast<const Decimal*>(value.data())->to_string();
  if (is_floating(value)) {
    const auto result = value.kind() == ValueKind::float32
                            ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<float>(value.as_number()))
                            : std::to_chars(buffer, buffer + sizeof buffer, value.as_number());
    return std::string(buffer, result.ptr);
  }
  if (value.kind() == ValueKind::uint64) return std::to_string(value.bits());
  return std::to_string(value.as_integer());
}

/// Digits for formats with fixed decimals: doubles exactly, since .NET Core 3.0 prints them exactly.
Digits digits_of(const Value& value, int precision_digits) {
  if (!is_floating(value)) return from_plain(plain_text(value));
  (void)precision_digits;
  char buffer[64];
  // 15 significant digits, as .NET rounds before it applies a format with decimals.
  std::snprintf(buffer, sizeof buffer, "%.14e", value.as_number());
  return value.kind() == ValueKind::float32 ? from_plain(plain_text(value)) : from_plain(buffer);
}

std::string grouped(const std::string& whole) {
  std::string text;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (i != 0 && (whole.size() - i) % 3 == 0) text += ',';
    text += whole[i];
  }
  return text;
}

std::string fixed(const Digits& number, int decimals, bool groups) {
  std::string whole, fraction;
  for (int i = 0; i < number.point; ++i) whole += number.at(i);
  if (whole.empty()) whole = "0";
  for (int i = 0; i < decimals; ++i) fraction += number.at(number.point + i);
  std::string text = groups ? grouped(whole) : whole;
  if (decimals > 0) text += "." + fraction;
  return text;
}

std::string scientific(const Digits& number, int decimals, char mark, int exponent_digits) {
  std::string text(1, number.at(0));
  if (decimals > 0) text += '.';
  for (int i = 1; i <= decimals; ++i) text += number.at(i);
  const int exponent = number.is_zero() ? 0 : number.point - 1;
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%c%c%0*d", mark, exponent < 0 ? '-' : '+', exponent_digits, std::abs(exponent));
  return text + buffer;
}

std::string general(Digits number, int precision, char mark, bool is_decimal) {
  if (precision > 0) number.cut(precision);
  if (number.is_zero()) return "0";
  const int limit = precision > 0 ? precision : 15;
  if (!is_decimal && (number.point > limit || number.point < -3)) {
    return scientific(number, static_cast<int>(number.digits.size()) - 1, mark, 2);
  }
  return fixed(number, std::max(0, static_cast<int>(number.digits.size()) - number.point), false);
}

int default_precision(const Value& value) {
  switch (value.kind()) {
    case ValueKind::uint8:
    case ValueKind::int8: return 3;
    case ValueKind::int16:
    case ValueKind::uint16: return 5;
    case ValueKind::int32:
    case ValueKind::uint32: return 10;
    case ValueKind::int64: return 19;
    case ValueKind::uint64: return 20;
    case ValueKind::float32: return 7;
    case ValueKind::decimal: return 29;
    default: return 15;
  }
}

std::string hexadecimal(const Value& value, int precision, bool upper) {
  std::uint64_t bits = value.bits();
  switch (value.kind()) {
    case ValueKind::int8: bits &= 0xFF; break;
    case ValueKind::int16: bits &= 0xFFFF; break;
    case ValueKind::int32: bits &= 0xFFFFFFFF; break;
    default: break;
  }
  char buffer[24];
  std::snprintf(buffer, sizeof buffer, upper ? "%llX" : "%llx", static_cast<unsigned long long>(bits));
  std::string text = buffer;
  if (static_cast<int>(text.size()) < precision) text.insert(0, static_cast<std::size_t>(precision) - text.size(), '0');
  return text;
}

/// One section of a custom format applied to a number.
std::string custom_section(Digits number, std::string_view format, bool sign) {
  int whole_places = 0, decimals = 0, zeros_before = 0, last_zero = 0, scale = 0, commas = 0;
  bool point = false, groups = false, any_zero = false;
  int exponent_at = -1;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if (c == '\\')
      ++i;
    else if (c == '\'' || c == '"') {
      const std::size_t end = format.find(c, i + 1);
      i = end == std::string_view::npos ? format.size() : end;
    } else if (c == '0' || c == '#') {
      if (commas > 0 && !point) groups = true;
      commas = 0;
      if (point) {
        ++decimals;
        if (c == '0') last_zero = decimals;
      } else {
        ++whole_places;
        if (c == '0' || any_zero) {
          any_zero = true;
          ++zeros_before;
        }
      }
    } else if (c == '.') {
      if (!point) {
        scale += commas * 3;
        commas = 0;
      }
      point = true;
    } else if (c == ',') {
      if (whole_places > 0 && !point) ++commas;
    } else if (c == '%') {
      scale -= 2;
    } else if (static_cast<unsigned char>(c) == 0xE2 && format.substr(i).starts_with("\xE2\x80\xB0")) {
      scale -= 3;
    } else if ((c == 'e' || c == 'E') && exponent_at < 0) {
      std::size_t k = i + 1;
      if (k < format.size() && (format[k] == '+' || format[k] == '-')) ++k;
      if (k < format.size() && format[k] == '0') {
        exponent_at = static_cast<int>(i);
        while (k < format.size() && format[k] == '0') ++k;
        i = k - 1;
      }
    }
  }
  if (!point) scale += commas * 3;
  int exponent = 0;
  if (exponent_at >= 0) {
    if (!number.is_zero()) {
      exponent = number.point - std::max(whole_places, 1);
      number.point = std::max(whole_places, 1);
    }
    number.round_to(decimals);
    if (number.point > std::max(whole_places, 1)) {
      number.point -= 1;
      ++exponent;
    }
  } else {
    if (!number.is_zero()) number.point -= scale;
    number.round_to(decimals);
  }
  std::string whole;
  for (int i = 0; i < number.point; ++i) whole += number.at(i);
  while (static_cast<int>(whole.size()) < zeros_before) whole.insert(whole.begin(), '0');
  std::string fraction;
  for (int i = 0; i < decimals; ++i) fraction += number.at(number.point + i);
  int kept = decimals;
  while (kept > last_zero && fraction[static_cast<std::size_t>(kept - 1)] == '0') --kept;
  fraction.resize(static_cast<std::size_t>(kept));

  std::string text;
  if (sign && number.negative && (!number.is_zero())) text += '-';
  int place = whole_places;
  std::size_t used = 0, fraction_used = 0;
  bool behind = false;
  const auto put_whole = [&](std::size_t count) {
    for (; count != 0 && used < whole.size(); --count) {
      text += whole[used++];
      if (groups && used < whole.size() && (whole.size() - used) % 3 == 0) text += ',';
    }
  };
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if (c == '\\') {
      if (++i < format.size()) text += format[i];
    } else if (c == '\'' || c == '"') {
      const std::size_t end = format.find(c, i + 1);
      text += format.substr(i + 1, (end == std::string_view::npos ? format.size() : end) - i - 1);
      i = end == std::string_view::npos ? format.size() : end;
    } else if (c == '0' || c == '#') {
      if (behind) {
        if (fraction_used < fraction.size()) text += fraction[fraction_used++];
      } else {
        // The first place takes what is longer than the format.
        const auto left = static_cast<int>(whole.size() - used);
        if (left >= place) put_whole(static_cast<std::size_t>(left - place + 1));
        --place;
      }
    } else if (c == '.') {
      if (!behind && !fraction.empty()) text += '.';
      behind = true;
    } else if (c == ',') {
    } else if (static_cast<int>(i) == exponent_at) {
      text += c;
      ++i;
      bool plus = false;
      if (format[i] == '+' || format[i] == '-') plus = format[i++] == '+';
      int places = 0;
      while (i < format.size() && format[i] == '0') {
        ++places;
        ++i;
      }
      --i;
      text += exponent < 0 ? "-" : plus ? "+" : "";
      std::string digits = std::to_string(std::abs(exponent));
      if (static_cast<int>(digits.size()) < places)
        digits.insert(0, static_cast<std::size_t>(places) - digits.size(), '0');
      text += digits;
    } else {
      text += c;
    }
  }
  return text;
}

std::string custom(const Value& value, std::string_view format) {
  std::string_view sections[3];
  std::size_t count = 0, start = 0;
  for (std::size_t i = 0; i <= format.size() && count < 3; ++i) {
    if (i < format.size() && format[i] == '\\') {
      ++i;
      continue;
    }
    if (i < format.size() && (format[i] == '\'' || format[i] == '"')) {
      const std::size_t end = format.find(format[i], i + 1);
      i = end == std::string_view::npos ? format.size() - 1 : end;
      continue;
    }
    if (i == format.size() || format[i] == ';') {
      sections[count++] = format.substr(start, i - start);
      start = i + 1;
    }
  }
  Digits number = digits_of(value, 15);
  if (count >= 3 && number.is_zero() && !sections[2].empty()) return custom_section(number, sections[2], false);
  if (count >= 2 && number.negative && !sections[1].empty()) return custom_section(number, sections[1], false);
  std::string text = custom_section(number, sections[0], true);
  return text;
}

}  // namespace

std::string shortest(double value, bool is_float) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  Digits number = from_plain(plain_text(is_float ? Value::float32(static_cast<float>(value)) : Value::float64(value)));
  if (number.is_zero()) return std::signbit(value) ? "-0" : "0";
  std::string text;
  if (number.point > (is_float ? 7 : 15) || number.point < -3)
    text = scientific(number, static_cast<int>(number.digits.size()) - 1, 'E', 2);
  else
    text = fixed(number, std::max(0, static_cast<int>(number.digits.size()) - number.point), false);
  return number.negative ? "-" + text : text;
}

std::string format_number(const Value& value, std::string_view format, std::string& fault) {
  if (is_floating(value)) {
    if (std::isnan(value.as_number())) return "NaN";
    if (std::isinf(value.as_number())) return value.as_number() < 0 ? "-Infinity" : "Infinity";
  }
  const bool is_decimal = value.kind() == ValueKind::decimal;
  const bool whole = !is_floating(value) && !is_decimal;
  if (format.empty())
    return is_floating(value) ? shortest(value.as_number(), value.kind() == ValueKind::float32) : plain_text(value);
  const char letter = static_cast<char>(format[0] & ~32);
  int precision = -1;
  bool standard = is_alpha(format[0]) && format.size() <= 3;
  if (standard && format.size() > 1) {
    const std::optional<std::int64_t> given = parse_integer(format.substr(1));
    standard = given.has_value() && is_digit(format[1]);
    if (standard) precision = static_cast<int>(*given);
  }
  if (!standard) return custom(value, format);
  Digits number = digits_of(value, precision);
  std::string text;
  const int decimals = precision < 0 ? 2 : precision;
  switch (letter) {
    case 'D':
      if (!whole) break;
      text = number.is_zero() ? "0" : fixed(number, 0, false);
      if (static_cast<int>(text.size()) < precision)
        text.insert(0, static_cast<std::size_t>(precision) - text.size(), '0');
      return number.negative ? "-" + text : text;
    case 'X':
      if (!whole) break;
      return hexadecimal(value, precision, format[0] == 'X');
    case 'F':
    case 'N':
      number.round_to(decimals);
      text = fixed(number, decimals, letter == 'N');
      return number.negative && !number.is_zero() ? "-" + text : text;
    case 'P':
      if (!number.is_zero()) number.point += 2;
      number.round_to(decimals);
      text = fixed(number, decimals, true) + " %";
      return number.negative && !number.is_zero() ? "-" + text : text;
    case 'C':
      number.round_to(decimals);
      text = "\xC2\xA4" + fixed(number, decimals, true);
      return number.negative && !number.is_zero() ? "(" + text + ")" : text;
    case 'E':
      number.cut((precision < 0 ? 6 : precision) + 1);
      text = scientific(number, precision < 0 ? 6 : precision, format[0], 3);
      return number.negative ? "-" + text : text;
    case 'R':
      if (!is_floating(value)) break;
      return shortest(value.as_number(), value.kind() == ValueKind::float32);
    case 'G': {
      if (precision <= 0 && is_floating(value)) return shortest(value.as_number(), value.kind() == ValueKind::float32);
      if (precision <= 0) return plain_text(value);
      number = from_plain(plain_text(value));
      if (is_floating(value) && precision > 15) {
        char buffer[64];
        std::snprintf(buffer, sizeof buffer, "%.*e", precision - 1, value.as_number());
        number = from_plain(buffer);
      }
      text = general(number, precision, format[0] == 'G' ? 'E' : 'e', false);
      (void)default_precision;
      return number.negative && text != "0" ? "-" + text : text;
    }
    default: break;
  }
  fault = "Format specifier was invalid.";
  return {};
}

std::string format_guid(const std::uint8_t* bytes, std::string_view format, std::string& fault) {
  char hex[33];
  for (int i = 0; i < 16; ++i) std::snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
  const std::string digits(hex, 32);
  const char letter = format.empty() ? 'D' : static_cast<char>(format[0] & ~32);
  if (format.size() > 1 || (letter != 'D' && letter != 'N' && letter != 'B' && letter != 'P' && letter != 'X')) {
    fault = "Format string can be only \"D\", \"d\", \"N\", \"n\", \"P\", \"p\", \"B\", \"b\", \"X\" or \"x\".";
    return {};
  }
  if (letter == 'N') return digits;
  if (letter == 'X') {
    std::string text = "{0x" + digits.substr(0, 8) + ",0x" + digits.substr(8, 4) + ",0x" + digits.substr(12, 4) + ",{";
    for (std::size_t i = 16; i < 32; i += 2) text += (i == 16 ? "0x" : ",0x") + digits.substr(i, 2);
    return text + "}}";
  }
  const std::string dashed = digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" +
                             digits.substr(16, 4) + "-" + digits.substr(20);
  return letter == 'B' ? "{" + dashed + "}" : letter == 'P' ? "(" + dashed + ")" : dashed;
}

std::string format_enum(const Value& value, std::string_view format, std::string& fault) {
  const Type& type = static_cast<const Type&>(value.enum_type());
  const char letter = format.empty() ? 'G' : static_cast<char>(format[0] & ~32);
  if (letter == 'D') return std::to_string(value.enum_value());
  if (letter == 'X') {
    char buffer[16];
    std::snprintf(buffer, sizeof buffer, "%08X", static_cast<unsigned>(value.enum_value()));
    return buffer;
  }
  if (letter != 'G' && letter != 'F') {
    fault = "Format string can be only \"G\", \"g\", \"X\", \"x\", \"F\", \"f\", \"D\" or \"d\".";
    return {};
  }
  for (const EnumValue& row : type.definition->values) {
    if (row.value == value.enum_value()) return std::string(row.name);
  }
  if (type.definition->flags) {
    std::int32_t rest = value.enum_value();
    std::string text;
    for (auto row = type.definition->values.rbegin(); row != type.definition->values.rend(); ++row) {
      if (row->value == 0 || (rest & row->value) != row->value) continue;
      rest &= ~row->value;
      text = std::string(row->name) + (text.empty() ? "" : ", ") + text;
    }
    if (rest == 0 && !text.empty()) return text;
  }
  return std::to_string(value.enum_value());
}

namespace {

std::string_view trim_white(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || (text.front() >= 9 && text.front() <= 13))) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || (text.back() >= 9 && text.back() <= 13) || text.back() == '\0'))
    text.remove_suffix(1);
  return text;
}

}  // namespace

NumberError parse_whole(std::string_view text, ValueKind kind, std::int64_t& result) {
  text = trim_white(text);
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return NumberError::format;
  unsigned __int128 number = 0;
  bool large = false;
  for (const char c : text) {
    if (!is_digit(c)) return NumberError::format;
    number = number * 10 + static_cast<unsigned>(c - '0');
    if (number > (static_cast<unsigned __int128>(1) << 64)) large = true;
    if (large) number = static_cast<unsigned __int128>(1) << 65;
  }
  __int128 low = 0, high = 0;
  switch (kind) {
    case ValueKind::int8: low = -128, high = 127; break;
    case ValueKind::uint8: high = 255; break;
    case ValueKind::int16: low = -32768, high = 32767; break;
    case ValueKind::uint16: high = 65535; break;
    case ValueKind::int32: low = INT32_MIN, high = INT32_MAX; break;
    case ValueKind::uint32: high = UINT32_MAX; break;
    case ValueKind::int64: low = INT64_MIN, high = INT64_MAX; break;
    default: high = static_cast<__int128>(UINT64_MAX); break;
  }
  const __int128 value = negative ? -static_cast<__int128>(number) : static_cast<__int128>(number);
  if (value < low || value > high) return NumberError::overflow;
  result = static_cast<std::int64_t>(static_cast<std::uint64_t>(value));
  return NumberError::none;
}

std::optional<std::string> plain_number(std::string_view text) {
  text = trim_white(text);
  std::string plain;
  bool digits = false, point = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c == '-' || c == '+') && i == 0) {
      if (c == '-') plain += c;
    } else if ((c == '-' || c == '+') && (plain.ends_with('e') || plain.ends_with('E'))) {
      plain += c;
    } else if (is_digit(c)) {
      digits = true;
      plain += c;
    } else if (c == ',' && digits && !point) {
      continue;
    } else if (c == '.' && !point) {
      point = true;
      plain += c;
    } else if ((c == 'e' || c == 'E') && digits && i + 1 < text.size() &&
               plain.find_first_of("eE") == std::string::npos) {
      point = true;
      plain += c;
    } else {
      return std::nullopt;
    }
  }
  if (!digits || plain.ends_with('e') || plain.ends_with('E') || plain.ends_with('+') || plain.ends_with('-'))
    return std::nullopt;
  return plain;
}

NumberError parse_real(std::string_view text, double& result) {
  const std::string_view word = trim_white(text);
  if (word == "Infinity" || word == "\xE2\x88\x9E")
    result = INFINITY;
  else if (word == "-Infinity" || word == "-\xE2\x88\x9E")
    result = -INFINITY;
  else if (word == "NaN")
    result = NAN;
  else {
    const std::optional<std::string> plain = plain_number(text);
    if (!plain) return NumberError::format;
    result = std::strtod(plain->c_str(), nullptr);
    if (std::isinf(result)) return NumberError::overflow;
  }
  return NumberError::none;
}

bool parse_guid(std::string_view text, std::uint8_t* bytes) {
  text = trim_white(text);
  std::string digits;
  if (text.find("0x") != std::string_view::npos) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text.substr(i).starts_with("0x"))
        ++i;
      else if (hex_value(text[i]) >= 0)
        digits += text[i];
      else if (std::strchr("{},", text[i]) == nullptr)
        return false;
    }
  } else {
    if (text.size() > 2 &&
        ((text.front() == '{' && text.back() == '}') || (text.front() == '(' && text.back() == ')'))) {
      text = text.substr(1, text.size() - 2);
      if (text.size() != 36) return false;
    }
    if (text.size() == 36) {
      if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
      for (const char c : text) {
        if (c != '-') digits += c;
      }
    } else {
      digits = std::string(text);
    }
  }
  if (digits.size() != 32) return false;
  for (std::size_t i = 0; i < 16; ++i) {
    const int high = hex_value(digits[2 * i]), low = hex_value(digits[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

std::optional<std::int32_t> parse_enum(const Type* type, std::string_view text, bool ignore_case) {
  std::int32_t result = 0;
  for (std::string_view rest = trim_white(text); !rest.empty();) {
    const std::size_t comma = rest.find(',');
    const std::string_view word = trim_white(rest.substr(0, comma));
    bool found = false;
    for (const EnumValue& row : type->definition->values) {
      if (row.name != word && !(ignore_case && equal_ignore_case(row.name, word))) continue;
      result |= row.value;
      found = true;
      break;
    }
    if (!found) {
      const std::optional<std::int64_t> number = parse_integer(word);
      if (!number) return std::nullopt;
      result |= static_cast<std::int32_t>(*number);
    }
    if (comma == std::string_view::npos) return result;
    rest = rest.substr(comma + 1);
  }
  return std::nullopt;
}

}  // namespace sluice::expression
