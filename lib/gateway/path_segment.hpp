// SPDX-License-Identifier: Apache-2.0
// The segments of a path, hashed while their ends are looked for: eight bytes at a time, without case.
#pragma once

#include <sluice/message.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice {

struct PathSegment {
  std::string_view text;
  std::uint64_t hash = 0;  ///< `segment_hash` of the text.
};

namespace detail {

/// Of every byte: segments often differ in a number in their middle alone.
class SegmentHash {
 public:
  void add(std::uint64_t word) { hash_ = (hash_ ^ (hash_ >> 32) ^ word) * factor; }
  std::uint64_t of(std::size_t size) const { return (hash_ ^ (hash_ >> 32) ^ size) * factor; }

 private:
  static constexpr std::uint64_t factor = 0x9E3779B97F4A7C15u;
  std::uint64_t hash_ = factor;
};

/// The bytes of a word before its first `/`, from the lowest on; 8: there is none.
inline std::size_t bytes_before_slash(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101u;
  const std::uint64_t differing = word ^ (ones * '/');
  const std::uint64_t zeros = (differing - ones) & ~differing & (ones * 0x80);  // the lowest bit is right
  return static_cast<std::size_t>(std::countr_zero(zeros)) / 8;
}

}  // namespace detail

/// Takes the first segment off `path`, which begins with `/` or is empty.
inline PathSegment take_segment(std::string_view& path) {
  if (path.empty()) return {};
  detail::SegmentHash hash;
  const char* const begin = path.data() + 1;
  const char* const end = path.data() + path.size();
  const char* at = begin;
  std::size_t last = 0;  // bytes of the segment from `at` on, fewer than 8
  for (;; at += 8) {
    if (std::endian::native == std::endian::little && end - at >= 8) {
      std::uint64_t word;
      std::memcpy(&word, at, sizeof word);
      last = detail::bytes_before_slash(word);
    } else {
      for (last = 0; last < 8 && at + last != end && at[last] != '/';) ++last;
    }
    hash.add(detail::caseless_word(at, last));
    if (last < 8) break;
  }
  const auto size = static_cast<std::size_t>(at - begin) + last;
  path.remove_prefix(size + 1);
  return {{begin, size}, hash.of(size)};
}

/// Of a text without `/`, whatever its case.
inline std::uint64_t segment_hash(std::string_view text) {
  detail::SegmentHash hash;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) hash.add(detail::caseless_word(text.data() + at, 8));
  hash.add(detail::caseless_word(text.data() + at, text.size() - at));
  return hash.of(text.size());
}

}  // namespace sluice
