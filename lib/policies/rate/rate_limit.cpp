// SPDX-License-Identifier: Apache-2.0
// <rate-limit>: bounds the calls of a subscription in a period, and apart from that those to named APIs and operations.
// Sections: inbound. Scopes: product, API, operation. Nothing happens for a request without a subscription.
// Source: API Management policy reference, rate-limit.
#include <sluice/policy.hpp>

#include "base/call_levels.hpp"
#include "base/limit_parts.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec calls_attribute = {.name = "calls",
                                           .type = ValueType::integer,
                                           .required = true,
                                           .min = 1,
                                           .max = parts::max_calls,
                                           .doc = "Calls allowed in the period."};
constexpr AttributeSpec period_attribute = {.name = "renewal-period",
                                            .type = ValueType::integer,
                                            .required = true,
                                            .min = 1,
                                            .max = parts::max_rate_period_seconds,
                                            .doc = "Length of the window in seconds."};

constexpr AttributeSpec attributes[] = {calls_attribute,
                                        period_attribute,
                                        parts::retry_after_header_attribute,
                                        parts::retry_after_variable_attribute,
                                        parts::remaining_calls_header_attribute,
                                        parts::remaining_calls_variable_attribute,
                                        parts::total_calls_header_attribute};
constexpr AttributeSpec level_attributes[] = {parts::level_name_attribute, parts::level_id_attribute, calls_attribute,
                                              period_attribute};
constexpr ElementSpec operations[] = {{.name = "operation",
                                       .occurs = Occurs::many,
                                       .attributes = level_attributes,
                                       .doc = "An operation with a limit of its own."}};
constexpr ElementSpec children[] = {{.name = "api",
                                     .occurs = Occurs::many,
                                     .attributes = level_attributes,
                                     .children = operations,
                                     .doc = "An API with a limit of its own."}};

struct Limit {
  std::int64_t calls = 0;
  std::chrono::seconds period{0};
};

Limit compile_limit(const PolicyElement& element, CompileContext& context) {
  return {context.literal_integer(element, "calls"),
          std::chrono::seconds(context.literal_integer(element, "renewal-period"))};
}

struct Config {
  parts::Levels<Limit> levels;
  parts::NumberNames retry_after, remaining, total;
};

/// A limit that applies to the request, its counter and what the counter said.
struct Use {
  std::string key;
  CounterRule rule;
  CounterState state;
};

class RateLimit final : public WaitingStep {
 public:
  explicit RateLimit(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation&) const override {
    if (context.subscription == nullptr) co_return Outcome::next();
    std::vector<Use> uses;
    for (const auto& level : config_.levels.matching(context)) {
      uses.push_back({config_.levels.key("rate-limit", level, context),
                      {context.services.behaviour.rate_window, level.limit->calls, level.limit->period, {}},
                      {}});
    }
    co_await count(uses, context);

    const Use* tightest = &uses.front();
    const Use* refusing = nullptr;
    for (const Use& use : uses) {
      if (use.state.remaining < tightest->state.remaining) tightest = &use;
      if (!use.state.admitted && (refusing == nullptr || use.state.retry_after > refusing->state.retry_after))
        refusing = &use;
    }
    auto told = parts::tell(config_.remaining, context, tightest->state.remaining);
    if (told) told = parts::tell(config_.total, context, tightest->rule.limit);
    if (!told) co_return Outcome::fail(std::move(told.error()));
    if (refusing == nullptr) co_return Outcome::next();
    co_return Outcome::fail(parts::rate_refusal(config_.retry_after, context, refusing->state.retry_after));
  }

 private:
  /// Counts in all of them or in none.
  static Task<void> count(std::vector<Use>& uses, RequestContext& context) {
    CounterStore& counters = context.services.counters;
    bool all_admit = true;
    if (uses.size() > 1) {
      for (Use& use : uses) {
        Result<CounterState> state = co_await counters.peek(use.key, use.rule);
        use.state = state ? *state : parts::uncounted_rate(context, "rate-limit", state.error(), use.rule.limit);
        all_admit = all_admit && use.state.admitted;
      }
    }
    for (std::size_t i = 0; all_admit && i < uses.size(); ++i) {
      Use& use = uses[i];
      Result<CounterState> state = co_await counters.reserve(use.key, use.rule, 1);
      use.state = state ? *state : parts::uncounted_rate(context, "rate-limit", state.error(), use.rule.limit);
      all_admit = use.state.admitted;
      // Another request took the last call since the look: what was counted before is given back.
      for (std::size_t j = 0; !all_admit && j < i; ++j) {
        Result<CounterState> returned = co_await counters.settle(uses[j].key, uses[j].rule, -1);
        if (!returned) parts::note_failure(context, "rate-limit", returned.error());
      }
    }
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config;
  config.levels = parts::compile_levels<Limit>(element, context, compile_limit);
  config.retry_after = parts::compile_names(element, context, "retry-after-header-name", "retry-after-variable-name");
  config.remaining =
      parts::compile_names(element, context, "remaining-calls-header-name", "remaining-calls-variable-name");
  config.total = parts::compile_names(element, context, "total-calls-header-name", {});
  return make_step<RateLimit>(std::move(config));
}

}  // namespace

SLUICE_POLICY(rate_limit){
    .elements = "rate-limit",
    .sections = Sections::inbound,
    .scopes = Scopes::product | Scopes::api | Scopes::operation,
    .once_per_section = true,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Bounds the calls of a subscription in a period.",
    .differs =
        "Refused calls do not count. The policy of each scope has counters of its own. With limits of APIs and "
        "operations inside, the numbers told are those of the limit with the fewest calls left. A store that "
        "fails lets calls pass."};

}  // namespace sluice::policies
