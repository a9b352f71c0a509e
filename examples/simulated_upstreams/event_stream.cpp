// SPDX-License-Identifier: Apache-2.0
#include "event_stream.hpp"

#include <utility>

namespace sluice::simulated {

std::string event_text(std::string_view type, std::string_view data) {
  std::string text;
  text.reserve(type.size() + data.size() + 16);
  if (!type.empty()) text.append("event: ").append(type).append("\n");
  return text.append("data: ").append(data).append("\n\n");
}

std::string done_event() { return event_text({}, "[DONE]"); }

std::string Script::error_event(std::size_t) const {
  return event_text({}, R"({"error":{"message":"The server had an error while processing your request.",)"
                        R"("type":"server_error","param":null,"code":null}})");
}

std::chrono::microseconds time_for(const DeploymentSettings& settings, std::int64_t tokens) {
  const std::chrono::microseconds first = std::chrono::milliseconds(settings.first_token_ms);
  if (settings.tokens_per_second == 0) return first;
  return first + std::chrono::microseconds(tokens * 1'000'000 / settings.tokens_per_second);
}

EventStream::EventStream(std::unique_ptr<Script> script, const DeploymentSettings& settings, std::int64_t hidden_tokens,
                         Clock& clock, Ended ended)
    : script_(std::move(script)),
      settings_(settings),
      clock_(clock),
      ended_(std::move(ended)),
      begin_(clock.steady_now()),
      hidden_tokens_(hidden_tokens) {}

Task<BodyChunk> EventStream::read() {
  const auto& pieces = script_->pieces();
  if (settings_.cut_after_events >= 0 && next_ >= static_cast<std::size_t>(settings_.cut_after_events)) {
    end(false);
    co_return BodyChunk(fail(ErrorCode::backend_connection_failure));
  }
  if (settings_.error_after_events >= 0 && next_ >= static_cast<std::size_t>(settings_.error_after_events)) {
    const bool was_told = has_failed_;
    end(false);
    has_failed_ = true;
    event_ = was_told ? std::string() : script_->error_event(next_);
    co_return BodyChunk(std::string_view(event_));
  }
  if (next_ == pieces.size()) {
    end(true);
    co_return BodyChunk(std::string_view());
  }
  const bool in_time = co_await wait_for_next();
  if (!in_time) {
    end(false);
    co_return BodyChunk(fail(ErrorCode::cancelled));
  }
  event_ = script_->event(pieces[next_], next_);
  if (pieces[next_].is_token) ++tokens_;
  ++next_;
  co_return BodyChunk(event_);
}

Task<bool> EventStream::wait_for_next() {
  if (settings_.stall_first_token) {
    while (!stopped_.requested()) co_await clock_.wait_for(std::chrono::hours(1), stopped_);
  }
  const SteadyTime due = begin_ + time_for(settings_, hidden_tokens_ + tokens_);
  if (next_ == 0 || script_->pieces()[next_].is_token) {
    if (clock_.steady_now() < due) co_await clock_.wait_until(due, stopped_);
  }
  co_return !stopped_.requested();
}

void EventStream::end(bool complete) {
  if (Ended ended = std::exchange(ended_, nullptr)) ended(tokens_ + hidden_tokens_, complete);
}

}  // namespace sluice::simulated
