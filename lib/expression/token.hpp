// SPDX-License-Identifier: Apache-2.0
// Tokens of the C# subset.
#pragma once

#include <sluice/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::expression {

enum class TokenKind : std::uint8_t { end, identifier, keyword, number, character, string, interpolated, punctuation };

/// One piece of an interpolated string: literal text, or a hole with its C# text still unread.
struct InterpolationPart {
  std::string literal;
  bool is_hole = false;
  std::uint32_t offset = 0;  ///< Of the hole's expression in the whole text.
  std::string_view code;
  std::string_view alignment;
  std::string format;
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  std::string_view text;  ///< As written; identifiers without `@`.
  std::string decoded;    ///< Strings.
  std::string error;      ///< Not empty: the literal is malformed.
  Value value;            ///< Numbers and characters. Decimals keep their text.
  std::vector<InterpolationPart> parts;

  bool is(std::string_view punctuation_or_keyword) const {
    return (kind == TokenKind::punctuation || kind == TokenKind::keyword) && text == punctuation_or_keyword;
  }
  std::uint32_t end() const { return offset + length; }
};

}  // namespace sluice::expression
