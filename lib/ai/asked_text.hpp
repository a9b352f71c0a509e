// SPDX-License-Identifier: Apache-2.0
// AskedText: a text that comes in pieces, and whose findings somebody else tells, window by window. What a window ends
// with is told of once more at the start of the next, so that what stands across their border is found as a whole.
#pragma once

#include "pii/detector.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

/// Characters that windows of a long text have in common, so that what is cut stands whole in one of them.
inline constexpr std::size_t window_overlap = 128;

/// Findings, and the placeholders of the same text: what these cover is no finding. Both sorted and apart, as is what
/// comes of them.
std::vector<pii::Match> apart_from(const std::vector<pii::Match>& findings,
                                   const std::vector<pii::Match>& placeholders);

class AskedText {
 public:
  void add(std::string_view piece);
  /// Some of it has not been told of.
  bool has_news() const { return told_ < text_.size(); }
  /// What is to be told of: what is not decided, with the news.
  std::string_view text() const { return std::string_view(text_).substr(at_); }
  /// What has been found in `text()`, and the placeholders in it.
  void tell(const std::vector<pii::Match>& findings, const std::vector<pii::Match>& placeholders);

  /// Decides all but the overlap, of what has been told of, or all when the text `ends_here`. Places count from the
  /// start of the text.
  std::vector<pii::Match> decide(bool ends_here);
  /// Everything before this place is decided.
  std::size_t decided() const { return base_ + at_; }
  /// The text of a finding that the last `decide` gave.
  std::string_view text_of(const pii::Match& match) const {
    return std::string_view(text_).substr(match.begin - base_, match.end - match.begin);
  }

 private:
  std::string text_;                                 ///< What has been decided last, and what is not.
  std::size_t base_ = 0;                             ///< Where `text_` begins in the whole.
  std::size_t at_ = 0;                               ///< In `text_`: what is not decided,
  std::size_t told_ = 0;                             ///< and what has not been told of.
  std::vector<pii::Match> findings_, placeholders_;  ///< Not decided; places in the whole.
};

}  // namespace sluice::ai
