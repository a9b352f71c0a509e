// SPDX-License-Identifier: Apache-2.0
// <llm-emit-token-metric>, <azure-openai-emit-token-metric>: counts the tokens of an answer in metrics with dimensions.
// Sections: inbound, and outbound as documents write it. All scopes. Dimensions are evaluated when the answer is known;
// the counters move when it has been delivered.
// Source: API Management policy reference, llm-emit-token-metric and azure-openai-emit-token-metric.
#include <sluice/policy.hpp>

#include "ai/answer_watch.hpp"
#include "ai/model_price.hpp"
#include "ai/prompt_tokens.hpp"
#include "ai/request_prompt.hpp"
#include "ai/token_encoding.hpp"
#include "base/limit_parts.hpp"
#include "base/metric_parts.hpp"

namespace sluice::policies {
namespace {

constexpr std::string_view policy_name = "llm-emit-token-metric";
constexpr std::size_t max_custom_dimensions = 5;

constexpr AttributeSpec attributes[] = {parts::metric_namespace_attribute};

/// One execution: the labels once the answer is known, the counting once it has been delivered.
class Execution {
 public:
  Execution(const parts::MetricPart& metric, RequestContext& context) : metric_(metric), context_(context) {}

  void start() {
    watch_ = &ai::AnswerWatch::of(context_);
    // Outbound runs after the section that the hooks belong to, and may already know all.
    context_.before_send(Evaluate{this});
    context_.after_send(Count{this});
  }

 private:
  struct Evaluate {
    Execution* execution;
    Task<void> operator()() {
      execution->evaluate();
      return {};
    }
  };
  struct Count {
    Execution* execution;
    Task<void> operator()(DeliveryOutcome) { return execution->count(); }
  };

  void evaluate() {
    if (!context_.answered_by_backend) return;  // what a policy, a cache or an error answered took no tokens
    succeeded_ = context_.response.status < 400;
    const auto labels = parts::metric_labels(metric_, context_);
    if (!labels) return parts::note_failure(context_, policy_name, labels.error());
    labels_ = *labels;
    evaluated_ = true;
  }

  Task<void> count() {
    if (!evaluated_) return {};
    if (!watch_->usage()) return count_estimate();
    add_all(*watch_->usage());
    return {};
  }

  Task<void> count_estimate() {
    const std::optional<ai::TokenUsage> usage = co_await estimate();
    if (usage) add_all(*usage);
  }

  void add_all(const ai::TokenUsage& usage) {
    add("sluice_llm_tokens_total", usage.total);
    add("sluice_llm_prompt_tokens_total", usage.prompt);
    add("sluice_llm_completion_tokens_total", usage.completion);
    if (usage.cached > 0) add("sluice_llm_cached_tokens_total", usage.cached);
    if (usage.reasoning > 0) add("sluice_llm_reasoning_tokens_total", usage.reasoning);
    const ModelPrice* const price = ai::price_of(ai::model_of(context_), context_.services.ai);
    if (price != nullptr) add("sluice_llm_cost_total", ai::cost_of(usage, *price));
    if (watch_->is_event_stream()) count_times();
  }

  void count_times() {
    add("sluice_llm_streams_total", 1.0);
    add("sluice_llm_time_to_first_token_seconds_total", seconds(watch_->time_to_first_words()));
    add("sluice_llm_generation_seconds_total", seconds(watch_->time_of_words()));
  }
  static double seconds(std::chrono::microseconds time) { return std::chrono::duration<double>(time).count(); }

  /// Only a stream is estimated: any other answer of a model reports its usage.
  Task<std::optional<ai::TokenUsage>> estimate() {
    if (!succeeded_ || watch_->is_told_elsewhere() || context_.request.body.is_stream()) co_return std::nullopt;
    const auto prompt = ai::prompt_of(context_);
    if (!prompt || !(*prompt)->stream) co_return std::nullopt;
    const Result<std::int64_t> tokens = co_await ai::prompt_tokens(context_);
    if (!tokens) co_return std::nullopt;
    ai::TokenUsage usage;
    usage.prompt = *tokens;
    usage.completion = watch_->estimated_completion_tokens();
    usage.total = usage.prompt + usage.completion;
    co_return usage;
  }

  void add(std::string_view metric, std::int64_t tokens) { add(metric, static_cast<double>(tokens)); }
  void add(std::string_view metric, double amount) { context_.services.telemetry.count(metric, amount, labels_); }

  const parts::MetricPart& metric_;
  RequestContext& context_;
  ai::AnswerWatch* watch_ = nullptr;
  std::span<const Label> labels_;
  bool evaluated_ = false;
  bool succeeded_ = false;
};

class LlmEmitTokenMetric final : public Step {
 public:
  explicit LlmEmitTokenMetric(parts::MetricPart metric) : metric_(std::move(metric)) {}
  Outcome run(RequestContext& context) const override {
    context.arena.make<Execution>(metric_, context)->start();
    return Outcome::next();
  }

 private:
  parts::MetricPart metric_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  parts::MetricPart metric = parts::compile_metric(element, max_custom_dimensions, context);
  if (context.section() == Section::inbound) context.needs(Effects::reads_request_body);
  ai::load_encodings();
  return make_step<LlmEmitTokenMetric>(std::move(metric));
}

}  // namespace

SLUICE_POLICY(llm_emit_token_metric){
    .elements = "llm-emit-token-metric azure-openai-emit-token-metric",
    .sections = Sections::inbound | Sections::outbound,
    .attributes = attributes,
    .children = parts::dimension_children,
    .compile = compile,
    .summary = "Counts the tokens of an answer in metrics with dimensions.",
    .differs =
        "The metrics are counters of the gateway: sluice_llm_tokens_total, sluice_llm_prompt_tokens_total, "
        "sluice_llm_completion_tokens_total, and cached and reasoning tokens when there are any; the namespace is "
        "a label. Streams have sluice_llm_streams_total and the seconds to their first words and from there to the "
        "last "
        "(sluice_llm_time_to_first_token_seconds_total, sluice_llm_generation_seconds_total); with the setting "
        "ai.prices "
        "sluice_llm_cost_total tells what it cost. Tokens of a streamed answer without usage are counted by the "
        "encoding of its model, or o200k_base, "
        "when its request was read into memory; sluice_llm_counted_total tells which. The backend is asked for an "
        "answer that is not compressed, and for the usage of streams as llm-token-limit has it (setting ai.askUsage)."};

}  // namespace sluice::policies
