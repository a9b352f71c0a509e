// SPDX-License-Identifier: Apache-2.0
#include "graphql/written_text.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <vector>

namespace sluice::graphql {
namespace {

constexpr std::uint32_t first_high = 0xD800, first_low = 0xDC00, behind_low = 0xE000, replacement = 0xFFFD;

/// The four digits behind `\u`. The lexer has seen that they are there.
std::uint32_t code_unit(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char digit : digits.substr(0, 4)) value = value * 16 + static_cast<std::uint32_t>(hex_value(digit));
  return value;
}

/// Reads what begins behind `\u` at `at`, which is moved behind it. Halves of pairs that stand alone mean nothing.
std::uint32_t code_point(std::string_view text, std::size_t& at) {
  const std::uint32_t first = code_unit(text.substr(at));
  at += 4;
  if (first < first_high || first >= behind_low) return first;
  const bool has_second = first < first_low && text.substr(at).starts_with("\\u");
  const std::uint32_t second = has_second ? code_unit(text.substr(at + 2)) : 0;
  if (second < first_low || second >= behind_low) return replacement;
  at += 6;
  return 0x10000 + ((first - first_high) << 10) + (second - first_low);
}

std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      result += text[at++];
      continue;
    }
    const char escape = text[at + 1];
    at += 2;
    switch (escape) {
      case 'b': result += '\b'; break;
      case 'f': result += '\f'; break;
      case 'n': result += '\n'; break;
      case 'r': result += '\r'; break;
      case 't': result += '\t'; break;
      case 'u': append_utf8(result, code_point(text, at)); break;
      default: result += escape;
    }
  }
  return result;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (;;) {
    const std::size_t end = text.find_first_of("\r\n");
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

std::size_t indentation(std::string_view line) { return std::min(line.find_first_not_of(" \t"), line.size()); }
bool is_empty(std::string_view line) { return indentation(line) == line.size(); }

/// **Source**: section 2.9.4, BlockStringValue.
std::string unindented(std::string_view text) {
  std::vector<std::string_view> lines = lines_of(text);
  std::size_t common = std::string_view::npos;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (!is_empty(lines[i])) common = std::min(common, indentation(lines[i]));
  }
  for (std::size_t i = 1; i < lines.size(); ++i) lines[i].remove_prefix(std::min(common, lines[i].size()));
  const auto first = std::find_if_not(lines.begin(), lines.end(), is_empty);
  const auto last = std::find_if_not(lines.rbegin(), std::make_reverse_iterator(first), is_empty).base();
  std::string result;
  for (auto line = first; line < last; ++line) {
    if (line != first) result += '\n';
    result += *line;
  }
  constexpr std::string_view quotes = "\\\"\"\"";
  for (std::size_t at = result.find(quotes); at != std::string::npos; at = result.find(quotes, at + 3))
    result.erase(at, 1);
  return result;
}

}  // namespace

std::string decoded(const WrittenText& text) {
  return text.is_block ? unindented(text.written) : unescaped(text.written);
}

}  // namespace sluice::graphql
