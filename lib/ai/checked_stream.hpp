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
#include "ai/windowed_stream.hpp"
#include "tokenizer/token_counter.hpp"

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

class CheckedStream final : public WindowedStream {
 public:
  /// `encoding`: how tokens are counted for an end that tells them.
  CheckedStream(std::unique_ptr<BodyStream> inner, const EventWindow::Rules& rules, std::unique_ptr<WordCheck> check,
                tokenizer::Encoding encoding, Clock& clock)
      : WindowedStream(std::move(inner), clock), window_(rules), check_(std::move(check)), encoding_(encoding) {}

 private:
  Task<bool> take() override;
  void take_rest() override { event_ = cutter_.finish(); }
  bool has_words() const override { return has_window(); }
  bool has_window() const override { return !window_.is_empty(); }
  Task<Result<void>> ask() override;
  void cancel_asking() override { check_->cancel(); }
  Task<void> pass_window() override;
  Task<void> refuse() override;

  bool take_event(const CutEvent& event);
  void count_words();
  void pass(std::string_view events);

  EventCutter cutter_;
  EventWindow window_;
  const std::unique_ptr<WordCheck> check_;
  const tokenizer::Encoding encoding_;
  SseReader passed_;  ///< What the ending must know.
  StreamEnding ending_;
  std::optional<tokenizer::TokenCounter> tokens_;

  std::optional<CutEvent> event_;  ///< Cut, and not taken yet.
  std::string words_;              ///< That are being checked.
  bool is_unreadable_ = false;
};

}  // namespace sluice::ai
