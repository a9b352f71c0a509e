// SPDX-License-Identifier: Apache-2.0
// What a load finds out about streams of server-sent events that bench_origin paces: each event says its place in the
// stream ("i") and when it was sent ("t"), so that a lost one, one out of order, and the way of each one show.
#pragma once

#include "load_parts.hpp"
#include "sockets.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::bench {

/// Times of all streams, in nanoseconds.
struct StreamTimes {
  std::vector<std::uint64_t> first, further;  ///< From the sending of an event to here: a stream's first, the others.
  std::uint64_t longest_gap = 0,
                sent_apart = 0;  ///< The longest time between events of one stream: here, at the origin.

  std::size_t size() const { return first.size() + further.size(); }
};

/// Reads one stream after the other.
class StreamReader {
 public:
  /// Begins a new stream.
  void reset() {
    text_.clear();
    events_ = 0;
  }
  /// Events of the stream so far.
  std::uint64_t events() const { return events_; }

  /// Takes what came, and says of each event that is whole when it was sent.
  void take(std::string_view piece, StreamTimes& times) {
    const std::uint64_t now = now_ns();
    text_ += piece;
    std::size_t taken = 0;
    for (std::size_t end; (end = text_.find("\n\n", taken)) != std::string::npos; taken = end + 2) {
      const std::string_view event = std::string_view(text_).substr(taken, end - taken);
      const std::size_t sent_at = event.find("\"t\":");
      if (sent_at != event.npos) take_event(number_at(event, "\"i\":"), number_at(event, "\"t\":"), now, times);
    }
    text_.erase(0, taken);
  }

 private:
  static std::uint64_t number_at(std::string_view event, std::string_view name) {
    const std::size_t at = event.find(name);
    return at == event.npos ? never : std::strtoull(event.data() + at + name.size(), nullptr, 10);
  }

  void take_event(std::uint64_t place, std::uint64_t sent, std::uint64_t now, StreamTimes& times) {
    if (place != events_) die("event " + std::to_string(place) + " where " + std::to_string(events_) + " was due");
    (events_ == 0 ? times.first : times.further).push_back(now - std::min(now, sent));
    if (events_ != 0) {
      times.longest_gap = std::max(times.longest_gap, now - came_);
      times.sent_apart = std::max(times.sent_apart, sent - sent_);
    }
    came_ = now;
    sent_ = sent;
    ++events_;
  }

  std::string text_;  // Of an event, as far as it came.
  std::uint64_t events_ = 0, came_ = 0, sent_ = 0;
};

}  // namespace sluice::bench
