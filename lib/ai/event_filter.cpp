// SPDX-License-Identifier: Apache-2.0
// Events are read and queued, and leave the queue from its front once all their text is decided.
#include "ai/event_filter.hpp"

#include "ai/pii_recognition.hpp"
#include "ai/text_windows.hpp"

#include <algorithm>
#include <utility>

namespace sluice::ai {
namespace {

constexpr std::string_view other_name = "OTHER";

}  // namespace

void EventFilter::feed(std::string_view bytes, std::string& out) {
  while (!is_stopped_) {
    const auto event = cutter_.next(bytes);
    if (!event) break;
    if (event->goes_on) {
      (waiting_.empty() ? out : waiting_.back().bytes) += event->bytes;
      waiting_bytes_ += waiting_.empty() ? 0 : event->bytes.size();
      continue;
    }
    take_event(*event);
    is_passing_ = false;
    release(out);
  }
  if (is_stopped_ || !cutter_.is_too_long()) return;
  // What came of it goes on, or stops the stream.
  is_unreadable_ = is_passing_ = true;
  take_event(*cutter_.finish());
  release(out);
}

void EventFilter::finish(std::string& out) {
  if (is_stopped_) return;
  if (const auto event = cutter_.finish()) take_event(*event);
  end_all_channels();
  release(out);
}

void EventFilter::take_event(const CutEvent& cut) {
  Event& event = waiting_.emplace_back(Event{std::string(cut.bytes), {}, {}});
  waiting_bytes_ += event.bytes.size();
  if (!is_passing_) {
    is_typed_ = is_typed_ || cut.has_type;
    if (cut.has_data) read_data(cut, event);
  }
  if (waiting_bytes_ > max_waiting_bytes && news_ == 0) end_all_channels();
}

void EventFilter::read_data(const CutEvent& cut, Event& event) {
  if (cut.data == end_of_events) {
    end_all_channels();
    return;
  }
  const AnswerPlaces answer = read_answer_places(cut.data, scratch_, limits_);
  is_unreadable_ = is_unreadable_ || !answer.readable;
  for (const AnswerPlace& place : answer.places) {
    take_place(place, static_cast<std::uint32_t>(cutter_.place_in_bytes(cut, place.offset)), event);
  }
  if (answer.all_ended) end_all_channels();
  for (const AnswerSpeaker speaker : answer.ended) {
    end_channels([&](const Channel& channel) { return channel.speaker == speaker; });
  }
  scratch_.reset();
}

void EventFilter::take_place(const AnswerPlace& place, std::uint32_t string, Event& event) {
  if (!place.is_delta && !asks_) {
    filter_.edit({string, place.text, place.is_json}, event.edits);
    return;
  }
  Channel& channel = place.is_delta ? channel_of(place) : own_channel(place);
  event.pieces.push_back({channel.id, string, channel.length, channel.length + place.text.size()});
  channel.length += place.text.size();
  if (asks_) {
    channel.asked.add(place.text);
    news_ += count_characters(place.text);
    return;
  }
  std::vector<pii::Match> found;
  channel.scanner.push(place.text, found);
  take_findings(channel, found);
}

void EventFilter::take_findings(Channel& channel, const std::vector<pii::Match>& found) {
  std::vector<std::string> texts;
  for (const pii::Match& match : found) {
    texts.push_back(match.goes_on ? std::string()
                                  : filter_.substitute(match, channel.text_of(match, asks_), channel.is_json));
  }
  for (Event& event : waiting_) {
    for (Piece& piece : event.pieces) {
      if (piece.channel != channel.id) continue;
      auto match = std::partition_point(found.begin(), found.end(),
                                        [&](const pii::Match& before) { return before.end <= piece.begin; });
      for (; match != found.end() && match->begin < piece.end; ++match) {
        const std::size_t begin = std::max(match->begin, piece.begin) - piece.begin;
        const std::size_t end = std::min(match->end, piece.end) - piece.begin;
        // It stands where the finding begins.
        std::string& text = texts[static_cast<std::size_t>(match - found.begin())];
        event.edits.push_back({piece.string, begin, end, std::exchange(text, {})});
      }
      piece.is_decided = piece.end <= channel.decided(asks_);
    }
  }
}

EventFilter::Channel& EventFilter::channel_of(const AnswerPlace& place) {
  // Who begins to say something else has ended what was said.
  end_channels(
      [&](const Channel& channel) { return channel.speaker == place.speaker && channel.number != place.channel; });
  for (const auto& channel : channels_) {
    if (channel->speaker == place.speaker) return *channel;
  }
  if (channels_.size() == max_channels) {
    end_channels([first = channels_.front()->id](const Channel& channel) { return channel.id == first; });
  }
  channels_.push_back(std::make_unique<Channel>(
      Channel{place.speaker, place.channel, next_channel_++, place.is_json, filter_.scanner()}));
  return *channels_.back();
}

/// Of a text of its own, which ends where it begins.
EventFilter::Channel& EventFilter::own_channel(const AnswerPlace& place) {
  ended_.push_back(std::make_unique<Channel>(
      Channel{place.speaker, place.channel, next_channel_++, place.is_json, filter_.scanner()}));
  return *ended_.back();
}

template <class IsEnded>
void EventFilter::end_channels(IsEnded is_ended) {
  std::vector<std::unique_ptr<Channel>> ended;
  for (std::size_t i = 0; i < channels_.size();) {
    if (!is_ended(*channels_[i])) {
      ++i;
      continue;
    }
    ended.push_back(std::move(channels_[i]));
    channels_.erase(channels_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (auto& channel : ended) {
    if (asks_ && channel->asked.has_news()) {
      ended_.push_back(std::move(channel));
      continue;
    }
    std::vector<pii::Match> found;
    if (asks_) {
      found = channel->asked.decide(true);
    } else {
      channel->scanner.finish(found);
    }
    take_findings(*channel, found);
  }
}

void EventFilter::end_all_channels() {
  end_channels([](const Channel&) { return true; });
}

template <class Visit>
void EventFilter::each_asked(Visit visit) const {
  for (const auto* channels : {&channels_, &ended_}) {
    for (const auto& channel : *channels) {
      if (channel->asked.has_news()) visit(*channel);
    }
  }
}

std::vector<std::string_view> EventFilter::questions() const {
  std::vector<std::string_view> texts;
  each_asked([&](const Channel& channel) { texts.push_back(channel.asked.text()); });
  return texts;
}

bool EventFilter::has_questions() const { return news_ > 0; }

bool EventFilter::is_full() const {
  return !ended_.empty() || news_ >= max_recognition_characters - window_overlap ||
         (news_ > 0 && waiting_bytes_ > max_waiting_bytes);
}

/// Lives as long as this.
std::string_view EventFilter::kept_name(std::string_view name) {
  const auto known = names_.find(name);
  if (known != names_.end()) return *known;
  return names_.size() < max_names ? std::string_view(*names_.emplace(name).first) : other_name;
}

void EventFilter::answer(const std::vector<std::vector<pii::Match>>& found, std::string& out) {
  auto next = found.begin();
  each_asked([&](Channel& channel) {
    std::vector<pii::Match> findings = next != found.end() ? *next++ : std::vector<pii::Match>();
    for (pii::Match& match : findings) match.name = kept_name(match.name);
    std::vector<pii::Match> placeholders;
    if (filter_.placeholders() != nullptr) filter_.scanner().scan_whole(channel.asked.text(), placeholders);
    channel.asked.tell(findings, placeholders);
    take_findings(channel, channel.asked.decide(false));
  });
  news_ = 0;
  for (const auto& channel : std::exchange(ended_, {})) take_findings(*channel, channel->asked.decide(true));
  if (waiting_bytes_ > max_waiting_bytes) end_all_channels();
  release(out);
}

void EventFilter::release(std::string& out) {
  if (filter_.report().is_blocked) return stop(out, "The answer holds personal data.");
  if (is_unreadable_ && !passes_unreadable_) return stop(out, "The answer could not be read.");
  is_unreadable_ = false;
  while (!waiting_.empty()) {
    Event& event = waiting_.front();
    const bool is_ready =
        std::all_of(event.pieces.begin(), event.pieces.end(), [](const Piece& p) { return p.is_decided; });
    if (!is_ready) return;
    out += event.edits.empty() ? event.bytes : splice_json(event.bytes, std::move(event.edits));
    waiting_bytes_ -= event.bytes.size();
    waiting_.pop_front();
  }
}

void EventFilter::stop(std::string& out, std::string_view why) {
  is_stopped_ = true;
  waiting_.clear();
  channels_.clear();
  ended_.clear();
  news_ = 0;
  if (is_typed_) out += "event: error\n";
  out += R"(data: {"type":"error","error":{"type":"content_filter","code":"content_filter","message":")";
  out.append(why).append("\"}}\n\n");
  if (!is_typed_) out += "data: [DONE]\n\n";
}

}  // namespace sluice::ai
