// SPDX-License-Identifier: Apache-2.0
// Field lines while a head is read, in an arena: what `Headers` adopts afterwards.
#pragma once

#include <sluice/message.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

namespace sluice::http {

constexpr std::size_t cost_per_line = 32;  // L2 counts names + values + 32 each

class LineList {
 public:
  explicit LineList(Arena& arena) : arena_(arena), lines_(arena.make_room<Header>(usual_lines)) {}
  void add(const Header& line) { next() = line; }
  /// A line more, to be filled at once.
  Header& next() {
    if (count_ == capacity_) widen();
    return lines_[count_++];
  }
  std::uint32_t count() const { return count_; }
  std::span<Header> lines() const { return {lines_, count_}; }
  std::uint32_t capacity() const { return capacity_; }
  /// Leaves out the lines from number `count` on.
  void shorten(std::uint32_t count) { count_ = count; }

 private:
  static constexpr std::uint32_t usual_lines = 24;  // more make a larger array

  void widen() {
    Header* const wider = arena_.make_room<Header>(capacity_ * 2);
    std::copy(lines_, lines_ + count_, wider);
    lines_ = wider;
    capacity_ *= 2;
  }

  Arena& arena_;
  Header* lines_;
  std::uint32_t count_ = 0;
  std::uint32_t capacity_ = usual_lines;
};

}  // namespace sluice::http
