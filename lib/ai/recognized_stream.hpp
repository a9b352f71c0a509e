// SPDX-License-Identifier: Apache-2.0
// RecognizedStream: a streamed answer that passes a filter whose findings a service tells, window by window.
#pragma once

#include "ai/event_filter.hpp"
#include "ai/recognition_service.hpp"
#include "ai/windowed_stream.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::ai {

/// What a stream is fed at a time, so that windows are not much longer than they have to be.
inline constexpr std::size_t feed_step_bytes = 16 * 1024;
/// Windows of one streamed answer that are asked about; what follows cannot be checked.
inline constexpr std::size_t max_recognition_windows = 4'096;

/// Has the questions of a filter answered.
class EventRecognition {
 public:
  using OnFailure = std::function<Result<void>(const Error&)>;

  /// `on_failure`: what there is to do when the service cannot tell: an error, or nothing where the words may pass.
  EventRecognition(RecognitionService service, OnFailure on_failure)
      : service_(service), on_failure_(std::move(on_failure)) {}

  /// Finds what is to be told. **Errors**: those of `on_failure`; cancelled.
  Task<Result<void>> ask(const EventFilter& filter);
  /// Tells it.
  void answer(EventFilter& filter, std::string& out) { filter.answer(found_, out); }

 private:
  RecognitionService service_;
  OnFailure on_failure_;
  std::size_t windows_ = 0;
  std::unique_ptr<Arena> names_;  ///< Of what has been found last.
  std::vector<std::vector<pii::Match>> found_;
};

class RecognizedStream final : public WindowedStream {
 public:
  struct Ears {
    std::function<void()> stopped;                           ///< The stream has been ended before its time.
    std::function<void(const FindingReport&)> has_reported;  ///< At the end of this, whatever has become of it.
  };
  /// `cancellation` is the one of the service.
  RecognizedStream(std::unique_ptr<BodyStream> inner, FindingFilter filter, JsonLimits limits, bool passes_unreadable,
                   EventRecognition recognition, std::unique_ptr<Cancellation> cancellation, Ears ears, Clock& clock)
      : WindowedStream(std::move(inner), clock),
        filter_(std::move(filter), limits, passes_unreadable, true),
        cancellation_(std::move(cancellation)),
        recognition_(std::move(recognition)),
        ears_(std::move(ears)) {}
  ~RecognizedStream() override { ears_.has_reported(filter_.report()); }

 private:
  Task<bool> take() override;
  void take_rest() override;
  bool has_words() const override { return filter_.has_questions(); }
  bool has_window() const override { return filter_.has_questions(); }
  Task<Result<void>> ask() override { return recognition_.ask(filter_); }
  void cancel_asking() override { cancellation_->request(); }
  Task<void> pass_window() override;
  Task<void> refuse() override;
  Task<void> stop();

  EventFilter filter_;
  const std::unique_ptr<Cancellation> cancellation_;
  EventRecognition recognition_;
  const Ears ears_;
};

}  // namespace sluice::ai
