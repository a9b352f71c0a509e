// SPDX-License-Identifier: Apache-2.0
// NumberRun: digits in groups, as people write long numbers, from one place on.
#pragma once

#include "pii/window.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace sluice::pii {

class NumberRun {
 public:
  static constexpr std::size_t max_digits = 24;
  static constexpr std::size_t max_groups = 10;

  struct Group {
    std::uint8_t digits_end;  ///< Digits up to the end of this group.
    std::uint8_t bytes_end;   ///< Bytes from the window's start up to there.
    char separator;           ///< What stands before it: a blank, `-`, `.`, `/`; NUL for the first.
  };

  /// Reads groups of digits with one separator between them: a blank or two (no-break ones too), a point, a slash, or a
  /// dash, which may have blanks around. Stops after the last group that is no part of a word, and before the second
  /// of two single digits, which are a list.
  explicit NumberRun(Window& window);

  std::size_t groups() const { return count_; }
  const Group& group(std::size_t i) const { return groups_[i]; }
  std::size_t group_size(std::size_t i) const {
    return groups_[i].digits_end - (i == 0 ? 0u : static_cast<unsigned>(groups_[i - 1].digits_end));
  }
  /// The digits of the first `groups`.
  std::string_view digits(std::size_t groups) const { return {digits_.data(), groups_[groups - 1].digits_end}; }
  std::size_t length(std::size_t groups) const { return groups_[groups - 1].bytes_end; }
  /// Sizes and separators of the first `groups`: `3-2-4`.
  std::string_view shape(std::size_t groups) const;
  /// All separators of the first `groups` are the same.
  bool is_uniform(std::size_t groups) const;
  /// A longer token goes on behind the first `groups`: a mark and a letter or digit follow, or one more group like the
  /// last of several.
  bool is_glued_behind(Window& window, std::size_t groups) const;

 private:
  std::array<char, max_digits> digits_{};
  std::array<Group, max_groups> groups_{};
  std::size_t count_ = 0;
  std::array<char, 4 * max_groups> shape_{};
  std::array<std::uint8_t, max_groups> shape_ends_{};
};

/// What stands before the window's start belongs to the same token: a mark with a letter or digit before it.
bool is_glued_before(const Window& window);

/// Before the window's start stands a group of `size` digits: what begins here is the rest of a row of such groups.
bool is_row_before(const Window& window, std::size_t size);

/// Length of the separator at `at`, behind which a digit stands, and how it is written; 0 when there is none.
struct Separator {
  std::size_t length = 0;
  char mark = 0;
};
Separator read_separator(Window& window, std::size_t at);

}  // namespace sluice::pii
