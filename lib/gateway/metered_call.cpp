// SPDX-License-Identifier: Apache-2.0
#include "gateway/metered_call.hpp"

#include "ai/answer_watch.hpp"
#include "ai/request_cost.hpp"

namespace sluice {

/// Once the answer has gone out and says what it took.
struct MeteredCall::Correct {
  std::shared_ptr<BackendMeter> meter;
  RequestContext* context;
  std::int64_t expected;

  Task<void> operator()(DeliveryOutcome) {
    const auto& usage = ai::AnswerWatch::of(*context).usage();
    if (usage) meter->correct(usage->total - expected);
    return {};
  }
};

void MeteredCall::tell_begin() {
  tokens_ = ai::known_cost(context_);
  entry_->meter->begin(tokens_, context_.services.clock.steady_now());
}

void MeteredCall::tell_end(const Result<Response>& answer) {
  Clock& clock = context_.services.clock;
  const bool may_name_time = answer && answer->status >= 400;  // which is of this clock
  entry_->meter->end(answer ? &*answer : nullptr, clock.steady_now(), may_name_time ? clock.now() : WallTime{});
  if (!answer || answer->status >= 400 || tokens_ == 1 || !entry_->meter->wants_corrections()) return;
  ai::AnswerWatch::of(context_);
  context_.after_send(Correct{entry_->meter, &context_, tokens_});
}

}  // namespace sluice
