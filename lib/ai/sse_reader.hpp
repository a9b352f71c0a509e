// SPDX-License-Identifier: Apache-2.0
// SseReader: takes server-sent events out of bytes that arrive in any pieces. Beside the stream: it never holds bytes
// back, and what it cannot read it leaves out.
// Source: WHATWG HTML, section 9.2 (server-sent events), interpretation of an event stream.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::ai {

/// Length of the events that `bytes` begins with and that are whole, with the blank lines that end them; 0: none is.
/// A CR at the very end counts as the first half of CR LF.
std::size_t whole_events_length(std::string_view bytes);
/// The same of the first of them.
std::size_t first_event_length(std::string_view bytes);

class SseReader {
 public:
  /// M1: a line beyond this is left out, and so is an event whose data grows beyond it.
  static constexpr std::size_t max_line_bytes = 1u << 20;

  /// One event: `type` is empty when none was named (`message`); `data` has its lines joined with LF.
  struct Event {
    std::string_view type;
    std::string_view data;
  };

  /// Reads `bytes`, calling `on_event(Event)` for each event that ends in them. Views live during the call.
  template <class OnEvent>
  void feed(std::string_view bytes, OnEvent on_event) {
    while (!bytes.empty()) {
      if (!take_line(bytes)) return;
      if (end_line()) {
        on_event(Event{type_, data_});
        clear_event();
      }
    }
  }

  /// The stream has ended: an event that lacks its blank line is told all the same, as answers cut short carry it.
  template <class OnEvent>
  void finish(OnEvent on_event) {
    if (!line_.empty() && end_line()) clear_event();
    if (has_data_ && !event_too_long_) on_event(Event{type_, data_});
    clear_event();
  }

  /// Something was longer than the bound and has been left out.
  bool overflowed() const { return overflowed_; }

 private:
  /// Moves bytes into the line; true when the line has ended.
  bool take_line(std::string_view& bytes);
  /// Reads the field of the line that ended; true when the line was blank and an event is complete.
  bool end_line();
  void clear_event();

  std::string line_, type_, data_;
  bool has_data_ = false;
  bool line_too_long_ = false;
  bool event_too_long_ = false;
  bool after_cr_ = false;
  bool at_start_ = true;
  bool overflowed_ = false;
};

}  // namespace sluice::ai
