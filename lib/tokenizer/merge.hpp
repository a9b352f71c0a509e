// SPDX-License-Identifier: Apache-2.0
// Byte-pair encoding of one piece of text: starting from single bytes, the neighbours whose bytes together are the
// token of lowest rank become one part, the leftmost of equals first, until no neighbours make a token.
//
// Why long pieces can be done in windows: no merge crosses the border between two parts that stand beside one another
// in the end, so what is left and right of it is merged as if it stood alone. And when the last part of a text L and
// the first part of a text R remain two parts when they are merged by themselves, then no merge crosses the border in L
// R: the first one that did would take place among the bytes of these two parts alone, which are merged there as they
// are by themselves. So the parts of L R are those of L and those of R, and only the two parts at the seam are looked
// at.
#pragma once

#include "tokenizer/rank_table.hpp"

#include <array>
#include <span>

namespace sluice::tokenizer {

/// Bytes that are merged at once, and where in them the next window is entered, so that work and memory for each byte
/// are bounded whatever the text is.
inline constexpr std::size_t merge_window_bytes = 4096;
inline constexpr std::size_t seam_bytes = merge_window_bytes / 8 * 7;
/// Seams that are tried between two windows before one is taken as it is.
inline constexpr std::size_t most_seams = 16;
static_assert(seam_bytes / longest_token_bytes > most_seams + 1);

/// Where the parts of a text end, in order; texts of up to `merge_window_bytes`.
class Merger {
 public:
  explicit Merger(const RankTable& ranks) : ranks_(ranks) {}
  Merger(const Merger&) = delete;
  Merger& operator=(const Merger&) = delete;

  /// The ends live until the next call.
  std::span<const std::uint16_t> merge(const char* text, std::size_t size);

  /// Look-ups in the table so far, for tests of how much work a text makes.
  std::uint64_t lookups() const { return lookups_; }

 private:
  std::uint32_t key(const char* text, std::size_t part) {
    const std::size_t second = next_[part];
    if (second == size_) return no_rank;
    ++lookups_;
    const std::uint32_t rank = ranks_.find(text + part, next_[second] - part);
    return rank == no_rank ? no_rank : rank << position_bits | static_cast<std::uint32_t>(part);
  }
  void set_key(std::size_t part, std::uint32_t key);

  /// Keys are a rank and the place, so that the least is the leftmost of the lowest rank.
  static constexpr unsigned position_bits = 12;
  static_assert(std::size_t{1} << position_bits == merge_window_bytes);

  const RankTable& ranks_;
  std::size_t size_ = 0;
  std::size_t leaves_ = 0;
  std::uint64_t lookups_ = 0;
  std::array<std::uint16_t, merge_window_bytes> next_, before_;
  std::array<std::uint16_t, merge_window_bytes> ends_;
  std::array<std::uint32_t, 2 * merge_window_bytes> least_;  ///< A tree: each node is the lesser of its two children.
};

/// Pieces up to here are merged by looking through all parts for each merge, which is faster for the few that there
/// are.
inline constexpr std::size_t short_piece_bytes = 40;
/// Two tokens, for which the same is done at a seam.
inline constexpr std::size_t most_short_bytes = 2 * longest_token_bytes;

/// The same for texts up to `most_short_bytes`.
class ShortMerger {
 public:
  explicit ShortMerger(const RankTable& ranks) : ranks_(ranks) {}

  std::span<const std::uint16_t> merge(const char* text, std::size_t size);

 private:
  std::uint32_t rank(const char* text, std::size_t part) const;

  const RankTable& ranks_;
  std::size_t parts_ = 0;
  std::array<std::uint16_t, most_short_bytes + 1> begins_;
  std::array<std::uint32_t, most_short_bytes> ranks_of_;
};

}  // namespace sluice::tokenizer
