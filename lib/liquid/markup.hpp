// SPDX-License-Identifier: Apache-2.0
// Reads what stands between the braces of outputs and tags: names, texts, numbers, signs. Reports what does not fit.
#pragma once

#include "liquid/scanner.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::liquid {

class Markup {
 public:
  Markup(const Piece& piece, expression::Findings& findings)
      : text_(piece.text), offset_(piece.offset), opening_(piece.opening), findings_(findings) {}

  bool at_end();
  /// The next character that is no blank; 0 at the end.
  char peek();
  /// Whether `sign` comes next.
  bool is_next(std::string_view sign);
  /// Passes `sign` when it comes next.
  bool accept(std::string_view sign);
  /// Passes the whole word when it comes next.
  bool accept_word(std::string_view word);
  /// A name: letters, digits, `_` and `-`, perhaps a `?` at its end; empty when none comes next.
  std::string_view name();
  /// A name that must come next; `what` says for what. Empty after reporting.
  std::string_view needed_name(std::string_view what);
  /// A text in quotes. There are no escapes in it.
  std::optional<std::string_view> quoted();
  /// Digits with a sign, perhaps a point and more digits.
  std::optional<std::string_view> number();
  /// A sign of comparison, or nothing.
  std::string_view comparison();
  /// What has been read so far, the tag's name included.
  std::string_view passed() const { return text_.substr(0, at_); }

  /// Reports unless everything has been read.
  void finish();
  void unexpected(std::string_view wanted);
  void error(std::string_view code, std::string message, std::string hint = {});
  /// The same for something that was read.
  void error_at(std::string_view part, std::string_view code, std::string message, std::string hint = {});
  /// Nothing more is reported: what follows would follow from something that was.
  void give_up() { reported_ = true; }
  std::uint32_t opening() const { return opening_; }

 private:
  void skip_blanks();

  std::string_view text_;
  std::uint32_t offset_;
  std::uint32_t opening_;
  expression::Findings& findings_;
  std::size_t at_ = 0;
  bool reported_ = false;  ///< One finding for each piece of markup: the rest would follow from it.
};

}  // namespace sluice::liquid
