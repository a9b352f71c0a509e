// SPDX-License-Identifier: Apache-2.0
// The balanced scanner: knows every form of C# string, character literal and comment, and the three brackets.
// Entry points: skip_literal, matching_bracket, sluice::expression_length. Iterative except for the holes of
// interpolated strings, whose nesting is bounded.
#include "expression/scan.hpp"

#include <sluice/expression.hpp>

namespace sluice::expression {
namespace {

constexpr std::size_t bracket_depth = 4096;

std::size_t skip_line(std::string_view text, std::size_t at) {
  const std::size_t end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end;
}

std::size_t skip_block_comment(std::string_view text, std::size_t at) {
  const std::size_t end = text.find("*/", at + 2);
  return end == std::string_view::npos ? unterminated : end + 2;
}

std::size_t skip_regular(std::string_view text, std::size_t at, char quote) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == quote)
      return i + 1;
    else if (text[i] == '\n')
      return unterminated;
  }
  return unterminated;
}

std::size_t skip_verbatim(std::string_view text, std::size_t quote) {
  for (std::size_t i = quote + 1; i < text.size(); ++i) {
    if (text[i] != '"') continue;
    if (i + 1 < text.size() && text[i + 1] == '"')
      ++i;
    else
      return i + 1;
  }
  return unterminated;
}

/// `quote` is the position of the opening quote of an interpolated string.
std::size_t skip_interpolated(std::string_view text, std::size_t quote, bool verbatim, unsigned depth) {
  if (depth >= interpolation_depth) return unterminated;
  for (std::size_t i = quote + 1; i < text.size(); ++i) {
    const char c = text[i];
    const bool doubled = i + 1 < text.size() && text[i + 1] == c;
    if (c == '"') {
      if (!verbatim || !doubled) return i + 1;
      ++i;
    } else if (c == '\\' && !verbatim) {
      ++i;
    } else if (c == '{') {
      if (doubled) {
        ++i;
        continue;
      }
      const std::size_t close = matching_bracket(text, i, depth + 1);
      if (close == unterminated) return unterminated;
      i = close;
    } else if (c == '\n' && !verbatim) {
      return unterminated;
    }
  }
  return unterminated;
}

char closing(char open) { return open == '(' ? ')' : open == '[' ? ']' : '}'; }

}  // namespace

std::size_t skip_literal(std::string_view text, std::size_t at, unsigned depth) {
  const std::string_view rest = text.substr(at);
  switch (rest.empty() ? '\0' : rest[0]) {
    case '"': return skip_regular(text, at, '"');
    case '\'': return skip_regular(text, at, '\'');
    case '/':
      if (rest.starts_with("//")) return skip_line(text, at);
      if (rest.starts_with("/*")) return skip_block_comment(text, at);
      return at;
    case '@':
      if (rest.starts_with("@\"")) return skip_verbatim(text, at + 1);
      if (rest.starts_with("@$\"")) return skip_interpolated(text, at + 2, true, depth);
      return at;
    case '$':
      if (rest.starts_with("$\"")) return skip_interpolated(text, at + 1, false, depth);
      if (rest.starts_with("$@\"")) return skip_interpolated(text, at + 2, true, depth);
      return at;
    default: return at;
  }
}

std::size_t matching_bracket(std::string_view text, std::size_t open, unsigned depth) {
  // A bit stack would do; a plain one is clearer. Depth is bounded, so it lives here.
  char expected[bracket_depth];
  std::size_t count = 0;
  for (std::size_t i = open; i < text.size();) {
    const std::size_t after = skip_literal(text, i, depth);
    if (after == unterminated) return unterminated;
    if (after != i) {
      i = after;
      continue;
    }
    const char c = text[i];
    if (c == '(' || c == '[' || c == '{') {
      if (count == bracket_depth) return unterminated;
      expected[count++] = closing(c);
    } else if (c == ')' || c == ']' || c == '}') {
      if (count == 0 || expected[count - 1] != c) return unterminated;
      if (--count == 0) return i;
    }
    ++i;
  }
  return unterminated;
}

}  // namespace sluice::expression

namespace sluice {

std::optional<std::size_t> expression_length(std::string_view text) {
  if (text.size() < 2 || text[0] != '@' || (text[1] != '(' && text[1] != '{')) return std::nullopt;
  const std::size_t close = expression::matching_bracket(text, 1);
  if (close == expression::unterminated) return std::nullopt;
  return close + 1;
}

}  // namespace sluice
