// SPDX-License-Identifier: Apache-2.0
#include "pii/custom_patterns.hpp"

#include "pii/detector.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace sluice::pii {
namespace {

/// How far one search goes: hostile texts make every place look like a beginning, which costs a window each.
constexpr std::size_t search_bytes = 512;

RE2::Options quiet_options() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

}  // namespace

struct CustomPatterns::Program {
  explicit Program(const std::string& text) : expression(text, quiet_options()) {}
  RE2 expression;
  std::vector<std::string_view> names;
  std::vector<int> groups;  ///< The group of each pattern.
};

CustomPatterns::~CustomPatterns() = default;

CustomPatterns::CustomPatterns(const std::vector<Pattern>& patterns) {
  if (patterns.empty()) return;
  if (patterns.size() > max_patterns) {
    error_ = "more than " + std::to_string(max_patterns) + " patterns";
    return;
  }
  std::string all;
  std::vector<int> groups;
  int group = 1;
  for (const Pattern& pattern : patterns) {
    const RE2 one(pattern.expression, quiet_options());
    if (pattern.expression.size() > max_pattern_bytes) {
      error_ = "pattern '" + pattern.name + "' has more than " + std::to_string(max_pattern_bytes) + " bytes";
    } else if (!one.ok()) {
      error_ = "pattern '" + pattern.name + "': " + one.error();
    } else if (RE2::FullMatch("", one)) {
      error_ = "pattern '" + pattern.name + "' matches the empty text";
    }
    if (!error_.empty()) return;
    all += (all.empty() ? "(" : "|(") + pattern.expression + ")";
    groups.push_back(group);
    group += 1 + one.NumberOfCapturingGroups();
  }
  auto program = std::make_unique<Program>(all);
  if (!program->expression.ok()) {
    error_ = "the patterns: " + program->expression.error();
    return;
  }
  for (const Pattern& pattern : patterns) program->names.push_back(pattern.name);
  program->groups = std::move(groups);
  program_ = std::move(program);
}

CustomSearch::CustomSearch(const CustomPatterns& patterns, std::string_view text, bool ends_here)
    : program_(patterns.program_.get()), text_(text) {
  // A place is decided when its window and one byte more are known.
  const std::size_t needed = max_custom_bytes + 1;
  limit_ = program_ == nullptr || ends_here ? text.size() + 1 : text.size() < needed ? 0 : text.size() - needed + 1;
}

Found CustomSearch::find(std::size_t& at, std::size_t last) {
  if (program_ == nullptr || limit_ == 0) return {};
  last = std::min(last, std::min(limit_ - 1, text_.size()));
  std::size_t from = std::max(at, clean_until_);
  while (from <= last) {
    const std::size_t end = std::min(text_.size(), from + search_bytes + max_custom_bytes);
    re2::StringPiece hit;
    if (!program_->expression.Match(text_, from, end, RE2::UNANCHORED, &hit, 1)) {
      from = end == text_.size() ? text_.size() + 1 : from + search_bytes;
      clean_until_ = from;
      continue;
    }
    const auto begin = static_cast<std::size_t>(hit.data() - text_.data());
    clean_until_ = begin;
    if (begin > last) return {};
    if (const Found found = find_here(begin)) {
      at = begin;
      clean_until_ = begin + found.length;
      return found;
    }
    from = clean_until_ = begin + 1;
  }
  return {};
}

Found CustomSearch::find_here(std::size_t at) const {
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(program_->expression.NumberOfCapturingGroups()) + 1);
  const std::size_t end = std::min(text_.size(), at + max_custom_bytes);
  if (!program_->expression.Match(text_, at, end, RE2::ANCHOR_START, groups.data(), static_cast<int>(groups.size()))) {
    return {};
  }
  for (std::size_t i = 0; i < program_->groups.size(); ++i) {
    const re2::StringPiece& group = groups[static_cast<std::size_t>(program_->groups[i])];
    if (group.data() == nullptr || group.empty()) continue;
    return {group.size(), Kind::custom, program_->names[i], Confidence::high};
  }
  return {};
}

}  // namespace sluice::pii
