// SPDX-License-Identifier: Apache-2.0
// <retry>: runs its policies, and again as long as a condition is true, with growing waits.   Sections and scopes: all.
// The condition is looked at after every attempt, failed ones too. One request has one budget of repeated attempts
// over all its retries (RequestLimits::nested_forwards), so that nested ones cannot multiply.
// Source: API Management policy reference, retry; the exponent of the third formula is the reference's own example's.
#include <sluice/policy.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace sluice::policies {
namespace {

constexpr std::int64_t max_retries = 50;
/// Longest wait between two attempts, in seconds: a day. A larger value is an error.
constexpr std::int64_t max_wait_seconds = 86'400;

constexpr AttributeSpec attributes[] = {{.name = "condition",
                                         .type = ValueType::boolean,
                                         .required = true,
                                         .expressions = true,
                                         .doc = "Whether to try again; looked at after each attempt."},
                                        {.name = "count",
                                         .type = ValueType::integer,
                                         .required = true,
                                         .expressions = true,
                                         .min = 1,
                                         .max = max_retries,
                                         .doc = "How often to try again after the first attempt."},
                                        {.name = "interval",
                                         .type = ValueType::number,
                                         .required = true,
                                         .expressions = true,
                                         .min = 0,
                                         .max = max_wait_seconds,
                                         .doc = "Wait before the first new attempt, in seconds."},
                                        {.name = "max-interval",
                                         .type = ValueType::number,
                                         .expressions = true,
                                         .min = 0,
                                         .max = max_wait_seconds,
                                         .doc = "Longest wait, in seconds; with delta the waits grow exponentially."},
                                        {.name = "delta",
                                         .type = ValueType::number,
                                         .expressions = true,
                                         .min = 0,
                                         .max = max_wait_seconds,
                                         .doc = "What each wait is longer than the one before, in seconds."},
                                        {.name = "first-fast-retry",
                                         .type = ValueType::boolean,
                                         .expressions = true,
                                         .fallback = "false",
                                         .doc = "Whether the first new attempt is made at once."}};

struct Config {
  Template condition, count, interval, max_interval, delta, first_fast_retry;
  StepList content;
};

/// The numbers of one execution.
struct Plan {
  std::int64_t count = 0;
  double interval = 0;
  std::optional<double> max_interval, delta;
  bool first_fast_retry = false;

  /// Seconds to wait before new attempt `n` (from 1).
  double wait_before(std::int64_t n, Random& random) const {
    if (n == 1 && first_fast_retry) return 0;
    double wait = interval;
    if (delta && max_interval) {
      const double spread = *delta * (0.8 + 0.4 * random.unit());
      wait += (std::exp2(static_cast<double>(n - 1)) - 1) * spread;
    } else if (delta) {
      wait += static_cast<double>(n - 1) * *delta;
    }
    if (max_interval) wait = std::min(wait, *max_interval);
    return std::min(wait, static_cast<double>(max_wait_seconds));
  }
};

Result<double> seconds(const Template& value, RequestContext& context) {
  const auto number = value.number(context);
  if (!number) return fail(number.error());
  if (!(*number >= 0 && *number <= static_cast<double>(max_wait_seconds))) {
    return fail(ErrorCode::policy_value_invalid,
                "A wait of retry must be between 0 and " + std::to_string(max_wait_seconds) + " seconds.");
  }
  return *number;
}

Result<std::optional<double>> optional_seconds(const Template& value, RequestContext& context) {
  if (!value.is_set()) return std::optional<double>();
  const auto number = seconds(value, context);
  if (!number) return fail(number.error());
  return std::optional<double>(*number);
}

Result<Plan> make_plan(const Config& config, RequestContext& context) {
  const auto count = config.count.integer(context, 0, max_retries);
  if (!count) return fail(count.error());
  const auto interval = seconds(config.interval, context);
  if (!interval) return fail(interval.error());
  const auto max_interval = optional_seconds(config.max_interval, context);
  if (!max_interval) return fail(max_interval.error());
  const auto delta = optional_seconds(config.delta, context);
  if (!delta) return fail(delta.error());
  const auto fast = config.first_fast_retry.boolean(context);
  if (!fast) return fail(fast.error());
  return Plan{*count, *interval, *max_interval, *delta, *fast};
}

class Retry final : public WaitingStep {
 public:
  explicit Retry(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    auto plan = make_plan(config_, context);
    if (!plan) co_return Outcome::fail(std::move(plan.error()));
    for (std::int64_t repeats = 0;; ++repeats) {
      Outcome outcome = co_await attempt(context, cancellation);
      if (outcome.is_respond() || repeats == plan->count || !has_budget(context) || cancellation.requested()) {
        co_return outcome;
      }
      auto again = co_await wants_another(context);
      // After a failed attempt there may be no answer for the condition to look at: the first error says more.
      if (!again) co_return outcome.is_failure() ? std::move(outcome) : Outcome::fail(std::move(again.error()));
      if (!*again) co_return outcome;
      ++context.repeated_attempts;
      const std::chrono::duration<double> wait(plan->wait_before(repeats + 1, context.services.random));
      if (wait.count() == 0) continue;
      const auto rounded = std::chrono::round<std::chrono::microseconds>(wait);
      const bool waited = co_await context.services.clock.wait_for(rounded, cancellation);
      if (!waited) co_return Outcome::fail(Error(ErrorCode::cancelled));
    }
  }

 private:
  Task<Outcome> attempt(RequestContext& context, Cancellation& cancellation) const {
    if (config_.content.is_plain()) return config_.content.run_now(context);
    return config_.content.run(context, cancellation);
  }

  /// The condition may read a body that has only begun to arrive.
  Task<Result<bool>> wants_another(RequestContext& context) const {
    if (has(config_.condition.effects(), Effects::reads_response_body) && context.has_response) {
      auto read =
          co_await buffer_body(context.response.body, context.arena,
                               context.services.limits.request.buffered_body_bytes, ErrorCode::response_body_too_large);
      if (!read) co_return fail(std::move(read.error()));
    }
    co_return config_.condition.boolean(context);
  }

  static bool has_budget(const RequestContext& context) {
    return context.repeated_attempts < context.services.limits.request.nested_forwards;
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config;
  config.condition = context.value(element, "condition");
  config.count = context.value(element, "count");
  config.interval = context.value(element, "interval");
  config.max_interval = context.value(element, "max-interval");
  config.delta = context.value(element, "delta");
  config.first_fast_retry = context.value(element, "first-fast-retry");
  config.content = context.compile_children(element);
  return make_step<Retry>(std::move(config));
}

}  // namespace

SLUICE_POLICY(retry){
    .elements = "retry",
    .sections = Sections::all,
    .attributes = attributes,
    .policies = true,
    .compile = compile,
    .summary = "Runs its policies again as long as a condition is true.",
    .differs =
        "A request repeats at most limits.request.nestedForwards attempts over all its retries. After a failed "
        "attempt whose condition cannot be evaluated, the attempt's error is the one reported. A count of 0 that "
        "an expression gives means one attempt."};

}  // namespace sluice::policies
