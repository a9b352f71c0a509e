// SPDX-License-Identifier: Apache-2.0
#include "ai/asked_text.hpp"

#include "ai/pii_recognition.hpp"
#include "ai/text_windows.hpp"

#include <algorithm>

namespace sluice::ai {

std::vector<pii::Match> apart_from(const std::vector<pii::Match>& findings,
                                   const std::vector<pii::Match>& placeholders) {
  std::vector<pii::Match> apart;
  auto next = placeholders.begin();
  for (pii::Match rest : findings) {
    // A placeholder that reached beyond the finding before covers the start of this one too.
    if (!apart.empty()) rest.begin = std::max(rest.begin, std::min(apart.back().end, rest.end));
    for (; next != placeholders.end() && next->begin < rest.end; ++next) {
      if (next->end > rest.begin) {
        if (next->begin > rest.begin) {
          apart.push_back(rest);
          apart.back().end = next->begin;
        }
        rest.begin = std::min(next->end, rest.end);
      }
      apart.push_back(*next);
    }
    if (rest.begin < rest.end) apart.push_back(rest);
  }
  apart.insert(apart.end(), next, placeholders.end());
  return apart;
}

void AskedText::add(std::string_view piece) {
  text_.erase(0, at_);
  base_ += at_;
  told_ -= at_;
  at_ = 0;
  text_ += piece;
}

void AskedText::tell(const std::vector<pii::Match>& findings, const std::vector<pii::Match>& placeholders) {
  append_moved(findings_, findings, decided());
  join_findings(findings_);
  placeholders_.clear();
  append_moved(placeholders_, placeholders, decided());
  told_ = text_.size();
}

std::vector<pii::Match> AskedText::decide(bool ends_here) {
  const std::string_view told = std::string_view(text_).substr(at_, told_ - at_);
  std::size_t end = base_ + told_ - (ends_here ? 0 : last_characters(told, window_overlap).size());
  std::vector<pii::Match> decided;
  for (const pii::Match& match : apart_from(findings_, placeholders_)) {
    if (match.begin >= end) break;
    decided.push_back(match);
    end = std::max(end, match.end);
  }
  const auto is_decided = [end](const pii::Match& match) { return match.begin < end; };
  std::erase_if(findings_, is_decided);
  std::erase_if(placeholders_, is_decided);
  at_ = end - base_;
  return decided;
}

}  // namespace sluice::ai
