// SPDX-License-Identifier: Apache-2.0
// TokenCounter: the tokens of a text that comes in pieces, cut anywhere, within a character too.
#pragma once

#include "tokenizer/tokenizer.hpp"

#include <array>
#include <string>

namespace sluice::tokenizer {

class TokenCounter {
 public:
  /// What may follow decides how the end of a text is cut, so the end is held: up to the last word that is over. A run
  /// of letters, blanks or marks that is longer than this is counted as if the text were cut there.
  static constexpr std::size_t max_held_bytes = 16 * 1024;

  explicit TokenCounter(const Tokenizer& tokenizer) : tokenizer_(&tokenizer) {}

  void add(std::string_view text);
  /// The tokens of all that was added, as if the text ended here. Counts what is held each time.
  std::size_t tokens() const;
  Encoding encoding() const { return tokenizer_->encoding(); }

 private:
  void add_valid(std::string_view text);
  void settle();

  /// Held bytes are looked through again only when they have doubled, so that small pieces cost no more than large
  /// ones.
  static constexpr std::size_t least_held_bytes = 256;

  const Tokenizer* tokenizer_;
  std::size_t settled_tokens_ = 0;
  std::string held_;
  std::size_t settle_at_ = least_held_bytes;
  std::array<char, 4> cut_{};  ///< The beginning of a character whose end has not come yet.
  std::uint8_t cut_bytes_ = 0;
};

}  // namespace sluice::tokenizer
