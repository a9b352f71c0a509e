// SPDX-License-Identifier: Apache-2.0
// FindingFilter: what is done with personal data in the words of a prompt or an answer.
#pragma once

#include "ai/json_splice.hpp"
#include "pii/detector.hpp"
#include "pii/replacements.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

enum class FindingAction : std::uint8_t {
  block,   ///< The message is not passed on.
  mask,    ///< A mask takes the place of each finding.
  replace  ///< A placeholder does, which answers are turned back by.
};

/// What a filter has met. Values are in no report.
struct FindingReport {
  std::array<std::size_t, pii::kind_count> findings{};
  bool is_blocked = false;    ///< A finding, and the action is to block.
  bool is_exhausted = false;  ///< More values than a request may have placeholders.

  std::size_t total() const;
  /// `email 2, phone 1`
  std::string summary() const;
};

/// A string of a JSON text.
struct JsonPlace {
  std::uint32_t offset;   ///< Of its opening quote.
  std::string_view text;  ///< Decoded.
  bool is_json = false;   ///< The text is JSON itself.
};

class FindingFilter {
 public:
  /// `table` gives placeholders when the action is `replace`; with another action it is what placeholders in the text
  /// are turned back by, and may be null.
  FindingFilter(const pii::Detector& detector, FindingAction action, std::size_t keep_last, pii::Replacements* table)
      : detector_(&detector), action_(action), keep_last_(keep_last), table_(table) {}

  const pii::Detector& detector() const { return *detector_; }
  /// What a scanner of this filter's texts has to know.
  const pii::KnownPlaceholders* placeholders() const { return action_ == FindingAction::replace ? nullptr : table_; }
  pii::Scanner scanner() const { return pii::Scanner(*detector_, placeholders()); }

  /// What takes the place of the finding, whose text is `value`, in a text that is JSON itself or not.
  std::string substitute(const pii::Match& match, std::string_view value, bool is_json);
  /// Appends the edits that `text` needs, as a whole.
  void edit(const JsonPlace& place, std::vector<StringEdit>& edits);
  /// The same with findings that somebody else has made.
  void edit(const JsonPlace& place, const std::vector<pii::Match>& matches, std::vector<StringEdit>& edits);

  const FindingReport& report() const { return report_; }

 private:
  const pii::Detector* detector_;
  FindingAction action_;
  std::size_t keep_last_;
  pii::Replacements* table_;
  FindingReport report_;
};

/// What a running request searches at a time, between which others get their turn.
inline constexpr std::size_t search_step_bytes = 4 * 1024;

/// The edits that texts need, found in steps, so that nobody has to wait until long ones have been searched: the same
/// as `FindingFilter::edit` makes for each.
class EditSearch {
 public:
  /// Both must outlive this, and so must the texts.
  EditSearch(FindingFilter& filter, const std::vector<JsonPlace>& places);

  /// Searches about `bytes` more. True when everything is searched.
  bool step(std::size_t bytes);
  std::vector<StringEdit>& edits() { return edits_; }

 private:
  FindingFilter& filter_;
  const std::vector<JsonPlace>& places_;
  std::size_t next_ = 0;             ///< The place that is searched.
  pii::Scanner scanner_;             ///< Of this place,
  std::vector<pii::Match> matches_;  ///< and what it has found that is no edit yet.
  std::vector<StringEdit> edits_;
};

}  // namespace sluice::ai
