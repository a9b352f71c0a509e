// SPDX-License-Identifier: Apache-2.0
// A merge changes the keys of two parts and ends a third; each change climbs the tree once. So a window of n bytes
// takes at most 3 n look-ups and 3 n climbs of 12 steps.
#include "tokenizer/merge.hpp"

#include <algorithm>

namespace sluice::tokenizer {

void Merger::set_key(std::size_t part, std::uint32_t key) {
  std::size_t node = leaves_ + part;
  least_[node] = key;
  while (node > 1) {
    const std::uint32_t least = std::min(least_[node], least_[node ^ 1]);
    node >>= 1;
    if (least_[node] == least) break;
    least_[node] = least;
  }
}

std::span<const std::uint16_t> Merger::merge(const char* text, std::size_t size) {
  size_ = size;
  leaves_ = 1;
  while (leaves_ < size) leaves_ *= 2;
  for (std::size_t i = 0; i < size; ++i) {
    next_[i] = static_cast<std::uint16_t>(i + 1);
    before_[i] = static_cast<std::uint16_t>(i == 0 ? 0 : i - 1);
  }
  for (std::size_t i = 0; i < size; ++i) least_[leaves_ + i] = key(text, i);
  std::fill(least_.begin() + leaves_ + size, least_.begin() + 2 * leaves_, no_rank);
  for (std::size_t node = leaves_ - 1; node > 0; --node)
    least_[node] = std::min(least_[2 * node], least_[2 * node + 1]);

  while (least_[1] != no_rank) {
    const std::size_t part = least_[1] & (merge_window_bytes - 1);
    const std::size_t second = next_[part];
    const std::size_t after = next_[second];
    next_[part] = static_cast<std::uint16_t>(after);
    if (after != size) before_[after] = static_cast<std::uint16_t>(part);
    set_key(second, no_rank);
    set_key(part, key(text, part));
    if (part != 0) set_key(before_[part], key(text, before_[part]));
  }

  std::size_t count = 0;
  for (std::size_t part = 0; part != size; part = next_[part]) ends_[count++] = next_[part];
  return std::span(ends_).first(count);
}

std::uint32_t ShortMerger::rank(const char* text, std::size_t part) const {
  return part + 2 > parts_
             ? no_rank
             : ranks_.find(text + begins_[part], static_cast<std::size_t>(begins_[part + 2] - begins_[part]));
}

std::span<const std::uint16_t> ShortMerger::merge(const char* text, std::size_t size) {
  parts_ = size;
  for (std::size_t i = 0; i <= size; ++i) begins_[i] = static_cast<std::uint16_t>(i);
  for (std::size_t i = 0; i < size; ++i) ranks_of_[i] = rank(text, i);
  while (true) {
    const auto least = std::min_element(ranks_of_.begin(), ranks_of_.begin() + parts_);
    if (*least == no_rank) break;
    const auto part = static_cast<std::size_t>(least - ranks_of_.begin());
    std::copy(begins_.begin() + part + 2, begins_.begin() + parts_ + 1, begins_.begin() + part + 1);
    std::copy(ranks_of_.begin() + part + 2, ranks_of_.begin() + parts_, ranks_of_.begin() + part + 1);
    --parts_;
    ranks_of_[part] = rank(text, part);
    if (part > 0) ranks_of_[part - 1] = rank(text, part - 1);
  }
  return std::span(begins_).subspan(1, parts_);
}

}  // namespace sluice::tokenizer
