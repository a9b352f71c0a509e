// SPDX-License-Identifier: Apache-2.0
// RecentCounters: where the counters are that moved last, so that a request need not write the text of their labels
// to find them. Not for several threads at once.
#pragma once

#include <sluice/telemetry.hpp>

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace sluice::telemetry {

/// A name with labels, and its value. The key has each text behind its length: no labels look like others.
class RecentCounter {
 public:
  bool is_of(std::string_view name, std::span<const Label> labels) const {
    std::string_view rest = key_;
    const auto takes = [&](std::string_view text) {
      std::size_t size = 0;
      if (rest.size() < sizeof size) return false;
      std::memcpy(&size, rest.data(), sizeof size);
      if (size != text.size() || !same_text(rest.substr(sizeof size, size), text)) return false;
      rest.remove_prefix(sizeof size + size);
      return true;
    };
    return takes(name) &&
           std::all_of(labels.begin(), labels.end(),
                       [&](const Label& label) { return takes(label.name) && takes(label.value); }) &&
           rest.empty();
  }

  void set(std::string_view name, std::span<const Label> labels, double& value) {
    key_.clear();
    add(name);
    for (const Label& label : labels) {
      add(label.name);
      add(label.value);
    }
    value_ = &value;
  }

  double& value() const { return *value_; }

 private:
  void add(std::string_view text) {
    const std::size_t size = text.size();
    key_.append(reinterpret_cast<const char*>(&size), sizeof size);
    key_.append(text);
  }

  std::string key_;  ///< Empty as long as there is no value.
  double* value_ = nullptr;
};

class RecentCounters {
 public:
  /// Texts longer than that in all are not kept.
  static constexpr std::size_t longest = 512;

  /// The one that may be of these; null when they are too long.
  RecentCounter* place(std::string_view name, std::span<const Label> labels) {
    std::size_t length = name.size();
    std::uint64_t mixed = ends(name);
    for (const Label& label : labels) {
      length += label.name.size() + label.value.size();
      mixed = mixed * 31 + ends(label.value);
    }
    mixed *= 0x9e3779b97f4a7c15;
    return length > longest ? nullptr : &all_[mixed >> (64 - bits)];
  }

 private:
  static constexpr unsigned bits = 6;

  /// Names and values mostly differ there; those that do not only take each other's place.
  static std::uint64_t ends(std::string_view text) {
    std::uint64_t first = 0, last = 0;
    const std::size_t size = std::min(text.size(), sizeof first);
    if (size != 0) std::memcpy(&first, text.data(), size);
    if (size != 0) std::memcpy(&last, text.data() + text.size() - size, size);
    return first * 7 + last + text.size();
  }

  std::array<RecentCounter, 1u << bits> all_;
};

}  // namespace sluice::telemetry
