// SPDX-License-Identifier: Apache-2.0
#include "ai/event_window.hpp"

#include "ai/text_windows.hpp"

#include <algorithm>
#include <utility>

namespace sluice::ai {
namespace {

// FNV-1a, as it can be continued.
constexpr std::uint64_t hash_of_nothing = 14695981039346656037u;
std::uint64_t continue_hash(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

}  // namespace

EventWindow::EventWindow(const Rules& rules)
    : rules_{std::max<std::size_t>(rules.characters, 1),
             std::min(rules.overlap, std::max<std::size_t>(rules.characters, 1) - 1), rules.json} {}

EventWindow::Fate EventWindow::take(const CutEvent& event) {
  last_words_.clear();
  scratch_.reset();
  if (event.has_data && event.data != end_of_events) {
    const AnswerPlaces answer = read_answer_places(event.data, scratch_, rules_.json);
    if (!answer.readable) return Fate::unreadable;
    read_words(answer);
  }
  if (last_words_.size() > max_channels) return Fate::unreadable;
  if (last_words_.empty() && is_empty()) return Fate::passes;
  if (!is_empty() && !fits(event.bytes.size())) return Fate::no_room;
  for (const AnswerPlace& place : last_words_) {
    Channel& channel = channel_of(place);
    if (!std::exchange(channel.is_open, true)) {
      ++open_;
      filled_ += channel.overlap;
    }
    channel.text += place.text;
    channel.hash = continue_hash(channel.hash, place.text);
    channel.length += place.text.size();
    filled_ += count_characters(place.text);
  }
  events_ += event.bytes;
  is_full_ = filled_ >= rules_.characters || events_.size() >= max_waiting_bytes || event.data == end_of_events;
  return last_words_.empty() ? Fate::follows : Fate::waits;
}

bool EventWindow::fits(std::size_t event_bytes) const {
  std::size_t filled = filled_;
  for (const AnswerPlace& place : last_words_) {
    const Channel* channel = find(place);
    filled += count_characters(place.text) + (channel != nullptr && !channel->is_open ? channel->overlap : 0);
  }
  return filled <= rules_.characters && open_ + last_words_.size() <= max_channels &&
         events_.size() + event_bytes <= max_waiting_bytes;
}

/// What the event says for the first time; not much more than may be taken.
void EventWindow::read_words(const AnswerPlaces& answer) {
  for (const AnswerPlace& place : answer.places) {
    const auto says_the_same = [&](const AnswerPlace& other) { return other.text == place.text; };
    const bool is_said =
        place.is_repeat &&
        (place.is_delta ? std::any_of(last_words_.begin(), last_words_.end(), says_the_same) : repeats(place));
    if (!is_said) last_words_.push_back(place);
    if (last_words_.size() > max_channels) break;
  }
}

/// A channel has said exactly that.
bool EventWindow::repeats(const AnswerPlace& place) const {
  const std::uint64_t hash = continue_hash(hash_of_nothing, place.text);
  return std::any_of(channels_.begin(), channels_.end(), [&](const Channel& channel) {
    return channel.hash == hash && channel.length == place.text.size();
  });
}

const EventWindow::Channel* EventWindow::find(const AnswerPlace& place) const {
  if (!place.is_delta) return nullptr;
  const auto found = std::find_if(channels_.begin(), channels_.end(), [&](const Channel& channel) {
    return channel.is_delta && channel.speaker == place.speaker && channel.number == place.channel;
  });
  return found != channels_.end() ? &*found : nullptr;
}

EventWindow::Channel& EventWindow::channel_of(const AnswerPlace& place) {
  if (const Channel* known = find(place)) return channels_[static_cast<std::size_t>(known - channels_.data())];
  if (channels_.size() >= max_channels) {
    const auto oldest = std::find_if(channels_.begin(), channels_.end(), [](const Channel& c) { return !c.is_open; });
    if (oldest != channels_.end()) channels_.erase(oldest);
  }
  channels_.push_back({place.speaker, place.channel, place.is_delta, hash_of_nothing, 0, {}, 0, false});
  return channels_.back();
}

std::string EventWindow::words() const {
  std::string words;
  for (const Channel& channel : channels_) {
    if (!channel.is_open) continue;
    if (!words.empty()) words += '\n';
    words += channel.text;
  }
  return words;
}

void EventWindow::clear() {
  events_.clear();
  is_full_ = false;
  filled_ = open_ = 0;
  for (Channel& channel : channels_) {
    // Who has been silent in this window begins anew.
    channel.text = channel.is_open ? std::string(last_characters(channel.text, rules_.overlap)) : std::string();
    channel.overlap = count_characters(channel.text);
    channel.is_open = false;
  }
}

}  // namespace sluice::ai
