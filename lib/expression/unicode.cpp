// SPDX-License-Identifier: Apache-2.0
// UTF-16 views of UTF-8 texts; case mapping and categories by utf8proc.
#include "expression/unicode.hpp"

#include "base/text.hpp"

#include <utf8proc.h>

#include <algorithm>

namespace sluice::expression {

bool is_ascii(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    __builtin_memcpy(&word, text.data() + i, 8);
    if ((word & 0x8080808080808080u) != 0) return false;
  }
  for (; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80) return false;
  }
  return true;
}

std::uint32_t next_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const std::uint32_t first = byte(at);
  if (first < 0x80) {
    ++at;
    return first;
  }
  const auto tail = [&](std::size_t i) { return (byte(at + i) & 0xC0) == 0x80; };
  if (first >= 0xC2 && first < 0xE0 && tail(1)) {
    const std::uint32_t point = ((first & 0x1F) << 6) | (byte(at + 1) & 0x3F);
    at += 2;
    return point;
  }
  if (first >= 0xE0 && first < 0xF0 && tail(1) && tail(2)) {
    const std::uint32_t point = ((first & 0xF) << 12) | ((byte(at + 1) & 0x3F) << 6) | (byte(at + 2) & 0x3F);
    if (point >= 0x800) {
      at += 3;
      return point;
    }
  }
  if (first >= 0xF0 && first < 0xF5 && tail(1) && tail(2) && tail(3)) {
    const std::uint32_t point =
        ((first & 7) << 18) | ((byte(at + 1) & 0x3F) << 12) | ((byte(at + 2) & 0x3F) << 6) | (byte(at + 3) & 0x3F);
    if (point >= 0x10000 && point <= 0x10FFFF) {
      at += 4;
      return point;
    }
  }
  ++at;
  return 0xFFFD;
}

void append_point(std::string& to, std::uint32_t point) {
  if (point >= 0xD800 && point <= 0xDFFF) {
    to += static_cast<char>(0xE0 | (point >> 12));
    to += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    to += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    append_utf8(to, point);
  }
}

void append_unit(std::string& to, char16_t unit) {
  if (unit >= 0xDC00 && unit <= 0xDFFF && to.size() >= 3) {
    std::size_t at = to.size() - 3;
    const std::uint32_t before = next_point(to, at);
    if (at == to.size() && before >= 0xD800 && before <= 0xDBFF) {
      to.resize(to.size() - 3);
      append_utf8(to, 0x10000 + ((before - 0xD800) << 10) + (unit - 0xDC00u));
      return;
    }
  }
  append_point(to, unit);
}

std::size_t utf16_length(std::string_view text) {
  if (is_ascii(text)) return text.size();
  std::size_t units = 0;
  for (std::size_t at = 0; at < text.size();) units += next_point(text, at) >= 0x10000 ? 2 : 1;
  return units;
}

std::size_t byte_position(std::string_view text, std::size_t units, bool* inside) {
  if (inside != nullptr) *inside = false;
  if (is_ascii(text)) return units <= text.size() ? units : no_position;
  std::size_t at = 0, seen = 0;
  while (seen < units) {
    if (at >= text.size()) return no_position;
    const std::size_t start = at;
    seen += next_point(text, at) >= 0x10000 ? 2 : 1;
    if (seen > units) {
      if (inside != nullptr) *inside = true;
      return start;
    }
  }
  return at;
}

char16_t unit_at(std::string_view text, std::size_t units) {
  bool inside = false;
  std::size_t at = byte_position(text, units, &inside);
  const std::uint32_t point = next_point(text, at);
  if (point < 0x10000) return static_cast<char16_t>(point);
  return static_cast<char16_t>(inside ? 0xDC00 + ((point - 0x10000) & 0x3FF) : 0xD800 + ((point - 0x10000) >> 10));
}

void append_units(std::string& to, std::string_view text, std::size_t start, std::size_t count) {
  if (is_ascii(text)) {
    to += text.substr(start, count);
    return;
  }
  bool inside = false;
  std::size_t at = byte_position(text, start, &inside);
  if (inside && count != 0) {
    const std::uint32_t point = next_point(text, at);
    append_unit(to, static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF)));
    --count;
  }
  while (count != 0 && at < text.size()) {
    const std::size_t begin = at;
    const std::uint32_t point = next_point(text, at);
    if (point >= 0x10000 && count == 1) {
      append_unit(to, static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10)));
      return;
    }
    to += text.substr(begin, at - begin);
    count -= point >= 0x10000 ? 2 : 1;
  }
}

std::string unit_text(char16_t unit) {
  std::string text;
  append_unit(text, unit);
  return text;
}

std::u16string to_utf16(std::string_view text) {
  std::u16string units;
  units.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t point = next_point(text, at);
    if (point >= 0x10000) {
      units += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10));
      units += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF));
    } else {
      units += static_cast<char16_t>(point);
    }
  }
  return units;
}

std::string from_utf16(std::u16string_view text) {
  std::string bytes;
  for (const char16_t unit : text) append_unit(bytes, unit);
  return bytes;
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t point = next_point(text, at);
    append_utf8(valid, point >= 0xD800 && point <= 0xDFFF ? 0xFFFD : point);
  }
  return valid;
}

std::uint32_t to_upper_point(std::uint32_t point) {
  if (point < 0x80) return point >= 'a' && point <= 'z' ? point - 32 : point;
  if (point == 0xDF || point == 0x131 || point == 0x17F) return point;
  return static_cast<std::uint32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(point)));
}

std::uint32_t to_lower_point(std::uint32_t point) {
  if (point < 0x80) return point >= 'A' && point <= 'Z' ? point + 32 : point;
  if (point == 0x130 || point == 0x1E9E) return point;
  return static_cast<std::uint32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(point)));
}

namespace {

template <class Map>
std::string mapped(std::string_view text, Map map) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) append_point(result, map(next_point(text, at)));
  return result;
}

}  // namespace

std::string to_upper_text(std::string_view text) { return mapped(text, to_upper_point); }
std::string to_lower_text(std::string_view text) { return mapped(text, to_lower_point); }

bool is_white(std::uint32_t point) {
  if (point < 0x80) return point == ' ' || (point >= 9 && point <= 13);
  return point == 0x85 || point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
         point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000;
}

bool equal_ignore_case(std::string_view left, std::string_view right) {
  return compare_ordinal(left, right, true) == 0;
}

int compare_ordinal(std::string_view left, std::string_view right, bool ignore_case) {
  std::size_t a = 0, b = 0;
  while (a < left.size() && b < right.size()) {
    std::uint32_t x = next_point(left, a), y = next_point(right, b);
    if (x == y) continue;
    if (ignore_case) {
      x = to_upper_point(x);
      y = to_upper_point(y);
      if (x == y) continue;
    }
    // Pairs of surrogates sort below U+E000, as their first units do.
    if (x >= 0x10000) x = 0xD800 + ((x - 0x10000) >> 10);
    if (y >= 0x10000) y = 0xD800 + ((y - 0x10000) >> 10);
    return static_cast<int>(x) - static_cast<int>(y);
  }
  return a < left.size() ? 1 : b < right.size() ? -1 : 0;
}

namespace {

/// Weight of a character in the invariant culture: punctuation, digits, letters without case or accent.
std::uint32_t primary_weight(std::uint32_t point) {
  if (point < 0x80) {
    if (is_alpha(static_cast<char>(point))) return 0x2000 + (point | 32) * 16;
    if (is_digit(static_cast<char>(point))) return 0x1000 + point;
    static constexpr std::string_view order = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";
    const std::size_t place = order.find(static_cast<char>(point));
    return place == std::string_view::npos ? point : 0x100 + static_cast<std::uint32_t>(place);
  }
  utf8proc_int32_t parts[8];
  int boundary = 0;
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(static_cast<utf8proc_int32_t>(point), parts, 8, UTF8PROC_DECOMPOSE, &boundary);
  if (count > 1 && parts[0] < 0x80) return primary_weight(static_cast<std::uint32_t>(parts[0]));
  return 0x10000 + to_lower_point(point);
}

bool is_ignorable(std::uint32_t point) {
  return point == 0xAD || (point >= 0x200B && point <= 0x200D) || point == 0xFEFF;
}

}  // namespace

int compare_culture(std::string_view left, std::string_view right, bool ignore_case) {
  std::size_t a = 0, b = 0;
  int secondary = 0, tertiary = 0;
  while (true) {
    std::uint32_t x = 0, y = 0;
    while (a < left.size() && is_ignorable(x = next_point(left, a))) x = 0;
    while (b < right.size() && is_ignorable(y = next_point(right, b))) y = 0;
    if (x == 0 || y == 0) {
      if (x != y) return x == 0 ? -1 : 1;
      break;
    }
    if (x == y) continue;
    const std::uint32_t p = primary_weight(x), q = primary_weight(y);
    if (p != q) return p < q ? -1 : 1;
    const std::uint32_t lower_x = to_lower_point(x), lower_y = to_lower_point(y);
    if (lower_x != lower_y) {
      if (secondary == 0) secondary = lower_x < lower_y ? -1 : 1;
    } else if (tertiary == 0) {
      tertiary = x == lower_x ? -1 : 1;  // Lower case first.
    }
  }
  if (secondary != 0) return secondary;
  return ignore_case ? 0 : tertiary;
}

int category_of(std::uint32_t point) { return utf8proc_category(static_cast<utf8proc_int32_t>(point)); }

}  // namespace sluice::expression
