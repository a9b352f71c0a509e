// SPDX-License-Identifier: Apache-2.0
#include "ai/checked_stream.hpp"

#include <algorithm>
#include <utility>

namespace sluice::ai {

Task<BodyChunk> CheckedStream::read() {
  out_.clear();
  for (;;) {
    co_await take_events();
    if (!out_.empty()) co_return BodyChunk(std::string_view(out_));
    if (failure_) co_return fail(std::move(*failure_));
    if (is_over_) co_return BodyChunk(std::string_view());
    std::optional<BodyChunk> piece = co_await inner_.read(deadline());
    if (!piece) {
      is_due_ = true;
    } else if (*piece && !(*piece)->empty()) {
      piece_ = **piece;
    } else if (!*piece && piece->error().code() == ErrorCode::cancelled) {
      co_return fail(std::move(piece->error()));
    } else {
      // What waits is checked, and goes before the error.
      co_await take_end();
      if (!*piece && !is_refused_ && !failure_) failure_ = std::move(piece->error());
    }
  }
}

void CheckedStream::cancel() {
  if (!is_checking_) return inner_.cancel();  // May wake who reads, and end this with it; so may what follows.
  inner_.cancel();
  check_->cancel();
}

/// Takes what has come; comes back before a check when something can go on before it.
Task<void> CheckedStream::take_events() {
  while (!is_over_) {
    if (is_due_) {
      if (!out_.empty()) co_return;
      is_due_ = false;
      co_await check();
      continue;
    }
    if (!event_) event_ = cutter_.next(piece_);
    if (cutter_.is_too_long() || is_unreadable_) {
      co_await refuse();
    } else if (!event_) {
      co_return;
    } else if (take(*event_)) {
      event_.reset();
    }
  }
}

/// The stream ends here.
Task<void> CheckedStream::take_end() {
  event_ = cutter_.finish();
  co_await take_events();
  if (!is_over_ && !window_.is_empty()) co_await check();
  is_over_ = true;
}

/// False when the event is to be shown again, after a check; when it cannot be read there is no need.
bool CheckedStream::take(const CutEvent& event) {
  const bool is_first = window_.is_empty();
  switch (window_.take(event)) {
    case EventWindow::Fate::passes: pass(event.bytes); return true;
    case EventWindow::Fate::waits:
      last_at_ = clock_.steady_now();
      if (is_first) first_at_ = last_at_;
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

Task<void> CheckedStream::check() {
  const std::string words = window_.words();
  is_checking_ = true;
  Result<void> clean = co_await check_->run(words);
  is_checking_ = false;
  if (clean) {
    pass(window_.events());
    window_.clear();
  } else if (clean.error().code() == ErrorCode::cancelled) {
    is_over_ = true;
    failure_ = std::move(clean.error());
    co_await inner_.close();
  } else {
    co_await refuse();
  }
}

/// The backend stops; the caller gets an end that it understands, and nothing of what waits.
Task<void> CheckedStream::refuse() {
  is_over_ = is_refused_ = true;
  check_->refused();
  if (!ending_.knows_form()) {
    SseReader waiting;
    waiting.feed(window_.events(), [this](const SseReader::Event& event) {
      if (!ending_.knows_form()) ending_.add(event.data);
    });
  }
  const auto tokens = tokens_ ? static_cast<std::int64_t>(tokens_->tokens()) : 0;
  out_ += ending_.text(tokens, StreamEnding::Reason::content_filter);
  co_await inner_.close();
}

void CheckedStream::pass(std::string_view events) {
  passed_.feed(events, [this](const SseReader::Event& event) { ending_.add(event.data); });
  out_ += events;
}

std::optional<SteadyTime> CheckedStream::deadline() const {
  if (window_.is_empty()) return std::nullopt;
  return std::min<SteadyTime>(first_at_ + longest_wait, last_at_ + longest_pause);
}

}  // namespace sluice::ai
