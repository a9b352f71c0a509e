// SPDX-License-Identifier: Apache-2.0
// The list of findings that the stages of a compilation share.
#pragma once

#include <sluice/expression.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::expression {

/// More than this many findings of one expression are not kept: the first ones matter.
inline constexpr std::size_t findings_limit = 50;

class Findings {
 public:
  void error(std::string_view code, std::uint32_t offset, std::uint32_t length, std::string message,
             std::string hint = {}) {
    add(Severity::error, code, offset, length, std::move(message), std::move(hint));
  }
  void warning(std::string_view code, std::uint32_t offset, std::uint32_t length, std::string message,
               std::string hint = {}) {
    add(Severity::warning, code, offset, length, std::move(message), std::move(hint));
  }
  bool has_errors() const { return errors_ != 0; }
  std::size_t size() const { return items_.size(); }
  std::size_t error_count() const { return errors_; }
  /// Forgets what was reported after the list had `size` entries: a reading that was only tried.
  void rewind(std::size_t size) {
    while (items_.size() > size) {
      if (items_.back().severity == Severity::error) --errors_;
      items_.pop_back();
    }
  }
  std::vector<ExpressionFinding> take() && {
    std::stable_sort(items_.begin(), items_.end(),
                     [](const auto& left, const auto& right) { return left.offset < right.offset; });
    return std::move(items_);
  }

 private:
  void add(Severity severity, std::string_view code, std::uint32_t offset, std::uint32_t length, std::string message,
           std::string hint) {
    if (items_.size() >= findings_limit) {
      if (severity == Severity::error && errors_ == 0)
        items_.pop_back();
      else
        return;
    }
    if (severity == Severity::error) ++errors_;
    items_.push_back({severity, code, offset, length == 0 ? 1 : length, std::move(message), std::move(hint)});
  }

  std::vector<ExpressionFinding> items_;
  std::size_t errors_ = 0;
};

}  // namespace sluice::expression
