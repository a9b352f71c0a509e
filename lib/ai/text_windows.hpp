// SPDX-License-Identifier: Apache-2.0
// Cuts a long text into windows of a length that a service accepts.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace sluice::ai {

/// Windows of at most `characters` characters (UTF-16 units, as services count), each beginning `overlap` characters
/// before the end of the one before; never within a code point. An empty text has none. `overlap` is kept below
/// `characters`. Every byte of the text is in some window, also when it is not valid UTF-8 (such bytes count one each).
std::vector<std::string_view> text_windows(std::string_view text, std::size_t characters, std::size_t overlap = 0);

/// How many characters, counted so, `text` has.
std::size_t count_characters(std::string_view text);
/// The end of `text` that has at most `characters` of them; never within a code point.
std::string_view last_characters(std::string_view text, std::size_t characters);

}  // namespace sluice::ai
