// SPDX-License-Identifier: Apache-2.0
// Counting for the quota policies: calls on admission or once the answer is known, bytes when the answer has been
// delivered, each counter once per request.
#pragma once

#include <sluice/policy.hpp>

#include "base/limit_parts.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::parts {

inline constexpr std::int64_t bytes_per_kilobyte = 1024;
inline constexpr std::int64_t max_bandwidth_kilobytes = std::int64_t{1} << 40;

inline constexpr AttributeSpec quota_calls_attribute = {
    .name = "calls", .type = ValueType::integer, .min = 1, .max = max_calls, .doc = "Calls allowed in the period."};
inline constexpr AttributeSpec quota_bandwidth_attribute = {.name = "bandwidth",
                                                            .type = ValueType::integer,
                                                            .min = 1,
                                                            .max = max_bandwidth_kilobytes,
                                                            .doc = "Kilobytes allowed in the period."};

/// What one element allows; 0 means no bound of that kind. A period of 0 never ends.
struct QuotaLimit {
  std::int64_t calls = 0, bandwidth = 0;
  std::chrono::seconds period{0};
  bool has_period = false;
};

/// Reads calls, bandwidth and renewal-period; the period is seconds or an ISO 8601 duration.
inline QuotaLimit compile_quota(const PolicyElement& element, CompileContext& context) {
  QuotaLimit limit;
  if (element.has("calls")) limit.calls = context.literal_integer(element, "calls");
  if (element.has("bandwidth")) limit.bandwidth = context.literal_integer(element, "bandwidth") * bytes_per_kilobyte;
  if (!element.has("calls") && !element.has("bandwidth")) {
    context.error(element, "SL2115", "<" + element.name + "> needs 'calls' or 'bandwidth', or both");
  }
  const PolicyAttribute* attribute = element.attribute("renewal-period");
  if (attribute == nullptr) return limit;
  const std::string text = context.literal(element, "renewal-period");
  const auto seconds = parse_integer(text);
  const auto duration = parse_iso_duration(text);
  if (seconds && *seconds >= 0 && *seconds <= std::chrono::seconds(max_duration).count()) {
    limit.period = std::chrono::seconds(*seconds);
  } else if (duration) {
    limit.period = std::chrono::duration_cast<std::chrono::seconds>(*duration);
  } else if (!has_placeholder(text)) {
    context.error(*attribute, "SL2106",
                  "attribute 'renewal-period' of <" + element.name +
                      "> must be seconds or an ISO 8601 duration, found '" + text + "'");
  }
  limit.has_period = true;
  return limit;
}

/// One pair of counters that a request uses.
struct QuotaUse {
  QuotaLimit limit;
  std::string calls_key, bytes_key;
  WallTime anchor{};

  CounterRule calls_rule() const { return {WindowKind::fixed, limit.calls, limit.period, anchor}; }
  CounterRule bytes_rule() const { return {WindowKind::fixed, limit.bandwidth, limit.period, anchor}; }
};

/// The two keys of a counter. Uses of one name with different windows are counters of their own.
inline QuotaUse make_quota_use(std::string_view policy, const std::string& name, const QuotaLimit& limit,
                               WallTime anchor) {
  const std::string window =
      std::to_string(limit.period.count()) + "@" + std::to_string(anchor.time_since_epoch().count());
  return {limit, counter_key({policy, "calls", name, window}), counter_key({policy, "bytes", name, window}), anchor};
}

/// The counters that this request has counted already.
class CountedKeys {
 public:
  explicit CountedKeys(Arena&) {}
  /// True the first time.
  bool claim(const std::string& key) {
    if (std::find(keys_.begin(), keys_.end(), key) != keys_.end()) return false;
    keys_.push_back(key);
    return true;
  }

 private:
  std::vector<std::string> keys_;  ///< As many as quota policies run.
};

/// Bytes of the answer as they go to the caller.
class DeliveredBytes final : public BodyObserver {
 public:
  explicit DeliveredBytes(Arena&) {}
  void on_data(std::string_view data) override { bytes_ += static_cast<std::int64_t>(data.size()); }
  std::int64_t bytes() const { return bytes_; }
  bool watches = false;

 private:
  std::int64_t bytes_ = 0;
};

inline const DeliveredBytes& watch_delivery(RequestContext& context) {
  DeliveredBytes& delivered = context.state<DeliveredBytes>();
  if (!delivered.watches) {
    delivered.watches = true;
    context.observe_response_body(delivered);
  }
  return delivered;
}

/// Adds the bytes of a request to a quota when its answer has been delivered, whole or not.
struct CountBytesLater {
  RequestContext* context;
  std::string_view policy;
  const QuotaUse* use;
  const DeliveredBytes* delivered;
  std::int64_t request_bytes;
  const bool* counts;  ///< What the condition said once the answer was known.

  Task<void> operator()(DeliveryOutcome) {
    if (!*counts) co_return;
    const std::int64_t bytes = request_bytes + delivered->bytes();
    auto counted = co_await context->services.counters.settle(use->bytes_key, use->bytes_rule(), bytes);
    if (!counted) note_failure(*context, policy, counted.error());
  }
};

/// A refusal, or nothing. **Errors**: quota_exceeded; what the store reports (quotas are not passed uncounted).
inline Task<Result<void>> check_quota(std::string_view key, CounterRule rule, std::string_view what,
                                      RequestContext& context) {
  Result<CounterState> state = co_await context.services.counters.peek(key, rule);
  if (!state) co_return fail(std::move(state.error()));
  if (!state->admitted) co_return fail(quota_refusal(what, context, state->retry_after));
  co_return Result<void>();
}

inline constexpr std::string_view call_volume = "call volume";
inline constexpr std::string_view bandwidth = "bandwidth";

/// Checks that nothing of `use` is used up. With `calls_now`, counts that many calls in the same step.
inline Task<Result<void>> admit_quota(const QuotaUse& use, RequestContext& context,
                                      std::optional<std::int64_t> calls_now) {
  if (use.limit.bandwidth != 0) {
    Result<void> fits = co_await check_quota(use.bytes_key, use.bytes_rule(), bandwidth, context);
    if (!fits) co_return fits;
  }
  if (use.limit.calls == 0) co_return Result<void>();
  if (!calls_now || !context.state<CountedKeys>().claim(use.calls_key)) {
    Result<void> fits = co_await check_quota(use.calls_key, use.calls_rule(), call_volume, context);
    co_return fits;
  }
  Result<CounterState> state = co_await context.services.counters.reserve(use.calls_key, use.calls_rule(), *calls_now);
  if (!state) co_return fail(std::move(state.error()));
  if (!state->admitted) co_return fail(quota_refusal(call_volume, context, state->retry_after));
  co_return Result<void>();
}

/// Notes that the bytes of the request are to be counted, unless an earlier policy did so.
inline void count_bytes_later(RequestContext& context, std::string_view policy, const QuotaUse& use,
                              const bool& counts) {
  if (use.limit.bandwidth == 0 || !context.state<CountedKeys>().claim(use.bytes_key)) return;
  const auto request_bytes = static_cast<std::int64_t>(context.request.body.length().value_or(0));
  context.after_send(CountBytesLater{&context, policy, &use, &watch_delivery(context), request_bytes, &counts});
}

}  // namespace sluice::parts
