// SPDX-License-Identifier: Apache-2.0
// TimedStream: a body whose next piece is waited for up to a time. A piece that has not come by then is waited for
// again, so that something else can be done meanwhile.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/message.hpp>

#include <memory>
#include <optional>

namespace sluice {

class TimedStream {
 public:
  /// On threads without an event loop a piece is looked for that often, as nobody may wake the clock from elsewhere.
  static constexpr std::chrono::milliseconds look_interval{20};

  TimedStream(std::unique_ptr<BodyStream> inner, Clock& clock);
  ~TimedStream();
  TimedStream(const TimedStream&) = delete;
  TimedStream& operator=(const TimedStream&) = delete;

  /// The next piece, or the end, as `BodyStream::read`. Nothing: it has not come by `deadline`; without one it is
  /// waited for until it comes.
  Task<std::optional<BodyChunk>> read(std::optional<SteadyTime> deadline);

  /// As in `BodyStream`. After `close` no piece is waited for any more.
  void cancel();
  Task<void> close();
  const Headers* trailers() const;

 private:
  struct Reading;
  Task<void> await_arrival();
  Task<void> await_arrival_until(SteadyTime deadline);

  std::shared_ptr<Reading> reading_;  ///< Lives until what is under way has ended.
  Clock& clock_;
};

}  // namespace sluice
