// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <sluice/message.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sluice {

namespace {

/// Whether two words hold the same bytes but for the case of ASCII letters.
template <class Word>
bool same_but_case(const char* left, const char* right) {
  Word a, b;
  std::memcpy(&a, left, sizeof a);
  std::memcpy(&b, right, sizeof b);
  const Word differing = a ^ b;
  if (differing == 0) return true;
  constexpr Word ones = static_cast<Word>(~Word{0} / 0xFF);
  constexpr Word case_bits = ones * 0x20, high_bits = ones * 0x80;
  if ((differing & ~case_bits) != 0) return false;
  // Bytes that differ in the bit of the case must be letters: sums of seven bits show which are within 'a' to 'z'.
  const Word low = (a | case_bits) & static_cast<Word>(~high_bits);
  const Word from_a = static_cast<Word>(low + ones * (0x80 - 'a'));
  const Word beyond_z = static_cast<Word>(low + ones * (0x7F - 'z'));
  const Word letters = (from_a ^ beyond_z) & static_cast<Word>(~a) & high_bits;
  return (static_cast<Word>(differing << 2) & static_cast<Word>(~letters) & high_bits) == 0;
}

/// Words that may overlap cover the text.
template <class Word>
bool same_words_but_case(const char* left, const char* right, std::size_t size) {
  for (std::size_t i = 0; i + sizeof(Word) < size; i += sizeof(Word)) {
    if (!same_but_case<Word>(left + i, right + i)) return false;
  }
  return same_but_case<Word>(left + size - sizeof(Word), right + size - sizeof(Word));
}

}  // namespace

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  const std::size_t size = left.size();
  if (size != right.size()) return false;
  if (size >= 8) return same_words_but_case<std::uint64_t>(left.data(), right.data(), size);
  if (size >= 4) return same_words_but_case<std::uint32_t>(left.data(), right.data(), size);
  for (std::size_t i = 0; i < size; ++i) {
    if (to_lower(left[i]) != to_lower(right[i])) return false;
  }
  return true;
}

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }

std::string to_lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = to_lower(c);
  return result;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && is_blank(text[at])) ++at;
    const std::size_t start = at;
    while (at < text.size() && !is_blank(text[at])) ++at;
    if (at > start) words.push_back(text.substr(start, at - start));
  }
  return words;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const std::size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

namespace {
template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}
}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.size() > 1 && text.front() == '+' && is_digit(text[1])) text.remove_prefix(1);
  return parse_whole<std::int64_t>(text);
}
std::optional<std::uint64_t> parse_unsigned(std::string_view text) { return parse_whole<std::uint64_t>(text); }
std::optional<double> parse_double(std::string_view text) { return parse_whole<double>(text); }

std::optional<bool> parse_boolean(std::string_view text) {
  if (equal_ignoring_case(text, "true")) return true;
  if (equal_ignoring_case(text, "false")) return false;
  return std::nullopt;
}

std::size_t utf8_sequence_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!continues(1) || !continues(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
    if (first == 0xED && byte(1) > 0x9F) return 0;  // surrogate
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;  // overlong
    if (first == 0xF4 && byte(1) > 0x8F) return 0;  // beyond U+10FFFF
    return 4;
  }
  return 0;
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void append_utf8(std::string& to, std::uint32_t code_point) {
  const auto put = [&](std::uint32_t byte) { to.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3F));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

namespace {
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (to_lower(left[i - 1]) != to_lower(right[j - 1]))});
      diagonal = above;
    }
  }
  return row[right.size()];
}
constexpr std::size_t longest_name_compared = 64;
}  // namespace

std::string_view nearest_name(std::string_view text, const std::vector<std::string_view>& candidates) {
  if (text.size() > longest_name_compared) return {};
  std::string_view best;
  // Two letters that changed places are two edits.
  std::size_t best_distance = (text.size() < 4 ? 1 : std::max<std::size_t>(2, text.size() / 3)) + 1;
  for (auto candidate : candidates) {
    const std::size_t distance = edit_distance(text, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace sluice
