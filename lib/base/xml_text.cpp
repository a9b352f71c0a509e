// SPDX-License-Identifier: Apache-2.0
// Source: XML 1.0 (fifth edition), sections 2.2 to 2.4; .NET's XmlConvert for encoded names.
#include "base/xml_text.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace sluice {
namespace {

struct Range {
  std::uint32_t first, last;
};

/// `NameStartChar` apart from the colon.
constexpr Range name_starts[] = {{'A', 'Z'},       {'_', '_'},       {'a', 'z'},        {0xC0, 0xD6},
                                 {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},    {0x37F, 0x1FFF},
                                 {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},  {0x3001, 0xD7FF},
                                 {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
/// What `NameChar` has beyond them.
constexpr Range name_parts[] = {{'-', '.'}, {'0', '9'}, {0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}};

template <std::size_t N>
bool is_in(const Range (&ranges)[N], std::uint32_t c) {
  return std::any_of(std::begin(ranges), std::end(ranges), [&](Range r) { return c >= r.first && c <= r.last; });
}

/// The code point of a valid sequence.
std::uint32_t code_point(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(sequence[i])); };
  if (sequence.size() == 1) return byte(0);
  std::uint32_t value = byte(0) & (0xFFu >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i) value = value << 6 | (byte(i) & 0x3F);
  return value;
}

bool is_xml_character(std::uint32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return c < 0xD800 || (c >= 0xE000 && c != 0xFFFE && c != 0xFFFF);
}

void append_encoded(std::string& to, std::uint32_t c) {
  static constexpr char digits[] = "0123456789ABCDEF";
  to += "_x";
  for (int shift = c > 0xFFFF ? 28 : 12; shift >= 0; shift -= 4) to += digits[c >> shift & 15];
  to += '_';
}

/// The length of `_xHHHH_` or `_xHHHHHHHH_` at the start of the text, and its code point; 0 when there is none.
std::size_t encoded_length(std::string_view text, std::uint32_t& c) {
  if (!text.starts_with("_x")) return 0;
  for (const std::size_t digits : {4, 8}) {
    if (text.size() < digits + 3 || text[digits + 2] != '_') continue;
    c = 0;
    bool is_number = true;
    for (std::size_t i = 2; i < digits + 2; ++i) {
      is_number = is_number && hex_value(text[i]) >= 0;
      c = c << 4 | static_cast<std::uint32_t>(hex_value(text[i]) & 15);
    }
    if (is_number) return digits + 3;
  }
  return 0;
}

}  // namespace

void append_xml_text(std::string& to, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': to += "&amp;"; break;
      case '<': to += "&lt;"; break;
      case '>': to += "&gt;"; break;
      case '\r': to += "&#xD;"; break;
      default: to += c;
    }
  }
}

void append_xml_value(std::string& to, std::string_view value) {
  to += '"';
  for (const char c : value) {
    switch (c) {
      case '&': to += "&amp;"; break;
      case '<': to += "&lt;"; break;
      case '>': to += "&gt;"; break;
      case '"': to += "&quot;"; break;
      case '\t': to += "&#x9;"; break;
      case '\n': to += "&#xA;"; break;
      case '\r': to += "&#xD;"; break;
      default: to += c;
    }
  }
  to += '"';
}

bool is_xml_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0 || !is_xml_character(code_point(text.substr(0, length)))) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string encode_xml_name(std::string_view name, bool keeps_colon) {
  std::string result;
  for (bool is_first = true; !name.empty(); is_first = false) {
    const std::size_t length = utf8_sequence_length(name);
    if (length == 0) return result;
    const std::uint32_t c = code_point(name.substr(0, length));
    const bool may_stand = is_in(name_starts, c) || (c == ':' && keeps_colon) || (!is_first && is_in(name_parts, c));
    std::uint32_t hidden = 0;
    if (!may_stand || encoded_length(name, hidden) != 0) {
      append_encoded(result, c);
    } else {
      result += name.substr(0, length);
    }
    name.remove_prefix(length);
  }
  return result;
}

std::string decode_xml_name(std::string_view name) {
  std::string result;
  while (!name.empty()) {
    std::uint32_t c = 0;
    std::size_t length = encoded_length(name, c);
    if (length != 0 && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF)) {
      append_utf8(result, c);
    } else {
      result += name[0];
      length = 1;
    }
    name.remove_prefix(length);
  }
  return result;
}

}  // namespace sluice
