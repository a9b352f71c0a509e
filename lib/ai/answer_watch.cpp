// SPDX-License-Identifier: Apache-2.0
#include "ai/answer_watch.hpp"

#include "ai/answer_head.hpp"
#include "ai/answer_text.hpp"
#include "ai/asked_usage.hpp"
#include "ai/event_cutter.hpp"
#include "ai/prompt_tokens.hpp"
#include "ai/request_prompt.hpp"
#include "ai/token_encoding.hpp"
#include "base/entity_lookup.hpp"
#include "base/gather_body.hpp"
#include "base/json_limits.hpp"
#include "base/message_parts.hpp"

#include <algorithm>

namespace sluice::ai {
namespace {

/// For so long it is known that a run has told its cost; services keep them for about as long.
constexpr std::chrono::hours told_period{24 * 30};
/// Longer names of runs are not remembered.
constexpr std::size_t most_id_bytes = 256;
/// Encodings differ, but not by more.
constexpr std::int64_t most_counted_of_reported = 2;

}  // namespace

struct AnswerWatch::BeforeSend {
  AnswerWatch* watch;
  Task<void> operator()() {
    const Response& response = watch->context_->response;
    if (watch->wants_before_send_ && !ai::is_event_stream(response.headers)) return gather_first();
    return begin();
  }

 private:
  Task<void> gather_first() {
    const std::size_t limit = watch->context_->services.limits.request.buffered_body_bytes;
    co_await gather_body(watch->context_->response.body, watch->context_->arena, limit);
    co_await begin();
  }
  Task<void> begin() {
    watch->begin(watch->context_->response);
    watch->hide_usage();
    if (!watch->complete_) return {};
    return watch->judge();
  }
};

struct AnswerWatch::AfterSend {
  AnswerWatch* watch;
  Task<void> operator()(DeliveryOutcome) {
    watch->finish();
    if (!watch->is_judged_) return judge_first();
    tell_counted();
    return {};
  }

 private:
  Task<void> judge_first() {
    co_await watch->judge();
    tell_counted();
  }
  void tell_counted() {
    if (watch->counter_ && !watch->usage()) note_counted(*watch->context_, "answer", watch->encoding_);
  }
};

AnswerWatch& AnswerWatch::of(RequestContext& context) {
  auto& watch = context.state<AnswerWatch>();
  if (watch.context_ == nullptr) {
    watch.context_ = &context;
    // A compressed answer could not be read on its way.
    context.request.headers.remove("Accept-Encoding");
    context.observe_response_body(watch);
    context.before_send(BeforeSend{&watch});
    context.after_send(AfterSend{&watch});
    if (context.services.ai.ask_usage) watch.ask();
  }
  return watch;
}

void AnswerWatch::hide_asked_usage(RequestContext& context) { context.state<AnswerWatch>().hide_usage(); }

void AnswerWatch::ask() {
  const Body& body = context_->request.body;
  if (context_->has_response || !body.is_bytes() ||
      !can_be_asked_for_usage(context_->request.url.path, context_->target.query))
    return;
  const auto prompt = prompt_of(*context_);
  if (!prompt) return;
  const auto asking = asking_for_usage(**prompt, body.data(), context_->arena);
  if (!asking) return;
  has_asked_ = true;
  const bool are_tokens_known = knows_prompt_tokens(*context_);
  if (asking->is_appended) {
    set_body_of_same_prompt(*context_, asking->bytes);
  } else {
    context_->request.body.set_bytes(asking->bytes);
  }
  if (are_tokens_known) keep_prompt_tokens(*context_);
}

void AnswerWatch::hide_usage() {
  if (!has_asked_ || context_->response.body.is_none()) return;
  Response& response = context_->response;
  if (!ai::is_event_stream(response.headers) || is_compressed(response.headers)) return;
  has_asked_ = false;
  UsageFilter filter([this](std::string_view data) { stream_usage_.add(data); });
  if (response.body.is_stream()) {
    response.headers.remove("Content-Length");
    response.body = Body::stream(std::make_unique<UsageStream>(response.body.take_stream(), std::move(filter)));
    return;
  }
  std::string out;
  filter.feed(response.body.data(), out);
  filter.finish(out);
  parts::replace_body(response.headers, response.body, context_->arena.copy(out));
}

void AnswerWatch::begin(const Response& response) {
  if (begun_) return;
  begun_ = true;
  is_event_stream_ = ai::is_event_stream(response.headers);
  unreadable_ = is_compressed(response.headers);
  if (!response.body.is_stream()) {
    read_whole(response.body.data());
    complete_ = true;
  }
}

void AnswerWatch::read_whole(std::string_view body) {
  if (unreadable_ || body.empty()) return;
  if (is_event_stream_) {
    reader_.feed(body, [this](const SseReader::Event& event) { read_event(event.data); });
    reader_.finish([this](const SseReader::Event& event) { read_event(event.data); });
    return;
  }
  stream_usage_.add(body);
  if (!usage() || usage()->total == 0) read_event(body);
}

void AnswerWatch::read_event(std::string_view data) {
  if (data == end_of_events) return;
  stream_usage_.add(data);
  for (const std::string_view piece : read_answer(data, scratch_, json_limits(*context_)).pieces) count_words(piece);
  scratch_.reset();
}

void AnswerWatch::count_words(std::string_view text) {
  if (!counter_) {
    encoding_ = encoding_of(*context_);
    counter_.emplace(tokenizer::tokenizer(encoding_.encoding));
  }
  if (is_event_stream_) {
    last_words_ = context_->services.clock.steady_now() - context_->started;
    if (first_words_.count() == 0) first_words_ = last_words_;
  }
  counter_->add(text);
}

void AnswerWatch::count(std::string_view events) {
  last_event_.clear();
  reader_.feed(events, [this](const SseReader::Event& event) {
    last_event_ = event.data;
    read_event(event.data);
  });
}

void AnswerWatch::on_data(std::string_view data) {
  if (!begun_) begin(context_->response);
  if (complete_ || unreadable_ || by_hand_) return;
  if (is_event_stream_) {
    reader_.feed(data, [this](const SseReader::Event& event) { read_event(event.data); });
  } else if (kept_.size() + data.size() <= context_->services.limits.request.buffered_body_bytes) {
    kept_ += data;
  } else {
    unreadable_ = true;
    kept_.clear();
  }
}

void AnswerWatch::finish() {
  if (complete_) return;
  complete_ = true;
  if (unreadable_) return;
  if (is_event_stream_) {
    reader_.finish([this](const SseReader::Event& event) { read_event(event.data); });
  } else {
    read_whole(kept_);
  }
}

/// Of the report, what counts.
Task<void> AnswerWatch::judge() {
  using Telling = StreamUsage::Telling;
  if (std::exchange(is_judged_, true)) return {};
  const Telling telling = stream_usage_.telling();
  const bool is_asked_again = telling == Telling::kept && context_->request.method == "GET";
  const bool is_at_work = telling == Telling::later && !usage();
  // A stream that ends while a run is at work has broken off; where the run waits it has said all it had to say.
  const bool is_waiting = telling == Telling::waits && !usage();
  is_told_elsewhere_ = is_waiting || (!is_event_stream_ && (is_asked_again || is_at_work));
  if (usage() && telling == Telling::polled) return judge_polled();
  end_judging();
  return {};
}

Task<void> AnswerWatch::judge_polled() {
  const bool is_first = co_await is_first_to_tell();
  is_told_elsewhere_ = !is_first;
  end_judging();
}

void AnswerWatch::end_judging() {
  if (is_told_elsewhere_) {
    stream_usage_.replace(std::nullopt);
  } else if (usage()) {
    correct();
  }
}

Task<bool> AnswerWatch::is_first_to_tell() const {
  const std::string& id = stream_usage_.id();
  if (id.empty() || id.size() > most_id_bytes) co_return true;
  const std::string_view api =
      context_->api != nullptr ? entity_key(*context_->api, context_->arena) : std::string_view();
  const CounterRule rule{WindowKind::sliding, 1, told_period, {}};
  const std::string key = counter_key({"llm-told", api, id});
  Result<CounterState> state = co_await context_->services.counters.reserve(key, rule, 1);
  // Without a store it is rather told twice than never.
  co_return !state || state->admitted;
}

void AnswerWatch::correct() {
  const std::int64_t counted = estimated_completion_tokens();
  TokenUsage told = *usage();
  if (told.total == 0 && counted > 0) return stream_usage_.replace(std::nullopt);
  if (!is_event_stream_ || counted <= most_counted_of_reported * told.completion) return;
  told.completion = counted;
  told.total = std::max(told.total, told.prompt + counted);
  stream_usage_.replace(told);
}

}  // namespace sluice::ai
