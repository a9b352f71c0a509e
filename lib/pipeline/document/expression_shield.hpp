// SPDX-License-Identifier: Apache-2.0
// Where expressions stand in the raw text of a document. They hold quotes, `<` and `&` as they please, so that nothing
// but C#'s own rules tells where one ends.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

/// Whether `text`, after blanks, begins with `@(` or `@{`.
bool begins_expression(std::string_view text);

/// Where the value of an attribute or text that begins with an expression ends: at the delimiter, with the expression
/// balanced before it. By the two steps of the reference: first what stands before the next delimiter with its
/// entities decoded, then the raw source.
struct ExpressionExtent {
  enum class Problem : std::uint8_t { none, unbalanced, followed_by_text };
  std::size_t size = 0;  ///< Bytes up to the delimiter.
  Problem problem = Problem::none;
};
ExpressionExtent expression_extent(std::string_view text, char delimiter);
/// The same in a well-formed document (format xml), where the next delimiter ends the value whatever stands there.
ExpressionExtent escaped_expression_extent(std::string_view text, char delimiter);

/// Where the value of an attribute probably ends whose expression is damaged: at the first `quote` behind which the tag
/// ends or goes on with an attribute. Nothing when there is none.
std::optional<std::size_t> probable_value_end(std::string_view text, char quote);

/// Whether decoding the references of `expression` gives a balanced expression: then they were meant as references,
/// otherwise `&` and `&&` are C#'s.
bool decodes_to_expression(std::string_view expression);

}  // namespace sluice
