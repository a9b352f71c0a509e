// SPDX-License-Identifier: Apache-2.0
// EventCutter: cuts the bytes of a stream into events, each with the bytes that it came in, for whoever lets events
// pass or not. What arrives in one piece is not copied. Source: WHATWG HTML, section 9.2 (server-sent events),
// interpretation of an event stream.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

/// What a stream says when it has said everything.
inline constexpr std::string_view end_of_events = "[DONE]";

/// Views live until the next call of the cutter, and as long as the bytes it was given.
struct CutEvent {
  std::string_view bytes;  ///< Up to and with the blank line that ends it; all events together are the stream.
  std::string_view data;   ///< Its lines joined with LF; within `bytes` when there is one.
  bool has_data = false;
  bool has_type = false;  ///< A line names what kind of event it is.
  bool goes_on = false;   ///< No event: the second half of the end of line that the one before has ended with.

  /// `data` stands in `bytes` as it is.
  bool is_in_place() const { return has_data && data.data() >= bytes.data() && data.data() <= &bytes.back(); }
};

class EventCutter {
 public:
  /// The longest event that is kept while it arrives.
  static constexpr std::size_t max_event_bytes = 1u << 20;

  /// Takes the first event that ends in `bytes` from their front. Nothing: none does, and the rest has been kept.
  std::optional<CutEvent> next(std::string_view& bytes);
  /// The stream has ended: what has been kept is an event that lacks its blank line.
  std::optional<CutEvent> finish();
  /// The event that arrives is longer than the bound. `finish` gives what has been kept of it; the rest follows as if
  /// it were an event.
  bool is_too_long() const { return held_.size() > max_event_bytes; }
  /// Where in the bytes of `event`, which was given last, a byte of its data stands.
  std::size_t place_in_bytes(const CutEvent& event, std::size_t in_data) const;

 private:
  std::size_t end_of_event(std::string_view bytes);
  void read_data(CutEvent& event);

  /// Where a line of data begins.
  struct DataLine {
    std::size_t in_data, in_bytes;
  };

  std::string held_;             ///< Of the event that has not ended, or of the one that was given last.
  std::string data_;             ///< Of the event that was given last, when it has several lines.
  std::vector<DataLine> lines_;  ///< These lines.
  bool is_given_ = false;        ///< `held_` is an event that was given.
  bool is_blank_ = true;         ///< The line that arrives has had nothing yet.
  bool after_cr_ = false;        ///< An LF that follows belongs to the end of line before.
  bool at_start_ = true;
};

}  // namespace sluice::ai
