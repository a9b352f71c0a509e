// SPDX-License-Identifier: Apache-2.0
// Each function below is one alternative of the patterns (L letters, N numbers, s white space), and answers where its
// match ends, or nullptr when it has none. Alternatives are tried in the order of the patterns, the first that matches
// wins.
//   cl100k_base  (?i:'s|'t|'re|'ve|'m|'ll|'d) | [^\r\nLN]?L+ | N{1,3} | ?[^sLN]+[\r\n]* | s*[\r\n]+ | s+(?!S) | s+
//   o200k_base   [^\r\nLN]?[UM]*[DM]+C? | [^\r\nLN]?[UM]+[DM]*C? | N{1,3} | ?[^sLN]+[\r\n/]* | s*[\r\n]+ | s+(?!S) | s+
//                (U: Lu Lt Lm Lo, D: Ll Lm Lo, M: marks, C: the contractions of cl100k_base)
//   p50k_base    's|'t|'re|'ve|'m|'ll|'d | ?L+ | ?N+ | ?[^sLN]+ | s+(?!S) | s+
#include "tokenizer/splitter.hpp"

#include "base/scan.hpp"
#include "tokenizer/character_class.hpp"
#include "tokenizer/utf8_text.hpp"

#include <array>
#include <bit>

namespace sluice::tokenizer {
namespace {

using Class = CharacterClass;

constexpr std::size_t most_numbers = 3;

struct Character {
  Class kind;
  std::uint32_t bytes;
};

constexpr std::array<Class, 128> ascii_classes = [] {
  std::array<Class, 128> classes{};
  for (char c = 'a'; c <= 'z'; ++c) classes[static_cast<std::size_t>(c)] = Class::lower;
  for (char c = 'A'; c <= 'Z'; ++c) classes[static_cast<std::size_t>(c)] = Class::upper;
  for (char c = '0'; c <= '9'; ++c) classes[static_cast<std::size_t>(c)] = Class::number;
  for (const char c : {'\t', '\v', '\f', ' '}) classes[static_cast<std::size_t>(c)] = Class::blank;
  for (const char c : {'\r', '\n'}) classes[static_cast<std::size_t>(c)] = Class::newline;
  return classes;
}();

inline Character character_at(const char* at) {
  const auto byte = static_cast<unsigned char>(*at);
  if (byte < 0x80) return {ascii_classes[byte], 1};
  const CodePoint point = code_point_at(at);
  return {CharacterClasses::instance().of(point.value), point.bytes};
}

/// Behind the longest run of characters whose class `is_member` wants.
template <class IsMember>
inline const char* run(const char* at, const char* end, IsMember is_member) {
  while (at != end) {
    const Character c = character_at(at);
    if (!is_member(c.kind)) break;
    at += c.bytes;
  }
  return at;
}

constexpr bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

/// Behind the small letters of ASCII from `at` on.
inline const char* small_letters(const char* at, const char* end) {
#if defined(__SSE2__)
  for (; end - at >= 16; at += 16) {
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(detail::within(detail::load(at), 'a', 'z' - 'a')));
    if (mask != 0xFFFF) return at + std::countr_one(mask);
  }
#endif
  while (at != end && *at >= 'a' && *at <= 'z') ++at;
  return at;
}

/// Most words of most texts are of small letters, with a blank before them and a capital at most, and nothing behind
/// that could belong to them: for those all patterns agree, and nothing has to be looked up. Their end, or nullptr.
inline const char* plain_word(const char* at, const char* end) {
  const char* begin = at + (*at == ' ' && end - at > 1);
  begin += is_capital(*begin) && end - begin > 1;
  const char* behind = small_letters(begin, end);
  if (behind == begin) return nullptr;
  const bool may_go_on =
      behind != end && (static_cast<unsigned char>(*behind) >= 0x80 || *behind == '\'' || is_capital(*behind));
  return may_go_on ? nullptr : behind;
}

constexpr bool is_other(Class c) { return c == Class::other || c == Class::mark; }
constexpr bool may_precede_word(Class c) { return c != Class::newline && !is_letter(c) && c != Class::number; }
constexpr bool may_begin_word(Class c) { return c == Class::upper || c == Class::letter || c == Class::mark; }
constexpr bool may_end_word(Class c) { return c == Class::lower || c == Class::letter || c == Class::mark; }

/// 's 't 'm 'd 're 've 'll at an apostrophe. In any case where the pattern says so, and then the long s is an s too.
template <bool any_case>
const char* contraction(const char* at, const char* end) {
  constexpr std::string_view long_s = "\xC5\xBF";
  if (at == end || *at != '\'' || ++at == end) return nullptr;
  const auto letter = [&](const char* from) {
    return any_case && *from >= 'A' && *from <= 'Z' ? *from + ('a' - 'A') : *from;
  };
  const int first = letter(at);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return at + 1;
  if (any_case && std::string_view(at, end).starts_with(long_s)) return at + long_s.size();
  if (end - at < 2) return nullptr;
  const int second = letter(at + 1);
  const bool fits = ((first == 'r' || first == 'v') && second == 'e') || (first == 'l' && second == 'l');
  return fits ? at + 2 : nullptr;
}

const char* numbers(const char* at, const char* end) {
  for (std::size_t i = 0; i < most_numbers && at != end; ++i) {
    const Character c = character_at(at);
    if (c.kind != Class::number) break;
    at += c.bytes;
  }
  return at;
}

/// ` ?[^sLN]+` and behind it newlines, and slashes where the pattern has them.
template <bool newlines_follow, bool slashes_follow>
const char* punctuation(const char* at, const char* end) {
  const char* begin = *at == ' ' ? at + 1 : at;
  const char* behind = run(begin, end, is_other);
  if (behind == begin) return nullptr;
  if constexpr (newlines_follow) {
    while (behind != end && (*behind == '\r' || *behind == '\n' || (slashes_follow && *behind == '/'))) ++behind;
  }
  return behind;
}

/// `s+(?!S) | s+`, and before them `s*[\r\n]+` where the pattern has it.
template <bool up_to_newline>
const char* space(const char* at, const char* end) {
  const char* last = at;  // the last character of the run
  const char* after_newline = nullptr;
  const char* behind = at;
  while (behind != end) {
    const Character c = character_at(behind);
    if (!is_space(c.kind)) break;
    last = behind;
    behind += c.bytes;
    if (c.kind == Class::newline) after_newline = behind;
  }
  if (up_to_newline && after_newline != nullptr) return after_newline;
  // One character is left to the word that follows.
  return behind == end || last == at ? behind : last;
}

/// `[UM]*[DM]+` at `at`, or nullptr; `behind_upper` is where the run of U and M ends.
const char* mixed_word(const char* at, const char* end, const char*& behind_upper) {
  const char* behind_both = nullptr;  // behind the last character that is of both classes
  const char* behind = at;
  while (behind != end) {
    const Character c = character_at(behind);
    if (!may_begin_word(c.kind)) break;
    behind += c.bytes;
    if (c.kind != Class::upper) behind_both = behind;
  }
  behind_upper = behind;
  if (behind != end && character_at(behind).kind == Class::lower) return run(behind, end, may_end_word);
  return behind_both;
}

const char* o200k_word(const char* at, const char* end) {
  const Character first = character_at(at);
  if (!may_precede_word(first.kind) && !is_letter(first.kind)) return nullptr;
  const char* second = at + first.bytes;
  const char* begin = is_letter(first.kind) ? at : second;
  const char* behind_upper = begin;
  if (const char* behind = mixed_word(begin, end, behind_upper)) return behind;
  // Without the character before it, a mark is a word itself, for only capitals follow.
  if (first.kind == Class::mark) return second;
  return behind_upper != begin ? behind_upper : nullptr;
}

}  // namespace

const char* cl100k_piece(const char* at, const char* end) {
  if (const char* behind = plain_word(at, end)) return behind;
  if (*at == '\'') {
    if (const char* behind = contraction<true>(at, end)) return behind;
  }
  const Character first = character_at(at);
  const char* second = at + first.bytes;
  if (is_letter(first.kind)) return run(second, end, is_letter);
  if (first.kind == Class::number) return numbers(at, end);
  if (first.kind != Class::newline && second != end && is_letter(character_at(second).kind))
    return run(second, end, is_letter);
  if (const char* behind = punctuation<true, false>(at, end)) return behind;
  return space<true>(at, end);
}

const char* o200k_piece(const char* at, const char* end) {
  if (const char* behind = plain_word(at, end)) return behind;
  if (const char* behind = o200k_word(at, end)) {
    const char* contracted = contraction<true>(behind, end);
    return contracted != nullptr ? contracted : behind;
  }
  if (character_at(at).kind == Class::number) return numbers(at, end);
  if (const char* behind = punctuation<true, true>(at, end)) return behind;
  return space<true>(at, end);
}

const char* p50k_piece(const char* at, const char* end) {
  if (const char* behind = plain_word(at, end)) return behind;
  if (const char* behind = contraction<false>(at, end)) return behind;
  const char* begin = *at == ' ' && end - at > 1 ? at + 1 : at;
  const Class kind = character_at(begin).kind;
  if (is_letter(kind)) return run(begin, end, is_letter);
  if (kind == Class::number) return run(begin, end, [](Class c) { return c == Class::number; });
  if (is_other(kind)) return run(begin, end, is_other);
  return space<false>(at, end);
}

std::size_t settled_bytes(std::string_view text) {
  bool can_end = false;  // whether a piece ends before the character behind
  for (std::size_t behind = text.size(); behind > 0;) {
    std::size_t at = behind - 1;
    while ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    const Class kind = character_at(text.data() + at).kind;
    if (can_end && (is_letter(kind) || kind == Class::number)) return behind;
    can_end = is_space(kind) || (kind == Class::other && text[at] != '\'');
    behind = at;
  }
  return 0;
}

}  // namespace sluice::tokenizer
