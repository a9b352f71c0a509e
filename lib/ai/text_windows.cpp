// SPDX-License-Identifier: Apache-2.0
#include "ai/text_windows.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::ai {
namespace {

struct CodePoint {
  std::size_t bytes, characters;
};

CodePoint first_code_point(std::string_view text) {
  const std::size_t bytes = std::max<std::size_t>(utf8_sequence_length(text), 1);
  return {bytes, bytes == 4 ? 2u : 1u};
}

/// Bytes at the start of `text` that make at most `characters`, but at least one code point.
std::size_t prefix_bytes(std::string_view text, std::size_t characters) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const CodePoint next = first_code_point(text.substr(bytes));
    if (next.characters > characters && bytes > 0) break;
    bytes += next.bytes;
    characters -= std::min(characters, next.characters);
    if (characters == 0) break;
  }
  return bytes;
}

}  // namespace

std::vector<std::string_view> text_windows(std::string_view text, std::size_t characters, std::size_t overlap) {
  characters = std::max<std::size_t>(characters, 1);
  overlap = std::min(overlap, characters - 1);
  std::vector<std::string_view> windows;
  while (!text.empty()) {
    const std::size_t bytes = prefix_bytes(text, characters);
    windows.push_back(text.substr(0, bytes));
    if (bytes == text.size()) break;
    // The next window leaves out what lies before the overlap; by one code point at least it goes on.
    text.remove_prefix(overlap == 0 ? bytes : std::min(bytes, prefix_bytes(text, characters - overlap)));
  }
  return windows;
}

std::size_t count_characters(std::string_view text) {
  std::size_t characters = 0;
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    characters += next.characters;
    text.remove_prefix(next.bytes);
  }
  return characters;
}

std::string_view last_characters(std::string_view text, std::size_t characters) {
  for (std::size_t count = count_characters(text); count > characters;) {
    const CodePoint next = first_code_point(text);
    count -= next.characters;
    text.remove_prefix(next.bytes);
  }
  return text;
}

}  // namespace sluice::ai
