// SPDX-License-Identifier: Apache-2.0
// <rate-limit-by-key>: bounds the calls in a period for each value of a key.   Sections: inbound. All scopes.
// One counter per key value of the service or a workspace, whatever the scope: policies that use one value count
// together, in one sliding window even when their periods differ. A condition or count that is an expression is
// evaluated when the answer is known and counted then, so the refusal comes one call late, as documented.
// Source: API Management policy reference, rate-limit-by-key.
#include <sluice/policy.hpp>

#include "base/document_workspace.hpp"
#include "base/limit_parts.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "calls",
     .type = ValueType::integer,
     .required = true,
     .expressions = true,
     .min = 1,
     .max = parts::max_calls,
     .doc = "Calls allowed in the period."},
    {.name = "renewal-period",
     .type = ValueType::integer,
     .required = true,
     .expressions = true,
     .min = 1,
     .max = parts::max_rate_period_seconds,
     .doc = "Length of the window in seconds."},
    {.name = "counter-key", .required = true, .expressions = true, .doc = "What is counted apart."},
    {.name = "increment-condition",
     .type = ValueType::boolean,
     .expressions = true,
     .doc = "Whether the request counts; an expression may look at the answer."},
    {.name = "increment-count",
     .type = ValueType::integer,
     .expressions = true,
     .min = 0,
     .max = parts::max_calls,
     .doc = "How much the request counts; 1 when absent."},
    {.name = "increment-after-response",
     .type = ValueType::boolean,
     .fallback = "false",
     .doc = "Whether to count when the answer is known."},
    parts::retry_after_header_attribute,
    parts::retry_after_variable_attribute,
    parts::remaining_calls_header_attribute,
    parts::remaining_calls_variable_attribute,
    parts::total_calls_header_attribute};

constexpr std::string_view policy_name = "rate-limit-by-key";

struct Config {
  Template calls, period, key, condition, count;
  bool after_response = false;
  parts::NumberNames retry_after, remaining, total;
  std::string counters;  ///< What the keys of its counters begin with: the policy, in its workspace.
};

/// The numbers of one execution.
struct Use {
  std::string_view key;  ///< In the arena.
  CounterRule rule;
};

Result<Use> make_use(const Config& config, RequestContext& context) {
  const auto calls = config.calls.integer(context, 0, parts::max_calls);
  if (!calls) return fail(calls.error());
  const auto period = config.period.integer(context, 1, parts::max_rate_period_seconds);
  if (!period) return fail(period.error());
  const auto key = config.key.text(context);
  if (!key) return fail(key.error());
  return Use{counter_key(context.arena, {config.counters, *key}),
             {context.services.behaviour.rate_window, *calls, std::chrono::seconds(*period), {}}};
}

/// How much the request counts: 0 when it does not.
Result<std::int64_t> amount_of(const Config& config, RequestContext& context) {
  if (config.condition.is_set()) {
    const auto counts = config.condition.boolean(context);
    if (!counts) return fail(counts.error());
    if (!*counts) return 0;
  }
  if (!config.count.is_set()) return 1;
  return config.count.integer(context, 0, parts::max_calls);
}

/// Counts once the answer is known.
struct CountLater {
  const Config* config;
  RequestContext* context;
  Use use;

  Task<void> operator()() {
    auto amount = amount_of(*config, *context);
    if (!amount) {
      parts::note_failure(*context, policy_name, amount.error());
      co_return;
    }
    if (*amount == 0) co_return;
    auto counted = co_await context->services.counters.settle(use.key, use.rule, *amount);
    if (!counted) parts::note_failure(*context, policy_name, counted.error());
  }
};

class RateLimitByKey final : public WaitingStep {
 public:
  explicit RateLimitByKey(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation&) const override {
    auto use = make_use(config_, context);
    if (!use) return Outcome::fail(std::move(use.error()));
    std::int64_t amount = 0;
    if (!config_.after_response) {
      auto now = amount_of(config_, context);
      if (!now) return Outcome::fail(std::move(now.error()));
      amount = *now;
    }
    auto counting = context.services.counters.reserve(use->key, use->rule, amount);
    if (counting.is_ready()) return decide(context, *use, counting.take());
    return decide_later(context, *use, std::move(counting));
  }

 private:
  Task<Outcome> decide_later(RequestContext& context, Use use, Task<Result<CounterState>> counting) const {
    Result<CounterState> state = co_await counting;
    co_return decide(context, use, std::move(state));
  }

  Outcome decide(RequestContext& context, const Use& use, Result<CounterState> state) const {
    if (!state) state = parts::uncounted_rate(context, policy_name, state.error(), use.rule.limit);
    auto told = parts::tell(config_.remaining, context, state->remaining);
    if (told) told = parts::tell(config_.total, context, use.rule.limit);
    if (!told) return Outcome::fail(std::move(told.error()));
    if (!state->admitted) {
      // A call that counts more than the whole limit never passes; the period is as good an answer as any.
      const auto never = state->retry_after == CounterState::never;
      return Outcome::fail(
          parts::rate_refusal(config_.retry_after, context, never ? use.rule.period : state->retry_after));
    }
    if (config_.after_response) {
      if (has(config_.condition.effects() | config_.count.effects(), Effects::reads_response_body)) {
        context.wants_buffered_response = true;
      }
      context.before_send(CountLater{&config_, &context, use});
    }
    return Outcome::next();
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config;
  config.calls = context.value(element, "calls");
  config.period = context.value(element, "renewal-period");
  config.key = context.value(element, "counter-key");
  config.condition = context.value(element, "increment-condition");
  config.count = context.value(element, "increment-count");
  config.after_response = config.condition.is_expression() || config.count.is_expression() ||
                          context.literal_boolean(element, "increment-after-response");
  config.retry_after = parts::compile_names(element, context, "retry-after-header-name", "retry-after-variable-name");
  config.remaining =
      parts::compile_names(element, context, "remaining-calls-header-name", "remaining-calls-variable-name");
  config.total = parts::compile_names(element, context, "total-calls-header-name", {});
  config.counters = entity_key(parts::DocumentWorkspace(context).id(), policy_name);
  return make_step<RateLimitByKey>(std::move(config));
}

}  // namespace

SLUICE_POLICY(rate_limit_by_key){
    .elements = "rate-limit-by-key",
    .sections = Sections::inbound,
    .attributes = attributes,
    .compile = compile,
    .summary = "Bounds the calls in a period for each value of a key.",
    .differs =
        "Refused calls do not count. Counting that is put off happens whenever an answer goes out, built-in ones "
        "included; when it fails, the answer goes out all the same. A store that fails lets calls pass."};

}  // namespace sluice::policies
