// SPDX-License-Identifier: Apache-2.0
#include "ai/finding_filter.hpp"

#include "base/json.hpp"

#include <numeric>

namespace sluice::ai {

std::size_t FindingReport::total() const { return std::accumulate(findings.begin(), findings.end(), std::size_t{0}); }

std::string FindingReport::summary() const {
  std::string text;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (findings[i] == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::string(pii::to_string(static_cast<pii::Kind>(i))) + " " + std::to_string(findings[i]);
  }
  return text;
}

std::string FindingFilter::substitute(const pii::Match& match, std::string_view value, bool is_json) {
  std::string text;
  if (match.kind == pii::Kind::placeholder) {
    text = table_->original_of(match.name);
  } else {
    ++report_.findings[static_cast<std::size_t>(match.kind)];
    if (action_ == FindingAction::block) report_.is_blocked = true;
    if (action_ == FindingAction::replace) {
      text = table_->placeholder_of(match.kind, value);
      report_.is_exhausted = report_.is_exhausted || text.empty();
    } else {
      text = pii::mask_of(match, value, keep_last_);
    }
  }
  if (!is_json) return text;
  std::string quoted;
  append_json_string(quoted, text);
  return quoted.substr(1, quoted.size() - 2);
}

void FindingFilter::edit(const JsonPlace& place, std::vector<StringEdit>& edits) {
  std::vector<pii::Match> matches;
  scanner().scan_whole(place.text, matches);
  edit(place, matches, edits);
}

void FindingFilter::edit(const JsonPlace& place, const std::vector<pii::Match>& matches,
                         std::vector<StringEdit>& edits) {
  for (const pii::Match& match : matches) {
    const std::string_view value = place.text.substr(match.begin, match.end - match.begin);
    edits.push_back({place.offset, match.begin, match.end, substitute(match, value, place.is_json)});
  }
}

EditSearch::EditSearch(FindingFilter& filter, const std::vector<JsonPlace>& places)
    : filter_(filter), places_(places), scanner_(filter.scanner()) {}

bool EditSearch::step(std::size_t bytes) {
  for (std::size_t searched = 0; searched < bytes && next_ < places_.size();) {
    const JsonPlace& place = places_[next_];
    const std::size_t before = scanner_.decided();
    const bool is_whole = scanner_.scan_step(place.text, bytes - searched, matches_);
    searched += scanner_.decided() - before;
    std::vector<pii::Match> open;
    if (!is_whole && !matches_.empty()) {
      open.push_back(matches_.back());
      matches_.pop_back();
    }
    filter_.edit(place, matches_, edits_);
    matches_ = std::move(open);
    if (!is_whole) continue;
    ++searched;  // A place without words takes its time too.
    ++next_;
    scanner_ = filter_.scanner();
  }
  return next_ == places_.size();
}

}  // namespace sluice::ai
