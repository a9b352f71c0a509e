// SPDX-License-Identifier: Apache-2.0
// Patterns of a document's own, as one RE2 program: linear in the text, whatever pattern and text are.
#pragma once

#include "pii/found.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::pii {

struct Pattern;

class CustomPatterns {
 public:
  /// At most `max_patterns`, of `max_pattern_bytes` each; none may match the empty text.
  explicit CustomPatterns(const std::vector<Pattern>& patterns);
  ~CustomPatterns();
  CustomPatterns(const CustomPatterns&) = delete;
  CustomPatterns& operator=(const CustomPatterns&) = delete;

  bool is_empty() const { return program_ == nullptr; }
  const std::string& error() const { return error_; }

 private:
  friend class CustomSearch;
  struct Program;
  std::unique_ptr<const Program> program_;
  std::string error_;
};

/// The search for patterns in one text as far as it is known. A pattern finds what begins at a place within the next
/// `max_custom_bytes`.
class CustomSearch {
 public:
  CustomSearch(const CustomPatterns& patterns, std::string_view text, bool ends_here);

  /// What begins first from `at` to `last`, both included; moves `at` there.
  Found find(std::size_t& at, std::size_t last);
  /// Places from here on cannot be decided yet.
  std::size_t limit() const { return limit_; }

 private:
  Found find_here(std::size_t at) const;

  const CustomPatterns::Program* program_;
  std::string_view text_;
  std::size_t limit_;
  std::size_t clean_until_ = 0;  ///< Nothing begins before, from where was searched on.
};

}  // namespace sluice::pii
