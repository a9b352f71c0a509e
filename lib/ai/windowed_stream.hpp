// SPDX-License-Identifier: Apache-2.0
// WindowedStream: a streamed answer that passes window by window, as somebody is asked about each. When a window closes
// is said by who derives from this; it closes too when the stream pauses, when its first words have waited long enough,
// and at the end of the stream.
#pragma once

#include "base/timed_stream.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::ai {

class WindowedStream : public BodyStream {
 public:
  /// With no new words for so long, those that wait are asked about.
  static constexpr std::chrono::milliseconds longest_pause{1'000};
  /// So long words wait at most for a window to fill.
  static constexpr std::chrono::milliseconds longest_wait{10'000};

  Task<BodyChunk> read() final;
  void cancel() final;
  Task<void> close() final { return inner_.close(); }
  const Headers* trailers() const final { return is_refused_ ? nullptr : inner_.trailers(); }

 protected:
  WindowedStream(std::unique_ptr<BodyStream> inner, Clock& clock) : inner_(std::move(inner), clock), clock_(clock) {}

  /// Words have begun to wait, or more have come.
  void note_words(bool is_first);
  /// Nothing follows what has gone on; the backend stops.
  Task<void> end_early();

  std::string_view piece_;  ///< Of the stream, what has not been taken yet.
  std::string out_;         ///< What may go on.
  bool is_due_ = false;     ///< The window is to be asked about before anything else.
  bool is_over_ = false;

 private:
  /// Takes something of `piece_`; false: there was nothing to take.
  virtual Task<bool> take() = 0;
  /// The stream has ended: the rest is taken that no piece will complete.
  virtual void take_rest() = 0;
  /// Something is to be asked about: some of it waits for time to pass, or all for the end.
  virtual bool has_words() const = 0;
  virtual bool has_window() const = 0;
  /// Asks about the window. **Errors**: `cancelled` after `cancel_asking`; any other: it may not pass.
  virtual Task<Result<void>> ask() = 0;
  virtual void cancel_asking() = 0;
  /// It may pass.
  virtual Task<void> pass_window() = 0;
  /// It may not: says so to the caller, and ends the stream.
  virtual Task<void> refuse() = 0;

  Task<void> take_all();
  Task<void> take_end();
  Task<void> check();
  std::optional<SteadyTime> deadline() const;

  TimedStream inner_;
  Clock& clock_;
  SteadyTime first_at_{}, last_at_{};  ///< When the first words that wait came, and the last.
  bool is_asking_ = false;
  bool is_refused_ = false;
  std::optional<Error> failure_;
};

}  // namespace sluice::ai
