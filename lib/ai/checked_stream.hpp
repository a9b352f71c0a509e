// SPDX-License-Identifier: Apache-2.0
// CheckedStream: a streamed answer whose events pass once their words have been found clean, window by window.
//
//   events ─▶ without words, none waiting ─▶ pass
//          └▶ with words ─▶ wait ─▶ window closes ─▶ checked ─▶ clean: pass, byte for byte
//                                                            └▶ else: the stream ends as a filter ends it
//
// A window closes when the next event does not fit, when the stream has said everything, when it pauses, and when its
// first event has waited long enough.
#pragma once

#include "ai/event_window.hpp"
#include "ai/sse_reader.hpp"
#include "ai/stream_ending.hpp"
#include "base/timed_stream.hpp"
#include "tokenizer/token_counter.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::ai {

/// Whoever looks at words.
class WordCheck {
 public:
  virtual ~WordCheck() = default;
  /// **Errors**: any; the words may not pass then. `cancelled` after `cancel`.
  virtual Task<Result<void>> run(std::string_view words) = 0;
  virtual void cancel() = 0;
  /// The stream has been ended before its time.
  virtual void refused() = 0;
};

class CheckedStream final : public BodyStream {
 public:
  /// With no new words for so long, those that wait are checked.
  static constexpr std::chrono::milliseconds longest_pause{1'000};
  /// So long words wait at most for a window to fill.
  static constexpr std::chrono::milliseconds longest_wait{10'000};

  /// `encoding`: how tokens are counted for an end that tells them.
  CheckedStream(std::unique_ptr<BodyStream> inner, const EventWindow::Rules& rules, std::unique_ptr<WordCheck> check,
                tokenizer::Encoding encoding, Clock& clock)
      : inner_(std::move(inner), clock), window_(rules), check_(std::move(check)), encoding_(encoding), clock_(clock) {}

  Task<BodyChunk> read() override;
  void cancel() override;
  Task<void> close() override { return inner_.close(); }
  const Headers* trailers() const override { return is_refused_ ? nullptr : inner_.trailers(); }

 private:
  Task<void> take_events();
  Task<void> take_end();
  void count_words();
  Task<void> check();
  Task<void> refuse();
  bool take(const CutEvent& event);
  void pass(std::string_view events);
  std::optional<SteadyTime> deadline() const;

  TimedStream inner_;
  EventCutter cutter_;
  EventWindow window_;
  const std::unique_ptr<WordCheck> check_;
  const tokenizer::Encoding encoding_;
  Clock& clock_;
  SseReader passed_;  ///< What the ending must know.
  StreamEnding ending_;
  std::optional<tokenizer::TokenCounter> tokens_;

  std::string_view piece_;         ///< Of `inner_`, what has not been cut yet.
  std::optional<CutEvent> event_;  ///< Cut, and not taken yet.
  std::string out_;
  SteadyTime first_at_{}, last_at_{};  ///< When the first words that wait came, and the last.
  bool is_due_ = false;                ///< The window is to be checked before anything else.
  bool is_checking_ = false;
  bool is_unreadable_ = false;
  bool is_over_ = false;
  bool is_refused_ = false;
  std::optional<Error> failure_;
};

}  // namespace sluice::ai
