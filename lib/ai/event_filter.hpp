// SPDX-License-Identifier: Apache-2.0
// EventFilter: a streamed answer whose words are filtered while it passes. The deltas of one channel of one speaker are
// one text, so that what is split over events is found. Events keep their order, their framing and every byte but what
// is changed inside the strings that carry words: a mask stands in the event in which the finding begins. An event
// waits only while the end of its text may still be part of a finding, which are 64 bytes of text at most.
//
// Where somebody else finds what is to be found, the texts wait for `answer`: each window of them, and up to the next
// the 128 characters that it ended with. The detector finds placeholders then.
#pragma once

#include <sluice/arena.hpp>

#include "ai/answer_places.hpp"
#include "ai/asked_text.hpp"
#include "ai/event_cutter.hpp"
#include "ai/finding_filter.hpp"

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

class EventFilter {
 public:
  /// One event; a longer one cannot be read.
  static constexpr std::size_t max_event_bytes = EventCutter::max_event_bytes;
  /// Events that wait, of all speakers: beyond, the texts are taken as ended where they are.
  static constexpr std::size_t max_waiting_bytes = 256 * 1024;
  /// Texts that are not ended; beyond, the first is taken as ended.
  static constexpr std::size_t max_channels = 256;
  /// Names of findings that are told; what has others beyond is called OTHER.
  static constexpr std::size_t max_names = 1'000;

  /// `passes_unreadable`: events that are no JSON, or too long, go on as they are; otherwise they stop the stream.
  /// `asks`: findings are those that `answer` tells.
  EventFilter(FindingFilter filter, JsonLimits limits, bool passes_unreadable, bool asks = false)
      : filter_(std::move(filter)), limits_(limits), passes_unreadable_(passes_unreadable), asks_(asks) {}

  /// Takes bytes of the stream; appends to `out` what may go on.
  void feed(std::string_view bytes, std::string& out);
  /// The stream has ended: the rest goes on.
  void finish(std::string& out);

  /// Texts that are to be told of; live until the filter is fed again.
  std::vector<std::string_view> questions() const;
  bool has_questions() const;
  /// They should be told of now: they fill a window, a text has ended, or too much waits.
  bool is_full() const;
  /// Tells the findings in each of the `questions`, and appends to `out` what may go on.
  void answer(const std::vector<std::vector<pii::Match>>& found, std::string& out);
  /// Stops the stream with an event that says why.
  void stop(std::string& out, std::string_view why);

  /// The stream may not go on: `out` has an event that says so, and nothing follows it.
  bool is_stopped() const { return is_stopped_; }
  const FindingReport& report() const { return filter_.report(); }

 private:
  /// Deltas of one channel that are not ended.
  struct Channel {
    AnswerSpeaker speaker;
    std::uint32_t number;
    std::size_t id;
    bool is_json;
    pii::Scanner scanner;
    std::size_t length = 0;
    AskedText asked = {};  ///< In place of the scanner.

    std::size_t decided(bool asks) const { return asks ? asked.decided() : scanner.decided(); }
    std::string_view text_of(const pii::Match& match, bool asks) const {
      return asks ? asked.text_of(match) : scanner.text_of(match);
    }
  };
  /// A string of an event that is part of a channel's text.
  struct Piece {
    std::size_t channel;
    std::uint32_t string;  ///< Where it stands in the event's bytes.
    std::size_t begin, end;
    bool is_decided = false;
  };
  struct Event {
    std::string bytes;
    std::vector<Piece> pieces;
    std::vector<StringEdit> edits;
  };

  void take_event(const CutEvent& cut);
  void read_data(const CutEvent& cut, Event& event);
  void take_place(const AnswerPlace& place, std::uint32_t string, Event& event);
  void take_findings(Channel& channel, const std::vector<pii::Match>& found);
  Channel& channel_of(const AnswerPlace& place);
  Channel& own_channel(const AnswerPlace& place);
  template <class IsEnded>
  void end_channels(IsEnded is_ended);
  void end_all_channels();
  void release(std::string& out);
  template <class Visit>
  void each_asked(Visit visit) const;
  std::string_view kept_name(std::string_view name);

  FindingFilter filter_;
  JsonLimits limits_;
  bool passes_unreadable_;
  bool asks_;
  Arena scratch_{2048};

  EventCutter cutter_;
  bool is_typed_ = false;    ///< Events have had names.
  bool is_passing_ = false;  ///< The rest of an event that is too long.

  std::vector<std::unique_ptr<Channel>> channels_;
  std::vector<std::unique_ptr<Channel>> ended_;  ///< That are to be told of yet.
  std::set<std::string, std::less<>> names_;     ///< Of findings that were told.
  std::size_t news_ = 0;                         ///< Characters that are to be told of.
  std::size_t next_channel_ = 0;
  std::deque<Event> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool is_unreadable_ = false;
  bool is_stopped_ = false;
};

}  // namespace sluice::ai
