// SPDX-License-Identifier: Apache-2.0
#include "ai/checked_stream.hpp"

#include <utility>

namespace sluice::ai {

Task<bool> CheckedStream::take() {
  if (!event_) event_ = cutter_.next(piece_);
  if (cutter_.is_too_long() || is_unreadable_) {
    co_await refuse();
  } else if (!event_) {
    co_return false;
  } else if (take_event(*event_)) {
    event_.reset();
  }
  co_return true;
}

/// False when the event is to be shown again, after a check; when it cannot be read there is no need.
bool CheckedStream::take_event(const CutEvent& event) {
  const bool is_first = window_.is_empty();
  switch (window_.take(event)) {
    case EventWindow::Fate::passes: pass(event.bytes); return true;
    case EventWindow::Fate::waits:
      note_words(is_first);
      count_words();
      is_due_ = window_.is_full();
      return true;
    case EventWindow::Fate::follows: is_due_ = window_.is_full(); return true;
    case EventWindow::Fate::no_room: is_due_ = true; return false;
    case EventWindow::Fate::unreadable: is_unreadable_ = true; return false;
  }
  return false;
}

/// Where the end of a stream tells how many tokens it had.
void CheckedStream::count_words() {
  if (!ending_.tells_tokens()) return;
  if (!tokens_) tokens_.emplace(tokenizer::tokenizer(encoding_));
  for (const AnswerPlace& place : window_.last_words()) tokens_->add(place.text);
}

Task<Result<void>> CheckedStream::ask() {
  words_ = window_.words();
  return check_->run(words_);
}

Task<void> CheckedStream::pass_window() {
  pass(window_.events());
  window_.clear();
  return {};
}

/// The backend stops; the caller gets an end that it understands, and nothing of what waits.
Task<void> CheckedStream::refuse() {
  check_->refused();
  if (!ending_.knows_form()) {
    SseReader waiting;
    waiting.feed(window_.events(), [this](const SseReader::Event& event) {
      if (!ending_.knows_form()) ending_.add(event.data);
    });
  }
  const auto tokens = tokens_ ? static_cast<std::int64_t>(tokens_->tokens()) : 0;
  out_ += ending_.text(tokens, StreamEnding::Reason::content_filter);
  return end_early();
}

void CheckedStream::pass(std::string_view events) {
  passed_.feed(events, [this](const SseReader::Event& event) { ending_.add(event.data); });
  out_ += events;
}

}  // namespace sluice::ai
