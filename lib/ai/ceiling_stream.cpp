// SPDX-License-Identifier: Apache-2.0
#include "ai/ceiling_stream.hpp"

#include <iterator>
#include <utility>

namespace sluice::ai {

Task<BodyChunk> CeilingStream::read() {
  for (;;) {
    if (is_over_) co_return BodyChunk(std::string_view());
    count_unseen();
    co_await grants_.note_passed(passed_tokens_);
    BodyChunk chunk = co_await inner().read();
    if (!chunk) co_return chunk;
    if (chunk->empty()) {
      // An end without a blank line: what is held is told all the same, as clients read it.
      is_over_ = true;
      out_ = std::exchange(held_, {});
      watch_.count(out_);
      co_return BodyChunk(std::string_view(out_));
    }
    const bool is_in_one_piece = held_.empty();
    if (!is_in_one_piece) held_ += *chunk;
    const std::string_view bytes = is_in_one_piece ? *chunk : std::string_view(held_);
    const std::string_view events = bytes.substr(0, whole_events_length(bytes));
    // No token is shorter than a byte, and no text longer than the event that brings it.
    if (is_in_one_piece && events.size() == bytes.size() && grants_.has(passed_tokens_ + std::ssize(bytes))) {
      unseen_ = bytes;
      co_return *chunk;
    }
    const std::size_t passing = co_await pass(bytes, events.size());
    const bool is_too_long = bytes.size() - events.size() > max_event_bytes;
    if (passing == events.size() && is_in_one_piece && events.size() == bytes.size()) co_return *chunk;
    out_ = events.substr(0, passing);
    if (passing < events.size() || is_too_long) {
      end();
    } else {
      held_ = std::string(bytes.substr(events.size()));
    }
    if (!out_.empty()) co_return BodyChunk(std::string_view(out_));
  }
}

Task<std::size_t> CeilingStream::pass(std::string_view bytes, std::size_t length) {
  std::size_t passed = 0;
  while (passed < length) {
    // What follows an event tells where it ends.
    const std::string_view next = bytes.substr(passed, first_event_length(bytes.substr(passed)));
    watch_.count(next);
    const std::int64_t tokens = watch_.estimated_completion_tokens();
    const bool may_pass = co_await grants_.grant(tokens);
    if (!may_pass) co_return passed;
    ending_.add(watch_.last_event());
    passed_tokens_ = tokens;
    passed += next.size();
  }
  co_return passed;
}

void CeilingStream::count_unseen() {
  for (std::string_view events = std::exchange(unseen_, {}); !events.empty();) {
    const std::string_view next = events.substr(0, first_event_length(events));
    watch_.count(next);
    ending_.add(watch_.last_event());
    passed_tokens_ = watch_.estimated_completion_tokens();
    events.remove_prefix(next.size());
  }
}

void CeilingStream::cancel() {
  count_unseen();
  WrappingStream::cancel();
}

Task<void> CeilingStream::close() {
  count_unseen();
  return WrappingStream::close();
}

/// The backend stops; the caller gets an end that it understands.
void CeilingStream::end() {
  is_over_ = true;
  cancel();
  out_ += ending_.text(passed_tokens_);
}

}  // namespace sluice::ai
