// SPDX-License-Identifier: Apache-2.0
// Small operations on text that more than one room needs. ASCII unless a name says otherwise.
#pragma once

#include <sluice/names.hpp>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
/// Value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
/// `tchar` of RFC 9110: what field names and methods are made of.
constexpr bool is_token_char(char c) {
  return is_alpha(c) || is_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
bool is_token(std::string_view text);

/// `left == right`.
inline bool same_text(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  if (left.size() > short_text) return std::memcmp(left.data(), right.data(), left.size()) == 0;
  return same_short_text(left.data(), right.data(), left.size());
}

/// Copies the text to `to` and gives the place behind it.
inline char* put_text(char* to, std::string_view text) {
  const std::size_t size = text.size();
  const auto put_words = [&](auto word) {
    decltype(word) first, last;
    std::memcpy(&first, text.data(), sizeof word);
    std::memcpy(&last, text.data() + size - sizeof word, sizeof word);
    std::memcpy(to, &first, sizeof word);
    std::memcpy(to + size - sizeof word, &last, sizeof word);
  };
  if (size > short_text) {
    std::memcpy(to, text.data(), size);
  } else if (size >= 8) {
    put_words(std::uint64_t{});
  } else if (size >= 4) {
    put_words(std::uint32_t{});
  } else if (size >= 2) {
    put_words(std::uint16_t{});
  } else if (size == 1) {
    *to = text[0];
  }
  return to + size;
}

/// Without SP and TAB at both ends.
constexpr std::string_view strip_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string to_lower(std::string_view text);
/// Without the blanks (space, tab, CR, LF) at both ends.
std::string_view trim(std::string_view text);
/// The pieces between blanks, without empty ones.
std::vector<std::string_view> split_words(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);

/// A decimal integer that is the whole text (sign allowed); nothing on anything else or overflow.
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<std::uint64_t> parse_unsigned(std::string_view text);
std::optional<double> parse_double(std::string_view text);
/// `true` or `false` in any case.
std::optional<bool> parse_boolean(std::string_view text);

bool is_valid_utf8(std::string_view text);
/// Length in bytes of the valid UTF-8 sequence at the start of `text`; 0 when it is not valid.
std::size_t utf8_sequence_length(std::string_view text);
/// Appends a code point as UTF-8.
void append_utf8(std::string& to, std::uint32_t code_point);
/// The name in `candidates` nearest to `text` by edit distance, when near enough to be meant; otherwise empty.
std::string_view nearest_name(std::string_view text, const std::vector<std::string_view>& candidates);

}  // namespace sluice
