// SPDX-License-Identifier: Apache-2.0
// <quota>: bounds calls and kilobytes of a subscription in a fixed period, and apart from that those to named APIs and
// operations. Sections: inbound. Scopes: product. Periods start with the subscription; without one nothing happens.
// Source: API Management policy reference, quota.
#include <sluice/policy.hpp>

#include "base/call_levels.hpp"
#include "base/quota_count.hpp"

namespace sluice::policies {
namespace {

constexpr std::string_view policy_name = "quota";

constexpr AttributeSpec attributes[] = {
    parts::quota_calls_attribute,
    parts::quota_bandwidth_attribute,
    {.name = "renewal-period",
     .required = true,
     .doc = "Length of the period in seconds; 0: it never ends. An ISO 8601 duration is understood too."}};
constexpr AttributeSpec level_attributes[] = {
    parts::level_name_attribute,
    parts::level_id_attribute,
    parts::quota_calls_attribute,
    parts::quota_bandwidth_attribute,
    {.name = "renewal-period", .doc = "Length of the period in seconds; that of the element around it when absent."}};
constexpr ElementSpec operations[] = {{.name = "operation",
                                       .occurs = Occurs::many,
                                       .attributes = level_attributes,
                                       .doc = "An operation with a quota of its own."}};
constexpr ElementSpec children[] = {{.name = "api",
                                     .occurs = Occurs::many,
                                     .attributes = level_attributes,
                                     .children = operations,
                                     .doc = "An API with a quota of its own."}};

struct Config {
  parts::Levels<parts::QuotaLimit> levels;
};

struct Execution {
  std::vector<parts::QuotaUse> uses;
  bool counts = true;
};

class Quota final : public WaitingStep {
 public:
  explicit Quota(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation&) const override {
    if (context.subscription == nullptr) co_return Outcome::next();
    auto* execution = context.arena.make<Execution>();
    const WallTime anchor = parse_instant(context.subscription->start_date).value_or(WallTime{});
    for (const auto& level : config_.levels.matching(context)) {
      execution->uses.push_back(
          parts::make_quota_use(policy_name, config_.levels.key(policy_name, level, context), *level.limit, anchor));
    }
    // All have room before any of them counts.
    for (const parts::QuotaUse& use : execution->uses) {
      Result<void> fits = co_await parts::admit_quota(use, context, std::nullopt);
      if (!fits) co_return Outcome::fail(std::move(fits.error()));
    }
    for (const parts::QuotaUse& use : execution->uses) {
      Result<void> admitted = co_await parts::admit_quota(use, context, 1);
      if (!admitted) co_return Outcome::fail(std::move(admitted.error()));
      parts::count_bytes_later(context, policy_name, use, execution->counts);
    }
    co_return Outcome::next();
  }

 private:
  Config config_;
};

void inherit_period(parts::Level<parts::QuotaLimit>& level, const parts::QuotaLimit& outer) {
  if (!level.limit.has_period) level.limit.period = outer.period;
  for (auto& operation : level.operations) inherit_period(operation, level.limit);
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{parts::compile_levels<parts::QuotaLimit>(element, context, parts::compile_quota)};
  for (auto& api : config.levels.apis) inherit_period(api, config.levels.whole);
  return make_step<Quota>(std::move(config));
}

}  // namespace

SLUICE_POLICY(quota){
    .elements = "quota",
    .sections = Sections::inbound,
    .scopes = Scopes::product,
    .once_per_section = true,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Bounds calls and kilobytes of a subscription in a period.",
    .differs =
        "Periods count from the subscription's start date; from 1970-01-01 when it has none. A kilobyte is 1,024 "
        "bytes; what counts are the request's body, when its length is known, and the bytes of the answer's body "
        "that were delivered. A store that fails refuses the request with 503."};

}  // namespace sluice::policies
