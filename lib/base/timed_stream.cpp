// SPDX-License-Identifier: Apache-2.0
// One read of the inner stream is under way at most; it ends in `Reading`, wherever its thread, and wakes who waits.
#include "base/timed_stream.hpp"

#include "base/home_thread.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace sluice {

struct TimedStream::Reading : std::enable_shared_from_this<Reading> {
  const std::unique_ptr<BodyStream> inner;
  HomeThread home;                ///< Where the read has begun, and is waited for.
  Cancellation* timer = nullptr;  ///< Touched on the home thread alone.
  bool is_under_way = false;      ///< Likewise: a read has begun, and its piece has not been taken.
  std::mutex mutex;               ///< For what follows.
  std::optional<BodyChunk> arrived;
  Completion<bool>* arrival = nullptr;  ///< Of who waits without a deadline.

  explicit Reading(std::unique_ptr<BodyStream> stream) : inner(std::move(stream)) {}

  bool has_arrived() {
    std::lock_guard lock(mutex);
    return arrived.has_value();
  }
  void begin() {
    if (std::exchange(is_under_way, true)) return;
    home = home_thread();
    spawn(inner->read(), [self = shared_from_this()](BodyChunk chunk) { self->arrive(std::move(chunk)); });
  }
  std::optional<BodyChunk> take() {
    std::lock_guard lock(mutex);
    if (arrived) is_under_way = false;
    return std::exchange(arrived, std::nullopt);
  }

 private:
  void arrive(BodyChunk chunk) {
    Completion<bool>* waiting = nullptr;
    {
      std::lock_guard lock(mutex);
      arrived.emplace(std::move(chunk));
      waiting = std::exchange(arrival, nullptr);
    }
    if (waiting != nullptr) return waiting->complete(true);
    if (home.post == nullptr) return;
    if (home_thread().loop == home.loop) return wake();
    home.run([self = shared_from_this()] { self->wake(); });
  }
  void wake() {
    if (timer != nullptr) timer->request();
  }
};

TimedStream::TimedStream(std::unique_ptr<BodyStream> inner, Clock& clock)
    : reading_(std::make_shared<Reading>(std::move(inner))), clock_(clock) {}
TimedStream::~TimedStream() = default;

Task<std::optional<BodyChunk>> TimedStream::read(std::optional<SteadyTime> deadline) {
  reading_->begin();
  if (deadline) {
    co_await await_arrival_until(*deadline);
  } else {
    co_await await_arrival();
  }
  co_return reading_->take();
}

Task<void> TimedStream::await_arrival() {
  Completion<bool> arrival;
  {
    std::lock_guard lock(reading_->mutex);
    if (reading_->arrived) co_return;
    reading_->arrival = &arrival;
  }
  co_await arrival;
}

Task<void> TimedStream::await_arrival_until(SteadyTime deadline) {
  const bool is_woken = reading_->home.post != nullptr;
  for (SteadyTime now = clock_.steady_now(); now < deadline && !reading_->has_arrived(); now = clock_.steady_now()) {
    Cancellation timer;
    reading_->timer = &timer;
    co_await clock_.wait_until(is_woken ? deadline : std::min<SteadyTime>(deadline, now + look_interval), timer);
    reading_->timer = nullptr;
  }
}

void TimedStream::cancel() {
  const std::shared_ptr<Reading> kept = reading_;  // Who reads may end this meanwhile.
  kept->inner->cancel();
}

Task<void> TimedStream::close() {
  if (reading_->is_under_way) {
    reading_->inner->cancel();
    co_await await_arrival();
    (void)reading_->take();
  }
  co_await reading_->inner->close();
}

const Headers* TimedStream::trailers() const { return reading_->inner->trailers(); }

}  // namespace sluice
