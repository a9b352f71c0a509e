// SPDX-License-Identifier: Apache-2.0
// Tokenizer: how many tokens a text has in an encoding of OpenAI's models, exactly, and which.
//
// The same as `encode_ordinary` of the published packages: special tokens that stand in a text are ordinary text. What
// is not valid UTF-8 counts as U+FFFD (utf8_text.hpp says where).
#pragma once

#include "tokenizer/encoding.hpp"
#include "tokenizer/rank_table.hpp"

namespace sluice::tokenizer {

/// Immutable; all threads use it. Nothing is allocated by counting; a piece longer than `short_piece_bytes`, and only
/// such, takes 60 KiB of the stack.
class Tokenizer {
 public:
  explicit Tokenizer(Encoding encoding);

  std::size_t count(std::string_view text) const;
  /// Appends the tokens of the text.
  void encode(std::string_view text, std::vector<std::uint32_t>& tokens) const;
  /// The bytes of a token, empty for a number that is none.
  std::string_view bytes_of(std::uint32_t token) const { return ranks_.bytes_of(token); }
  Encoding encoding() const { return encoding_; }

  /// Counts a text that is known to be valid UTF-8.
  std::size_t count_valid(std::string_view text) const;

 private:
  Encoding encoding_;
  RankTable ranks_;
};

/// The tokenizer of an encoding. The first call for each reads its table (tens of milliseconds); thread-safe.
const Tokenizer& tokenizer(Encoding encoding);

}  // namespace sluice::tokenizer
