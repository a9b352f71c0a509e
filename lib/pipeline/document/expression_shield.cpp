// SPDX-License-Identifier: Apache-2.0
// Source: expressions reference, section 1.2 (how raw policy documents hold expressions).
#include "pipeline/document/expression_shield.hpp"

#include "base/text.hpp"
#include "pipeline/document/references.hpp"

#include <sluice/expression.hpp>

#include <algorithm>

namespace sluice {
namespace {

/// Whether `text`, which begins with an expression, is one expression and nothing else.
bool is_whole_expression(std::string_view text) {
  const std::string_view body = trim_blanks(text);
  return expression_length(body) == body.size();
}

/// What `text` says is wrong with the expression at its beginning.
ExpressionExtent refused(std::string_view text) {
  const bool balanced = expression_length(text.substr(leading_blanks(text))).has_value();
  return {0, balanced ? ExpressionExtent::Problem::followed_by_text : ExpressionExtent::Problem::unbalanced};
}

/// `name =` of an attribute, after blanks, or the end of a tag.
bool continues_tag(std::string_view text) {
  const std::size_t blanks =
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_blank) - text.begin());
  text.remove_prefix(blanks);
  if (text.starts_with("/>") || text.starts_with('>')) return true;
  const auto in_name = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == ':' || c == '.';
  };
  const auto name_end = std::find_if_not(text.begin(), text.end(), in_name);
  if (blanks == 0 || name_end == text.begin() || is_digit(text.front())) return false;
  const auto equals = std::find_if_not(name_end, text.end(), is_blank);
  if (equals == text.end() || *equals != '=') return false;
  const auto quote = std::find_if_not(equals + 1, text.end(), is_blank);
  return quote != text.end() && (*quote == '"' || *quote == '\'');
}

}  // namespace

bool begins_expression(std::string_view text) {
  const std::string_view begin = text.substr(leading_blanks(text), 2);
  return begin == "@(" || begin == "@{";
}

ExpressionExtent expression_extent(std::string_view text, char delimiter) {
  const std::size_t before = text.find(delimiter);
  if (before != std::string_view::npos && is_whole_expression(decode_references(text.substr(0, before)).text)) {
    return {before, {}};
  }
  const std::size_t start = leading_blanks(text);
  const auto length = expression_length(text.substr(start));
  if (!length) return {0, ExpressionExtent::Problem::unbalanced};
  const std::size_t end = start + *length + leading_blanks(text.substr(start + *length));
  if (end < text.size() && text[end] == delimiter) return {end, {}};
  return {0, ExpressionExtent::Problem::followed_by_text};
}

ExpressionExtent escaped_expression_extent(std::string_view text, char delimiter) {
  const std::size_t before = std::min(text.find(delimiter), text.size());
  const std::string plain = decode_references(text.substr(0, before)).text;
  if (is_whole_expression(plain)) return {before, {}};
  return {before, refused(plain).problem};
}

std::optional<std::size_t> probable_value_end(std::string_view text, char quote) {
  for (std::size_t at = text.find(quote); at != std::string_view::npos; at = text.find(quote, at + 1)) {
    if (continues_tag(text.substr(at + 1))) return at;
  }
  return std::nullopt;
}

bool decodes_to_expression(std::string_view expression) {
  const DecodedText decoded = decode_references(expression);
  return decoded.any && expression_length(decoded.text) == decoded.text.size();
}

}  // namespace sluice
