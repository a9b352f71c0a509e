// SPDX-License-Identifier: Apache-2.0
// EventWindow: the events of a streamed answer that wait until their words have been checked, and these words. An event
// belongs to one window as a whole. Words of one channel (lib/ai/answer_places) are one text, however they are cut into
// events; texts of several channels stand in lines of their own.
#pragma once

#include <sluice/arena.hpp>

#include "ai/answer_places.hpp"
#include "ai/event_cutter.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

class EventWindow {
 public:
  /// Events that wait; what goes beyond closes the window.
  static constexpr std::size_t max_waiting_bytes = 512 * 1024;
  /// Channels of a window, and of one event. Of those before it as many are remembered as there is room for: what
  /// repeats the words of others is checked again.
  static constexpr std::size_t max_channels = 256;

  struct Rules {
    std::size_t characters;  ///< Of a window, as text_windows counts them.
    std::size_t overlap;     ///< Of these, the first of each channel that the window before has ended with.
    JsonLimits json;
  };
  explicit EventWindow(const Rules& rules);

  enum class Fate : std::uint8_t {
    passes,     ///< It has no words, and none wait before it.
    waits,      ///< It has been taken, and so have its words.
    follows,    ///< It has been taken, and has none.
    no_room,    ///< The window must be checked before it.
    unreadable  ///< It is no JSON, or more than limits allow.
  };
  Fate take(const CutEvent& event);

  /// What the event that was shown last says for the first time. Lives until the next is.
  const std::vector<AnswerPlace>& last_words() const { return last_words_; }

  bool is_empty() const { return events_.empty(); }
  /// More words will not fit, or none are to come.
  bool is_full() const { return is_full_; }
  /// What is to be checked; empty when the events have no words.
  std::string words() const;
  /// Events that wait.
  std::string_view events() const { return events_; }
  /// The window has been found clean: makes it empty, with the overlap as its beginning.
  void clear();

 private:
  struct Channel {
    AnswerSpeaker speaker;
    std::uint32_t number;
    bool is_delta;
    std::uint64_t hash;        ///< Of all that it has said.
    std::uint64_t length = 0;  ///< Likewise.
    std::string text;          ///< The overlap, and what is to be checked.
    std::size_t overlap = 0;   ///< Characters.
    bool is_open = false;      ///< Something is to be checked.
  };

  void read_words(const AnswerPlaces& answer);
  bool repeats(const AnswerPlace& place) const;
  bool fits(std::size_t event_bytes) const;
  const Channel* find(const AnswerPlace& place) const;
  Channel& channel_of(const AnswerPlace& place);

  const Rules rules_;
  Arena scratch_{2048};
  std::vector<AnswerPlace> last_words_;
  std::vector<Channel> channels_;
  std::string events_;
  std::size_t filled_ = 0;  ///< Characters of the open channels, and how many these are.
  std::size_t open_ = 0;
  bool is_full_ = false;
};

}  // namespace sluice::ai
