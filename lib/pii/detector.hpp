// SPDX-License-Identifier: Apache-2.0
// Detector: finds personal data and secrets in text, in one pass. One scanner looks at the bytes that can begin
// something; what a kind is made of is read forward from there, at most `max_held_bytes` far, so that the time is
// linear in the text whatever it holds. Patterns of one's own are one RE2 program, which is linear too.
//
// Findings are sorted and do not overlap: the one that begins first counts; of those that begin at one place the surer,
// then the longer one; patterns before everything else. The search goes on behind its end.
#pragma once

#include "pii/found.hpp"
#include "pii/tail_reader.hpp"
#include "pii/window.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::pii {

inline constexpr std::size_t max_patterns = 32;
inline constexpr std::size_t max_pattern_bytes = 1024;
/// A pattern finds at most so many bytes.
inline constexpr std::size_t max_custom_bytes = max_held_bytes - 1;

struct Match {
  Kind kind = Kind::custom;
  std::string_view name;  ///< Which of its kind; lives as long as the detector.
  Confidence confidence = Confidence::medium;
  std::size_t begin = 0;
  std::size_t end = 0;
  /// Nothing decides here: the finding before goes on, up to `end`. Only in texts that come in pieces.
  bool goes_on = false;
  friend bool operator==(const Match&, const Match&) = default;
};

/// A pattern of one's own.
struct Pattern {
  std::string name;
  std::string expression;  ///< RE2 syntax.
};

/// Placeholders that stand in a text.
class KnownPlaceholders {
 public:
  virtual ~KnownPlaceholders() = default;
  /// The placeholder that `text` (`<EMAIL_1>`) is; empty when it is none. Lives as long as this object.
  virtual std::string_view find(std::string_view text) const = 0;
};

struct DetectorOptions {
  KindSet kinds = KindSet::all();
  Confidence least = Confidence::medium;  ///< Findings that are less sure are left out.
  std::string countries;  ///< National ids of these (two small letters each, separated by blanks); empty: of all.
  std::vector<Pattern> patterns;
  std::vector<std::string> allowed;  ///< Texts that are nothing to be found.
};

/// Immutable; any thread.
class Detector {
 public:
  explicit Detector(DetectorOptions options = {});
  ~Detector();
  Detector(Detector&&) noexcept;

  /// Why the patterns cannot be used; empty when they can.
  const std::string& error() const;
  std::vector<Match> find(std::string_view text) const;
  const DetectorOptions& options() const;

 private:
  friend class Scanner;
  struct Compiled;
  std::unique_ptr<const Compiled> compiled_;
};

/// The search through one text that comes in pieces. The same findings as for the whole, wherever it is cut: what
/// cannot be decided yet, at most `max_held_bytes` bytes, waits for the next piece.
class Scanner {
 public:
  /// `placeholders` may be null; they are found whatever kinds the detector looks for.
  explicit Scanner(const Detector& detector, const KnownPlaceholders* placeholders = nullptr)
      : detector_(&detector), placeholders_(placeholders) {}

  /// Takes a piece and appends what it decided to `matches`. Places count from the start of the text.
  void push(std::string_view piece, std::vector<Match>& matches);
  /// The text has ended.
  void finish(std::vector<Match>& matches);
  /// Everything before this place is decided.
  std::size_t decided() const { return base_ + at_; }
  /// The text of a finding that the last `push` or `finish` told.
  std::string_view text_of(const Match& match) const {
    return std::string_view(text_).substr(match.begin - base_, match.end - match.begin);
  }
  /// The bytes that wait.
  std::string_view held() const { return std::string_view(text_).substr(at_); }

  /// For whole texts: without a copy of them.
  void scan_whole(std::string_view text, std::vector<Match>& matches);
  /// The same in steps of about `bytes`, with the same text and findings each time. True when all is searched; until
  /// then the last finding may still become longer.
  bool scan_step(std::string_view text, std::size_t bytes, std::vector<Match>& matches);

 private:
  void scan(std::string_view text, bool ends_here, std::vector<Match>& matches);
  /// Goes on with the finding before; false when it may go on further.
  bool scan_tail(std::string_view text, bool ends_here, std::vector<Match>& matches, bool is_fresh);
  /// Takes a finding at `at_`.
  void take(const Found& found, std::vector<Match>& matches);

  const Detector* detector_;
  const KnownPlaceholders* placeholders_;
  std::string text_;      ///< Some bytes that are decided, as context, and those that wait.
  std::size_t base_ = 0;  ///< Where `text_` begins in the whole.
  std::size_t at_ = 0;    ///< In `text_`.
  TailReader tail_;       ///< Of a finding that goes on.
};

}  // namespace sluice::pii
