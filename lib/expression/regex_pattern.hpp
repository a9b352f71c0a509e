// SPDX-License-Identifier: Apache-2.0
// Compiled regular expressions: PCRE2 with its JIT, kept by text and options, and matched without memory of their own.
#pragma once

#include "expression/regex_syntax.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::expression {

class RegexPattern {
 public:
  /// The pattern as compiled before, or now. Patterns are kept for all threads, some hundreds of them.
  /// `error` gets what is wrong with a pattern that cannot be compiled; null then.
  static std::shared_ptr<const RegexPattern> get(std::string_view text, std::int32_t options, std::string& error);

  ~RegexPattern();
  RegexPattern(const RegexPattern&) = delete;
  RegexPattern& operator=(const RegexPattern&) = delete;

  /// Where a group matched, in bytes; `begin` is `unset` for one that took no part.
  struct Span {
    static constexpr std::size_t unset = static_cast<std::size_t>(-1);
    std::size_t begin = unset;
    std::size_t end = 0;
  };
  enum class Outcome : std::uint8_t { matched, nothing, too_much_work };
  /// Matches `input`, which is valid UTF-8, from byte `start`. `not_empty`: only here and only something.
  /// `spans`: room for one per group of `groups()`, or null.
  Outcome match(std::string_view input, std::size_t start, bool not_empty, std::uint32_t most_steps, Span* spans) const;

  const std::string& text() const { return text_; }
  std::int32_t options() const { return options_; }
  const std::vector<RegexGroup>& groups() const { return groups_; }
  /// Index in `groups()` by name or number in digits; -1 when there is none.
  int find_group(std::string_view name) const;
  int find_group(std::int64_t number) const;

 private:
  RegexPattern() = default;
  static std::shared_ptr<const RegexPattern> compile(std::string_view text, std::int32_t options, std::string& error);

  std::string text_;
  std::int32_t options_ = 0;
  std::vector<RegexGroup> groups_;
  std::vector<int> group_of_capture_;  ///< Index in groups_ of each group of PCRE2, from its group 1 on.
  void* code_ = nullptr;
};

}  // namespace sluice::expression
