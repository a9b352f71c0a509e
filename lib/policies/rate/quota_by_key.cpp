// SPDX-License-Identifier: Apache-2.0
// <quota-by-key>: bounds calls and kilobytes in a fixed period for each value of a key.   Sections: inbound. All
// scopes. Checked when the request comes. Calls are counted then too, unless the condition or the count is an
// expression: those are evaluated, and counted, when the answer is known. Bytes are counted when it has been delivered.
// Source: API Management policy reference, quota-by-key.
#include <sluice/policy.hpp>

#include "base/document_workspace.hpp"
#include "base/quota_count.hpp"

namespace sluice::policies {
namespace {

constexpr std::string_view policy_name = "quota-by-key";
constexpr std::int64_t least_period_seconds = 300;

constexpr AttributeSpec attributes[] = {
    parts::quota_calls_attribute,
    parts::quota_bandwidth_attribute,
    {.name = "renewal-period",
     .required = true,
     .doc = "Length of the period in seconds, at least 300; 0: it never ends. An ISO 8601 duration is understood too."},
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
     .doc = "How many calls the request counts for; 1 when absent."},
    {.name = "first-period-start",
     .fallback = "0001-01-01T00:00:00Z",
     .doc = "When the first period started: yyyy-MM-ddTHH:mm:ssZ."}};

struct Config {
  parts::QuotaLimit limit;
  Template key, condition, count;
  WallTime anchor{};
  bool after_response = false;
  parts::DocumentWorkspace workspace;
};

Result<std::int64_t> amount_of(const Config& config, RequestContext& context) {
  if (config.condition.is_set()) {
    const auto counts = config.condition.boolean(context);
    if (!counts) return fail(counts.error());
    if (!*counts) return 0;
  }
  if (!config.count.is_set()) return 1;
  return config.count.integer(context, 0, parts::max_calls);
}

/// One execution, until the answer has been delivered.
struct Execution {
  parts::QuotaUse use;
  bool counts = false;
};

/// Decides whether the request counts, and counts its calls, once the answer is known.
struct CountLater {
  const Config* config;
  RequestContext* context;
  Execution* execution;

  Task<void> operator()() {
    auto amount = amount_of(*config, *context);
    if (!amount) {
      parts::note_failure(*context, policy_name, amount.error());
      co_return;
    }
    execution->counts = *amount > 0;
    const parts::QuotaUse& use = execution->use;
    if (*amount == 0 || use.limit.calls == 0 || !context->state<parts::CountedKeys>().claim(use.calls_key)) co_return;
    auto counted = co_await context->services.counters.settle(use.calls_key, use.calls_rule(), *amount);
    if (!counted) parts::note_failure(*context, policy_name, counted.error());
  }
};

class QuotaByKey final : public WaitingStep {
 public:
  explicit QuotaByKey(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation&) const override {
    const auto key = config_.key.text(context);
    if (!key) co_return Outcome::fail(key.error());
    std::optional<std::int64_t> calls_now;
    if (!config_.after_response) {
      auto amount = amount_of(config_, context);
      if (!amount) co_return Outcome::fail(std::move(amount.error()));
      if (*amount > 0) calls_now = *amount;
    }
    auto* execution = context.arena.make<Execution>();
    execution->use =
        parts::make_quota_use(policy_name, counter_key({config_.workspace.id(), *key}), config_.limit, config_.anchor);
    execution->counts = calls_now.has_value();
    Result<void> admitted = co_await parts::admit_quota(execution->use, context, calls_now);
    if (!admitted) co_return Outcome::fail(std::move(admitted.error()));
    if (config_.after_response) {
      if (has(config_.condition.effects() | config_.count.effects(), Effects::reads_response_body)) {
        context.wants_buffered_response = true;
      }
      context.before_send(CountLater{&config_, &context, execution});
    }
    if (config_.after_response || execution->counts) {
      parts::count_bytes_later(context, policy_name, execution->use, execution->counts);
    }
    co_return Outcome::next();
  }

 private:
  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config;
  config.limit = parts::compile_quota(element, context);
  const auto seconds = config.limit.period.count();
  if (seconds != 0 && seconds < least_period_seconds) {
    context.error(*element.attribute("renewal-period"), "SL2106",
                  "attribute 'renewal-period' of <quota-by-key> must be 0 or at least 300 seconds, found '" +
                      std::to_string(seconds) + "'");
  }
  config.key = context.value(element, "counter-key");
  config.condition = context.value(element, "increment-condition");
  config.count = context.value(element, "increment-count");
  config.after_response = config.condition.is_expression() || config.count.is_expression();
  const std::string start = context.literal(element, "first-period-start");
  if (const auto anchor = parse_instant(start)) {
    config.anchor = *anchor;
  } else if (const PolicyAttribute* attribute = element.attribute("first-period-start");
             attribute != nullptr && !parts::has_placeholder(start)) {
    context.error(*attribute, "SL2106",
                  "attribute 'first-period-start' of <quota-by-key> must be a time like 2026-01-31T00:00:00Z, found '" +
                      start + "'");
  }
  config.workspace = parts::DocumentWorkspace(context);
  return make_step<QuotaByKey>(std::move(config));
}

}  // namespace

SLUICE_POLICY(quota_by_key){
    .elements = "quota-by-key",
    .sections = Sections::inbound,
    .attributes = attributes,
    .compile = compile,
    .summary = "Bounds calls and kilobytes in a period for each value of a key.",
    .differs =
        "A kilobyte is 1,024 bytes; what counts are the request's body, when its length is known, and the bytes of "
        "the answer's body that were delivered. Policies that use one key with different periods count apart. A "
        "store that fails refuses the request with 503."};

}  // namespace sluice::policies
