// SPDX-License-Identifier: Apache-2.0
#include "ai/windowed_stream.hpp"

#include <algorithm>
#include <utility>

namespace sluice::ai {

Task<BodyChunk> WindowedStream::read() {
  out_.clear();
  for (;;) {
    co_await take_all();
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
      // What waits is asked about, and goes before the error.
      co_await take_end();
      if (!*piece && !is_refused_ && !failure_) failure_ = std::move(piece->error());
    }
  }
}

void WindowedStream::cancel() {
  if (!is_asking_) return inner_.cancel();  // May wake who reads, and end this with it; so may what follows.
  inner_.cancel();
  cancel_asking();
}

/// Takes what has come; comes back before a window is asked about when something can go on before it.
Task<void> WindowedStream::take_all() {
  while (!is_over_) {
    if (is_due_) {
      if (!out_.empty()) co_return;
      is_due_ = false;
      co_await check();
      continue;
    }
    const bool has_taken = co_await take();
    if (!has_taken) co_return;
  }
}

/// The stream ends here.
Task<void> WindowedStream::take_end() {
  take_rest();
  co_await take_all();
  if (!is_over_ && has_window()) co_await check();
  is_over_ = true;
}

Task<void> WindowedStream::check() {
  is_asking_ = true;
  Result<void> clean = co_await ask();
  is_asking_ = false;
  if (clean) {
    co_await pass_window();
  } else if (clean.error().code() == ErrorCode::cancelled) {
    is_over_ = true;
    failure_ = std::move(clean.error());
    co_await inner_.close();
  } else {
    co_await refuse();
  }
}

Task<void> WindowedStream::end_early() {
  is_over_ = is_refused_ = true;
  co_await inner_.close();
}

void WindowedStream::note_words(bool is_first) {
  last_at_ = clock_.steady_now();
  if (is_first) first_at_ = last_at_;
}

std::optional<SteadyTime> WindowedStream::deadline() const {
  if (!has_words()) return std::nullopt;
  return std::min<SteadyTime>(first_at_ + longest_wait, last_at_ + longest_pause);
}

}  // namespace sluice::ai
