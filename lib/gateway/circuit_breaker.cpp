// SPDX-License-Identifier: Apache-2.0
// CircuitBreaker: by count it keeps the times of the last failures, exactly; by percentage it keeps totals in sixteen
// slices of the interval, so that the share is that of the last interval to a sixteenth.
#include "gateway/circuit_breaker.hpp"

#include "base/time.hpp"

#include <algorithm>

namespace sluice {
namespace {

bool is_in(const std::vector<StatusCodeRange>& ranges, int status) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const StatusCodeRange& range) { return status >= range.min && status <= range.max; });
}

/// Published rules name reasons of LastError, and `Server errors` for the statuses from 500.
bool names_reason(const std::string& reason, const ExchangeOutcome& outcome) {
  if (equal_ignoring_case(reason, "Server errors")) {
    return outcome.status >= 500 && outcome.status <= 599 &&
           (outcome.error == nullptr || outcome.error->origin() == ErrorOrigin::backend);
  }
  return outcome.error != nullptr && equal_ignoring_case(reason, outcome.error->reason());
}

}  // namespace

bool is_failure(const CircuitBreakerRule& rule, const ExchangeOutcome& outcome) {
  if (outcome.error != nullptr && outcome.error->code() == ErrorCode::cancelled) return false;
  // A caller who goes away or sends a bad body must not be able to open a breaker.
  const bool is_backends = outcome.error == nullptr || outcome.error->origin() == ErrorOrigin::backend;
  return (is_backends && is_in(rule.status_code_ranges, outcome.status)) ||
         std::any_of(rule.error_reasons.begin(), rule.error_reasons.end(),
                     [&](const std::string& reason) { return names_reason(reason, outcome); });
}

std::chrono::microseconds CircuitBreaker::open_for(SteadyTime now) const {
  const SteadyTime until = open_until_.load(std::memory_order_acquire);
  return until > now ? until - now : std::chrono::microseconds(0);
}

bool CircuitBreaker::report(const CircuitBreakerRule& rule, const ExchangeOutcome& outcome, SteadyTime now,
                            WallTime wall) {
  const bool failed = is_failure(rule, outcome);
  const bool by_share = rule.percentage.has_value() && !rule.count;
  if (!failed && !by_share) return false;

  std::lock_guard lock(mutex_);
  if (is_open(now)) return false;  // Exchanges that began before it opened say nothing new.
  const bool trips = by_share ? count_share(rule, failed, now) : count_failure(rule, now);
  if (!trips) return false;
  std::chrono::microseconds duration = rule.trip_duration;
  if (rule.accept_retry_after && outcome.headers != nullptr) {
    if (const Header* line = outcome.headers->find("Retry-After")) {
      const auto wanted = parse_retry_after(line->value, wall);
      if (wanted) duration = std::min<std::chrono::microseconds>(*wanted, max_retry_after);
    }
  }
  forget();
  open_until_.store(now + duration, std::memory_order_release);
  return true;
}

bool CircuitBreaker::count_failure(const CircuitBreakerRule& rule, SteadyTime now) {
  const std::size_t count = std::clamp<std::uint32_t>(rule.count.value_or(1), 1, max_count);
  if (failures_.size() > count) forget();  // A reload has made the rule stricter.
  if (failures_.size() < count) {
    // Filled in order until it is full, then a ring.
    std::rotate(failures_.begin(), failures_.begin() + static_cast<std::ptrdiff_t>(next_), failures_.end());
    next_ = 0;
    failures_.push_back(now);
  } else {
    failures_[next_] = now;
    next_ = (next_ + 1) % count;
  }
  if (failures_.size() < count) return false;
  const SteadyTime oldest = failures_[next_];
  return now - oldest <= rule.interval;
}

bool CircuitBreaker::count_share(const CircuitBreakerRule& rule, bool failed, SteadyTime now) {
  const auto width =
      std::max<std::chrono::microseconds>(rule.interval / static_cast<int>(slices), std::chrono::microseconds(1));
  const std::int64_t number = now.time_since_epoch() / width;
  Slice& current = window_[static_cast<std::size_t>(number) % slices];
  if (current.number != number) current = {number, 0, 0};
  ++current.total;
  if (failed) ++current.failed;
  if (!failed) return false;
  std::uint64_t total = 0;
  std::uint64_t bad = 0;
  for (const Slice& slice : window_) {
    if (slice.number <= number - static_cast<std::int64_t>(slices)) continue;
    total += slice.total;
    bad += slice.failed;
  }
  return bad * 100 >= total * std::max(*rule.percentage, 1u);
}

void CircuitBreaker::forget() {
  failures_.clear();
  next_ = 0;
  window_.fill({});
}

}  // namespace sluice
