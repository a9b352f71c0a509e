// SPDX-License-Identifier: Apache-2.0
// RecentCounters: where the counters are that moved last, so that a request need not write the text of their labels
// to find them. Not for several threads at once.
#pragma once

#include <sluice/telemetry.hpp>

#include "base/text.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace sluice::telemetry {

/// A name with labels, as one text: each has its length before it, so that no labels look like others.
class CounterText {
 public:
  /// Longer ones are not kept.
  static constexpr std::size_t longest = 512;

  CounterText(std::string_view name, std::span<const Label> labels) {
    add(name);
    for (const Label& label : labels) {
      add(label.name);
      add(label.value);
    }
  }
  bool is_too_long() const { return is_too_long_; }
  std::string_view text() const { return {bytes_.data(), size_}; }

  /// Texts that have it in common only take each other's place.
  std::uint64_t hash() const {
    std::uint64_t hash = size_;
    for (std::size_t at = 0; at < size_; at += sizeof hash) {
      std::uint64_t word;
      std::memcpy(&word, bytes_.data() + at, sizeof word);  // what is behind the text are zeros
      hash = (hash ^ word) * 0x9e3779b97f4a7c15;
      hash ^= hash >> 32;
    }
    return hash;
  }

 private:
  void add(std::string_view text) {
    const auto length = static_cast<std::uint16_t>(text.size());
    is_too_long_ = is_too_long_ || text.size() + sizeof length > longest - size_;
    if (is_too_long_) return;
    std::memcpy(bytes_.data() + size_, &length, sizeof length);
    char* const behind = put_text(bytes_.data() + size_ + sizeof length, text);
    size_ = static_cast<std::size_t>(behind - bytes_.data());
    std::memset(behind, 0, sizeof(std::uint64_t));
  }

  std::array<char, longest + sizeof(std::uint64_t)> bytes_;
  std::size_t size_ = 0;
  bool is_too_long_ = false;
};

struct RecentCounter {
  std::string text;  ///< Empty as long as there is no value.
  double* value = nullptr;
};

class RecentCounters {
 public:
  /// The one that may be of this text.
  RecentCounter& place(const CounterText& text) { return all_[text.hash() % places]; }

 private:
  static constexpr std::size_t places = 64;
  std::array<RecentCounter, places> all_;
};

}  // namespace sluice::telemetry
