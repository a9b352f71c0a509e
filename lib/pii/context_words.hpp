// SPDX-License-Identifier: Apache-2.0
// Words near a number that say what it is.
#pragma once

#include "pii/window.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace sluice::pii {

/// How far before a number, and behind it, words are looked for.
inline constexpr std::size_t max_words_before = 48;
inline constexpr std::size_t max_words_behind = 32;

struct NearWord {
  std::size_t distance = 0;  ///< From its end to the end of the text.
  std::size_t length = 0;
};

/// The last place in `before` where one of `words` (separated by `|`) stands; nothing when none does. ASCII words of up
/// to five letters must stand alone, longer ones may be beginnings; case counts only for words with capitals. Other
/// words stand anywhere.
std::optional<NearWord> nearest_word(std::string_view before, std::string_view words);

/// One of `words` stands near what the window begins with and that is `length` bytes long. Of what stands before, the
/// nearer one of `words` and of words for other numbers (orders, parts, versions) counts; joined to one of `words`,
/// another
/// (`tax-id`) does not.
bool is_named(Window& window, std::size_t length, std::string_view words);
/// A word for other numbers stands shortly before.
bool is_other_number(const Window& window);

}  // namespace sluice::pii
