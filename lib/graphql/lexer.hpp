// SPDX-License-Identifier: Apache-2.0
// The tokens of GraphQL documents.   Source: GraphQL specification, October 2021, section 2.1.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::graphql {

/// What is wrong, and where in the text.
struct Fault {
  std::size_t offset = 0;
  std::string message;
};

enum class TokenKind : std::uint8_t { end, name, integer, real, text, block_text, punctuator };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;  ///< As written; of texts what stands between the quotes, escapes not decoded.
  std::size_t offset = 0;
  std::size_t end = 0;
};

/// All tokens and one of kind `end`. A text with more than `most_tokens` is refused.
tl::expected<std::vector<Token>, Fault> read_tokens(std::string_view text, std::size_t most_tokens);

/// Line and column, from 1, of a place in the text.
struct Place {
  std::size_t line = 1, column = 1;
};
Place place_of(std::string_view text, std::size_t offset);

}  // namespace sluice::graphql
