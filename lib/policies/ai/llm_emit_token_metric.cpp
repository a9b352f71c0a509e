// SPDX-License-Identifier: Apache-2.0
// <llm-emit-token-metric>, <azure-openai-emit-token-metric>: counts the tokens of an answer in metrics with dimensions.
// Sections: inbound, and outbound as documents write it. All scopes. Dimensions are evaluated when the answer is known;
// the counters move when it has been delivered.
// Source: API Management policy reference, llm-emit-token-metric and azure-openai-emit-token-metric.
#include <sluice/policy.hpp>

#include "ai/answer_watch.hpp"
#include "ai/request_prompt.hpp"
#include "base/limit_parts.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

constexpr std::string_view policy_name = "llm-emit-token-metric";
constexpr std::size_t max_custom_dimensions = 5;
constexpr std::size_t max_dimensions = 32;

constexpr AttributeSpec attributes[] = {
    {.name = "namespace", .fallback = "API Management", .doc = "Namespace of the metrics, told as a label."}};
constexpr AttributeSpec dimension_attributes[] = {
    {.name = "name", .required = true, .expressions = true, .doc = "Name of the dimension."},
    {.name = "value",
     .expressions = true,
     .doc =
         "Its value. May be left out for API ID, Operation ID, Product ID, User ID, Subscription ID, Location, Gateway "
         "ID and Backend ID."}};
constexpr ElementSpec children[] = {{.name = "dimension",
                                     .occurs = Occurs::at_least_once,
                                     .attributes = dimension_attributes,
                                     .doc = "A dimension of the metrics."}};

/// The dimensions that have a value by themselves.
constexpr std::string_view default_dimensions[] = {"API ID",          "Operation ID", "Product ID", "User ID",
                                                   "Subscription ID", "Location",     "Gateway ID", "Backend ID"};

bool has_default(std::string_view name) {
  return std::any_of(std::begin(default_dimensions), std::end(default_dimensions),
                     [&](std::string_view known) { return equal_ignoring_case(known, name); });
}

std::string_view default_value(std::string_view name, const RequestContext& context) {
  const auto is = [&](std::string_view known) { return equal_ignoring_case(known, name); };
  if (is("API ID") && context.api != nullptr) return context.api->id;
  if (is("Operation ID") && context.operation != nullptr) return context.operation->id;
  if (is("Product ID") && context.product != nullptr) return context.product->id;
  if (is("User ID") && context.user != nullptr) return context.user->id;
  if (is("Subscription ID") && context.subscription != nullptr) return context.subscription->id;
  if (is("Location")) return context.deployment.region;
  if (is("Gateway ID")) return context.deployment.gateway_id;
  if (is("Backend ID")) return context.chosen_backend_id;
  return {};
}

struct Dimension {
  Template name, value;
};

struct Config {
  std::string metric_namespace;
  std::vector<Dimension> dimensions;
};

/// One execution: the labels once the answer is known, the counting once it has been delivered.
class Execution {
 public:
  Execution(const Config& config, RequestContext& context)
      : config_(config), context_(context), labels_(context.arena.make_array<Label>(config.dimensions.size() + 1)) {}

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
      co_return;
    }
  };
  struct Count {
    Execution* execution;
    Task<void> operator()(DeliveryOutcome) {
      execution->count();
      co_return;
    }
  };

  void evaluate() {
    if (!context_.answered_by_backend) return;  // what a policy, a cache or an error answered took no tokens
    succeeded_ = context_.response.status < 400;
    labels_[0] = {"namespace", config_.metric_namespace};
    for (std::size_t i = 0; i < config_.dimensions.size(); ++i) {
      const Dimension& dimension = config_.dimensions[i];
      const auto name = dimension.name.text(context_);
      if (!name) return give_up(name.error());
      std::string_view value = default_value(*name, context_);
      if (dimension.value.is_set()) {
        const auto text = dimension.value.text(context_);
        if (!text) return give_up(text.error());
        value = *text;
      }
      labels_[i + 1] = {context_.arena.copy(*name), context_.arena.copy(value)};
    }
    evaluated_ = true;
  }

  void give_up(const Error& error) { parts::note_failure(context_, policy_name, error); }

  void count() {
    if (!evaluated_) return;
    ai::TokenUsage usage;
    if (watch_->usage()) {
      usage = *watch_->usage();
    } else if (!estimate(usage)) {
      return;
    }
    add("sluice_llm_tokens_total", usage.total);
    add("sluice_llm_prompt_tokens_total", usage.prompt);
    add("sluice_llm_completion_tokens_total", usage.completion);
    if (usage.cached > 0) add("sluice_llm_cached_tokens_total", usage.cached);
    if (usage.reasoning > 0) add("sluice_llm_reasoning_tokens_total", usage.reasoning);
  }

  /// Only a stream is estimated: any other answer of a model reports its usage.
  bool estimate(ai::TokenUsage& usage) {
    if (!succeeded_ || context_.request.body.is_stream()) return false;
    const auto prompt = ai::prompt_of(context_);
    if (!prompt || !(*prompt)->stream) return false;
    usage.prompt = ai::estimate_prompt_tokens(**prompt, context_.request.body.data());
    usage.completion = watch_->estimated_completion_tokens();
    usage.total = usage.prompt + usage.completion;
    return true;
  }

  void add(std::string_view metric, std::int64_t tokens) {
    context_.services.telemetry.count(metric, static_cast<double>(tokens), labels_);
  }

  const Config& config_;
  RequestContext& context_;
  ai::AnswerWatch* watch_ = nullptr;
  std::span<Label> labels_;
  bool evaluated_ = false;
  bool succeeded_ = false;
};

class LlmEmitTokenMetric final : public Step {
 public:
  explicit LlmEmitTokenMetric(Config config) : config_(std::move(config)) {}
  Outcome run(RequestContext& context) const override {
    context.arena.make<Execution>(config_, context)->start();
    return Outcome::next();
  }

 private:
  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{context.literal(element, "namespace"), {}};
  std::size_t custom = 0;
  for (const PolicyElement& child : element.children) {
    Dimension dimension{context.value(child, "name"), context.value(child, "value")};
    const auto name = dimension.name.constant_text();
    if (dimension.value.is_set()) ++custom;
    if (!dimension.value.is_set() && name && !has_default(*name) && !parts::has_placeholder(*name)) {
      context.error(
          child, "SL2105", "dimension '" + *name + "' needs a value",
          "API ID, Operation ID, Product ID, User ID, Subscription ID, Location, Gateway ID and Backend ID need none");
    }
    config.dimensions.push_back(std::move(dimension));
  }
  if (custom > max_custom_dimensions) {
    context.warning(element, "SL2111",
                    "<" + element.name + "> has " + std::to_string(custom) +
                        " dimensions with values of their own; the service takes 5");
  }
  if (config.dimensions.size() > max_dimensions) {
    context.error(element, "SL2111",
                  "<" + element.name + "> has more than " + std::to_string(max_dimensions) + " dimensions");
  }
  if (context.section() == Section::inbound) context.needs(Effects::reads_request_body);
  return make_step<LlmEmitTokenMetric>(std::move(config));
}

}  // namespace

SLUICE_POLICY(llm_emit_token_metric){
    .elements = "llm-emit-token-metric azure-openai-emit-token-metric",
    .sections = Sections::inbound | Sections::outbound,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Counts the tokens of an answer in metrics with dimensions.",
    .differs =
        "The metrics are counters of the gateway: sluice_llm_tokens_total, sluice_llm_prompt_tokens_total, "
        "sluice_llm_completion_tokens_total, and cached and reasoning tokens when there are any; the namespace is "
        "a label. A streamed answer without usage is estimated by a rule without the model's vocabulary, when its "
        "request was read into memory. The backend is asked for an answer that is not compressed."};

}  // namespace sluice::policies
