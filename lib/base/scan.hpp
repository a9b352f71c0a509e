// SPDX-License-Identifier: Apache-2.0
// Looking for bytes in heads and in strings of JSON, sixteen at a time where the processor can.
#pragma once

#include "base/characters.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice {

#if defined(__SSE2__)
namespace detail {
inline __m128i load(const char* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }
inline __m128i equal(__m128i bytes, char to) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(to)); }
/// The bytes from `first` to `first + more`.
inline __m128i within(__m128i bytes, char first, char more) {
  const __m128i from_first = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
  return _mm_cmpeq_epi8(_mm_min_epu8(from_first, _mm_set1_epi8(more)), from_first);
}
}  // namespace detail
#endif

#if defined(__SSE2__)
namespace detail {

/// The first byte from `at` on that `misses` marks in a piece of sixteen, or `end`. The last piece begins before `at`
/// when there is no other way, but not before `begin`; nothing when that cannot be.
template <class Misses>
const char* find_missing(const char* begin, const char* at, const char* end, const Misses& misses) {
  for (; end - at >= 16; at += 16) {
    if (const unsigned mask = misses(load(at)); mask != 0) return at + std::countr_zero(mask);
  }
  if (end - begin < 16) return nullptr;
  const unsigned mask = misses(load(end - 16)) >> (16 - (end - at));
  return mask != 0 ? at + std::countr_zero(mask) : end;
}

inline unsigned no_value_bytes(__m128i bytes) {
  const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  const __m128i refused = _mm_or_si128(_mm_andnot_si128(equal(bytes, '\t'), controls), equal(bytes, 0x7F));
  return static_cast<unsigned>(_mm_movemask_epi8(refused));
}

/// Nearly all names are of letters, digits and dashes.
inline unsigned unusual_name_bytes(__m128i bytes) {
  const __m128i letters = within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z' - 'a');
  const __m128i usual = _mm_or_si128(_mm_or_si128(letters, within(bytes, '0', '9' - '0')), equal(bytes, '-'));
  return ~static_cast<unsigned>(_mm_movemask_epi8(usual)) & 0xFFFFu;
}

inline unsigned unusual_path_bytes(__m128i bytes) {
  const __m128i letters = within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z' - 'a');
  const __m128i others = _mm_or_si128(within(bytes, '-', '9' - '-'), equal(bytes, '_'));
  const __m128i of_queries = _mm_or_si128(equal(bytes, '='), equal(bytes, '&'));
  const __m128i usual = _mm_or_si128(_mm_or_si128(letters, others), of_queries);
  return ~static_cast<unsigned>(_mm_movemask_epi8(usual)) & 0xFFFFu;
}

}  // namespace detail
#endif

#if defined(__SSE2__)
namespace detail {

inline unsigned quoting_bytes(__m128i bytes) {
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(equal(bytes, '"'), equal(bytes, '\\'))));
}

inline unsigned quoting_or_bracket_bytes(__m128i bytes) {
  const __m128i brackets = _mm_or_si128(bytes, _mm_set1_epi8(0x20));  // Square ones become curly ones.
  const __m128i either = _mm_or_si128(equal(brackets, '{'), equal(brackets, '}'));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(either, equal(bytes, '"'))));
}

/// With the bytes of sequences, which are the negative ones, and controls all are below the blank when signed.
inline unsigned unusual_string_bytes(__m128i bytes) {
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)))) | quoting_bytes(bytes);
}

}  // namespace detail
#endif

/// The next quote or backslash from `at` on, or `end`. `begin`: where the text around it begins.
inline const char* quote_or_escape(const char* begin, const char* at, const char* end) {
#if defined(__SSE2__)
  if (const char* const found = detail::find_missing(begin, at, end, detail::quoting_bytes)) return found;
#endif
  while (at != end && *at != '"' && *at != '\\') ++at;
  return at;
}

/// The next quote, or bracket of an array or object, from `at` on, or `end`.
inline const char* quote_or_bracket(const char* begin, const char* at, const char* end) {
#if defined(__SSE2__)
  if (const char* const found = detail::find_missing(begin, at, end, detail::quoting_or_bracket_bytes)) return found;
#endif
  while (at != end && *at != '"' && (*at | 0x20) != '{' && (*at | 0x20) != '}') ++at;
  return at;
}

/// As `quote_or_escape`, which stops at controls and at what is not ASCII too.
inline const char* plain_string_end(const char* begin, const char* at, const char* end) {
#if defined(__SSE2__)
  if (const char* const found = detail::find_missing(begin, at, end, detail::unusual_string_bytes)) return found;
#endif
  while (at != end && static_cast<signed char>(*at) >= 0x20 && *at != '"' && *at != '\\') ++at;
  return at;
}

/// The first byte from `at` on that may not stand in a field value, or `end`. `begin`: where the text around it begins.
inline const char* value_end(const char* begin, const char* at, const char* end) {
#if defined(__SSE2__)
  if (const char* const found = detail::find_missing(begin, at, end, detail::no_value_bytes)) return found;
#endif
  while (at != end && value_bytes[static_cast<unsigned char>(*at)]) ++at;
  return at;
}

/// The first byte from `at` on that may not stand in a field name, or `end`. `has_underscore` is set when `_` was met.
inline const char* name_end(const char* begin, const char* at, const char* end, bool& has_underscore) {
#if defined(__SSE2__)
  if (const char* const found = detail::find_missing(begin, at, end, detail::unusual_name_bytes)) {
    if (found == end || *found == ':') return found;
    at = found;
  }
#endif
  for (; at != end && token_bytes[static_cast<unsigned char>(*at)]; ++at) has_underscore = has_underscore || *at == '_';
  return at;
}

/// The first byte of a request target from `at` on that is none of the usual letters, digits, `-._/=&`,
/// looked for in whole pieces of sixteen only: what it stops at, or before, is for a table to judge.
inline const char* skip_path_bytes(const char* at, const char* end) {
#if defined(__SSE2__)
  for (; end - at >= 16; at += 16) {
    if (const unsigned mask = detail::unusual_path_bytes(detail::load(at)); mask != 0)
      return at + std::countr_zero(mask);
  }
#endif
  return at;
}

/// `all_in`, for a table that has all the usual bytes of paths and queries, and texts that are mostly of those.
bool all_in_path(std::string_view text, const std::array<bool, 256>& table);

/// Whether every byte may stand in a field value.
inline bool is_field_value(std::string_view text) {
  const char* const end = text.data() + text.size();
  return value_end(text.data(), text.data(), end) == end;
}

#if defined(__SSE2__)
namespace detail {

/// Where they are in a piece of 64, the first the lowest bit.
inline std::uint64_t line_feeds(const char* at) {
  const auto quarter = [&](unsigned number) {
    const int mask = _mm_movemask_epi8(equal(load(at + 16 * number), '\n'));
    return static_cast<std::uint64_t>(static_cast<unsigned>(mask)) << (16 * number);
  };
  return quarter(0) | quarter(1) | quarter(2) | quarter(3);
}

}  // namespace detail
#endif

/// The first CR or LF from `from` on, or the size of `text`.
inline std::size_t find_line_end(std::string_view text, std::size_t from = 0) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* at = begin + from;
#if defined(__SSE2__)
  const auto line_ends = [](__m128i bytes) {
    return static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(detail::equal(bytes, '\r'), detail::equal(bytes, '\n'))));
  };
  if (const char* const found = detail::find_missing(begin, at, end, line_ends)) {
    return static_cast<std::size_t>(found - begin);
  }
#endif
  while (at != end && *at != '\r' && *at != '\n') ++at;
  return static_cast<std::size_t>(at - begin);
}

/// Where the first `CR LF CR LF` begins, from `from` on; npos when there is none.
inline std::size_t find_empty_line(std::string_view text, std::size_t from) {
#if defined(__SSE2__)
  constexpr std::size_t width = 64;
  if (text.size() >= from + width) {
    // Of line feeds with one byte between them: pieces overlap, so that none has them apart.
    for (std::size_t at = from;; at = std::min(at + width - 2, text.size() - width)) {
      const std::uint64_t feeds = detail::line_feeds(text.data() + at);
      for (std::uint64_t pairs = feeds & (feeds >> 2); pairs != 0; pairs &= pairs - 1) {
        const std::size_t feed = at + static_cast<std::size_t>(std::countr_zero(pairs));
        if (feed > from && text[feed - 1] == '\r' && text[feed + 1] == '\r') return feed - 1;
      }
      if (at + width == text.size()) return std::string_view::npos;
    }
  }
#endif
  return text.find("\r\n\r\n", from);
}

}  // namespace sluice
