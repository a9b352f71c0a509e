// SPDX-License-Identifier: Apache-2.0
#include "model/read/circuit_breaker.hpp"

namespace sluice::model {
namespace {

void read_ranges(ObjectReader& condition, CircuitBreakerRule& rule) {
  const JsonValue* ranges = condition.find("statusCodeRanges", JsonKind::array);
  if (ranges == nullptr) return;
  for (const JsonValue& item : ranges->items) {
    ObjectReader range(item, "the status code range", condition.report());
    StatusCodeRange read;
    if (!range.has("min")) range.missing("min");
    if (!range.has("max")) range.missing("max");
    read.min = static_cast<int>(range.integer("min", 100, 599).value_or(500));
    read.max = static_cast<int>(range.integer("max", 100, 599).value_or(599));
    if (read.max < read.min) {
      condition.report().error("SL5003", item, "the status code range ends before it begins");
    }
    range.finish();
    rule.status_code_ranges.push_back(read);
  }
}

void read_condition(ObjectReader& owner, CircuitBreakerRule& rule) {
  if (!owner.has("failureCondition")) return owner.missing("failureCondition");
  const JsonValue* value = owner.find("failureCondition", JsonKind::object);
  if (value == nullptr) return;
  ObjectReader condition(*value, "the failure condition", owner.report());
  if (const auto count = condition.integer("count", 1, 1'000'000)) rule.count = static_cast<std::uint32_t>(*count);
  if (const auto share = condition.integer("percentage", 1, 100)) rule.percentage = static_cast<std::uint32_t>(*share);
  if (!condition.has("count") && !condition.has("percentage")) condition.missing("count", "or 'percentage'");
  if (!condition.has("interval")) condition.missing("interval", "an ISO 8601 duration such as PT10S");
  if (const auto interval = condition.duration("interval")) rule.interval = *interval;
  read_ranges(condition, rule);
  rule.error_reasons = condition.texts("errorReasons");
  if (rule.status_code_ranges.empty() && rule.error_reasons.empty()) {
    condition.report().warning("SL5002", *value,
                               "without 'statusCodeRanges' or 'errorReasons' nothing counts as a failure");
  }
  condition.finish();
}

CircuitBreakerRule read_rule(const JsonValue& value, Report& report) {
  CircuitBreakerRule rule;
  ObjectReader fields(value, "the circuit breaker rule", report);
  rule.name = fields.text("name");
  read_condition(fields, rule);
  if (!fields.has("tripDuration")) fields.missing("tripDuration", "an ISO 8601 duration such as PT30S");
  if (const auto duration = fields.duration("tripDuration")) rule.trip_duration = *duration;
  rule.accept_retry_after = fields.boolean("acceptRetryAfter", false);
  rule.failure_status = read_failure_status(fields);
  fields.finish();
  return rule;
}

}  // namespace

std::optional<CircuitBreakerRule> read_circuit_breaker(ObjectReader& owner) {
  const JsonValue* value = owner.find("circuitBreaker", JsonKind::object);
  if (value == nullptr) return std::nullopt;
  ObjectReader breaker(*value, "the circuit breaker", owner.report());
  const JsonValue* rules = breaker.find("rules", JsonKind::array);
  breaker.finish();
  if (rules == nullptr || rules->items.empty()) return std::nullopt;
  if (rules->items.size() > 1) {
    owner.report().warning("SL5003", rules->items[1], "a backend has one circuit breaker rule; this one has no effect");
  }
  return read_rule(rules->items[0], owner.report());
}

std::optional<int> read_failure_status(ObjectReader& owner) {
  const JsonValue* value = owner.find("failureResponse", JsonKind::object);
  if (value == nullptr) return std::nullopt;
  ObjectReader response(*value, "the failure response", owner.report());
  const auto status = response.integer("statusCode", 200, 599);
  response.finish();
  return status ? std::optional<int>(static_cast<int>(*status)) : std::nullopt;
}

}  // namespace sluice::model
