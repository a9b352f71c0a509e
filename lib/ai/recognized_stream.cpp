// SPDX-License-Identifier: Apache-2.0
#include "ai/recognized_stream.hpp"

#include <algorithm>

namespace sluice::ai {

Task<Result<void>> EventRecognition::ask(const EventFilter& filter) {
  found_.clear();
  names_ = std::make_unique<Arena>(1024);
  Result<std::vector<std::vector<pii::Match>>> found =
      fail(ErrorCode::personal_data_blocked, "The answer is too long to be checked.");
  if (++windows_ <= max_recognition_windows) found = co_await service_.run(filter.questions(), *names_);
  if (found) {
    found_ = std::move(*found);
    co_return Result<void>();
  }
  if (found.error().code() == ErrorCode::cancelled) co_return fail(std::move(found.error()));
  co_return on_failure_(found.error());
}

Task<bool> RecognizedStream::take() {
  if (filter_.is_stopped()) co_await stop();
  if (piece_.empty() || is_over_) co_return false;
  const std::string_view step = piece_.substr(0, feed_step_bytes);
  piece_.remove_prefix(step.size());
  const bool had_words = filter_.has_questions();
  filter_.feed(step, out_);
  if (filter_.has_questions()) {
    note_words(!had_words);
    is_due_ = filter_.is_full();
  }
  co_return true;
}

void RecognizedStream::take_rest() {
  filter_.finish(out_);
  is_due_ = false;
}

Task<void> RecognizedStream::pass_window() {
  recognition_.answer(filter_, out_);
  if (filter_.is_stopped()) co_await stop();
}

Task<void> RecognizedStream::refuse() {
  filter_.stop(out_, "The answer could not be checked.");
  return stop();
}

Task<void> RecognizedStream::stop() {
  ears_.stopped();
  return end_early();
}

}  // namespace sluice::ai
