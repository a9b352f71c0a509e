// SPDX-License-Identifier: Apache-2.0
// RankTable: the tokens of an encoding, found by their bytes in a table with open addressing.
#pragma once

#include <sluice/arena.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace sluice::tokenizer {

inline constexpr std::uint32_t no_rank = UINT32_MAX;
/// No token of the three encodings is longer.
inline constexpr std::size_t longest_token_bytes = 128;

class RankTable {
 public:
  /// `file`: as data/generate.mjs writes it. Takes about 16 bytes for each of at least twice as many places as tokens,
  /// and the bytes of the tokens: 10 MiB for o200k_base, 5 MiB for cl100k_base, 2.5 MiB for p50k_base.
  explicit RankTable(std::string_view file);

  /// Where the search for a text begins.
  struct Start {
    std::uint64_t key;
    std::size_t place;
  };
  /// `size` is at least 1; up to `end` there are bytes.
  Start start(const char* text, std::size_t size, const char* end) const {
    if (std::endian::native == std::endian::little && size <= short_bytes && end - text >= 8) {
      std::uint64_t word;
      std::memcpy(&word, text, sizeof word);
      return start_of(word & ~std::uint64_t{0} >> (64 - 8 * size), size);
    }
    return start_of(key_of(text, std::min(size, longest_)), size);  // nothing is found for longer ones
  }
  /// Has the processor fetch the place while something else is done: the table is larger than its caches.
  void prefetch(const Start& start) const { __builtin_prefetch(&places_[start.place]); }

  /// The rank of the token that has these bytes, or `no_rank`. `size` is at least 1.
  std::uint32_t find(const char* text, std::size_t size) const {
    return find(text, size, start(text, size, text + size));
  }
  std::uint32_t find(const char* text, std::size_t size, const Start& start) const {
    if (size > longest_) return no_rank;
    for (std::size_t place = start.place;; place = (place + 1) & mask_) {
      const Place& found = places_[place];
      if (found.size == 0) return no_rank;
      if (found.key == start.key && found.size == size && (size <= short_bytes || is_token(found.rank, text, size)))
        return found.rank;
    }
  }

  /// The bytes of a token; empty for a number that is no token's.
  std::string_view bytes_of(std::uint32_t rank) const {
    if (rank >= size()) return {};
    return bytes_.substr(begins_[rank], begins_[rank + 1] - begins_[rank]);
  }

  /// Ranks are below it.
  std::size_t size() const { return begins_.size() - 1; }

 private:
  /// Texts up to here are their own key, so that nothing else has to be looked at.
  static constexpr std::size_t short_bytes = 8;

  struct Place {
    std::uint64_t key = 0;
    std::uint32_t rank = 0;
    std::uint32_t size = 0;  ///< 0: free
  };

  static std::uint64_t key_of(const char* text, std::size_t size) {
    return size <= short_bytes ? load_short(text, size) : hash(text, size);
  }
  Start start_of(std::uint64_t key, std::size_t size) const { return {key, place_of(key, size)}; }
  static std::uint64_t load_short(const char* text, std::size_t size);
  static std::uint64_t hash(const char* text, std::size_t size);
  std::size_t place_of(std::uint64_t key, std::size_t size) const {
    return static_cast<std::size_t>(((key + size * 0x9FB21C651E98DF25) * 0x9E3779B97F4A7C15) >> shift_);
  }
  bool is_token(std::uint32_t rank, const char* text, std::size_t size) const {
    return std::memcmp(bytes_.data() + begins_[rank], text, size) == 0;
  }
  void insert(std::uint32_t rank);

  Arena arena_;
  std::string_view bytes_;
  std::vector<std::uint32_t> begins_;
  std::vector<Place> places_;
  std::size_t mask_ = 0;
  unsigned shift_ = 0;
  std::size_t longest_ = 0;
};

inline std::uint64_t RankTable::load_short(const char* text, std::size_t size) {
  const auto load = [](const char* from, auto word) {
    std::memcpy(&word, from, sizeof word);
    return static_cast<std::uint64_t>(word);
  };
  // Two words that overlap in bytes that are the same.
  if (size == 8) return load(text, std::uint64_t{});
  if (size >= 4) return load(text, std::uint32_t{}) | load(text + size - 4, std::uint32_t{}) << (8 * (size - 4));
  if (size >= 2) return load(text, std::uint16_t{}) | load(text + size - 2, std::uint16_t{}) << (8 * (size - 2));
  return static_cast<unsigned char>(*text);
}

inline std::uint64_t RankTable::hash(const char* text, std::size_t size) {
  constexpr std::uint64_t multiplier = 0xD6E8FEB86659FD93;
  std::uint64_t hash = size;
  for (std::size_t at = 0; at + 8 < size; at += 8) {
    hash = (hash ^ load_short(text + at, 8)) * multiplier;
    hash ^= hash >> 32;
  }
  hash = (hash ^ load_short(text + size - 8, 8)) * multiplier;
  return hash ^ hash >> 32;
}

}  // namespace sluice::tokenizer
