// SPDX-License-Identifier: Apache-2.0
#include "pipeline/document/references.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace sluice {
namespace {

/// `&#x10FFFF;` is ten characters.
constexpr std::size_t longest_reference = 12;

/// The code point that `#65` or `#x41` names, when XML allows it.
std::optional<std::uint32_t> code_point(std::string_view name) {
  const bool hexadecimal = name.size() > 1 && name[1] == 'x';
  const std::string_view digits = name.substr(hexadecimal ? 2 : 1);
  if (digits.empty()) return std::nullopt;
  std::uint32_t code = 0;
  for (char c : digits) {
    const int digit = hex_value(c);
    if (digit < 0 || (!hexadecimal && digit > 9)) return std::nullopt;
    code = code * (hexadecimal ? 16 : 10) + static_cast<std::uint32_t>(digit);
    if (code > 0x10FFFF) return std::nullopt;
  }
  const bool control = code < 0x20 && code != 9 && code != 10 && code != 13;
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (control || surrogate || code == 0xFFFE || code == 0xFFFF) return std::nullopt;
  return code;
}

/// Length of the blank that `text` starts with; 0: none. As Char.IsWhiteSpace has it.
std::size_t blank_length(std::string_view text) {
  if (text.empty()) return 0;
  if (is_blank(text[0]) || text[0] == '\v' || text[0] == '\f') return 1;
  const std::string_view two = text.substr(0, 2);
  if (two == "\xC2\x85" || two == "\xC2\xA0") return 2;
  const std::string_view three = text.substr(0, 3);
  if (three == "\xE1\x9A\x80" || three == "\xE2\x81\x9F" || three == "\xE3\x80\x80") return 3;
  if (three.size() < 3 || three.substr(0, 2) != "\xE2\x80") return 0;
  const auto last = static_cast<unsigned char>(three[2]);
  return last <= 0x8A || last == 0xA8 || last == 0xA9 || last == 0xAF ? 3 : 0;
}

}  // namespace

std::size_t decode_reference(std::string_view text, std::string& to) {
  const std::size_t end = text.substr(0, longest_reference).find(';');
  if (end == std::string_view::npos) return 0;
  const std::string_view name = text.substr(1, end - 1);
  if (name == "amp") {
    to += '&';
  } else if (name == "lt") {
    to += '<';
  } else if (name == "gt") {
    to += '>';
  } else if (name == "quot") {
    to += '"';
  } else if (name == "apos") {
    to += '\'';
  } else {
    const auto code = name.starts_with('#') ? code_point(name) : std::nullopt;
    if (!code) return 0;
    append_utf8(to, *code);
  }
  return end + 1;
}

DecodedText decode_references(std::string_view text) {
  DecodedText result;
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find('&'), text.size());
    result.text += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    std::size_t length = decode_reference(text, result.text);
    result.any = result.any || length != 0;
    if (length == 0) {
      result.text += '&';
      length = 1;
    }
    text.remove_prefix(length);
  }
  return result;
}

std::size_t leading_blanks(std::string_view text) {
  std::size_t at = 0;
  while (const std::size_t length = blank_length(text.substr(at))) at += length;
  return at;
}

std::string_view trim_blanks(std::string_view text) {
  text.remove_prefix(leading_blanks(text));
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t blank = blank_length(text.substr(at));
    at += blank != 0 ? blank : 1;
    if (blank == 0) end = at;
  }
  return text.substr(0, end);
}

}  // namespace sluice
