// SPDX-License-Identifier: Apache-2.0
#include "gateway/backend_meter.hpp"

#include "base/text.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

using std::chrono::microseconds;

constexpr double seconds_in_minute = 60;
constexpr std::int64_t most_reported = std::int64_t{1} << 50;

std::optional<double> number_of(const Headers& headers, std::string_view name) {
  const auto number = parse_integer(trim(headers.get(name)));
  return number && *number >= 0 && *number <= most_reported ? std::optional(static_cast<double>(*number))
                                                            : std::nullopt;
}

/// `6m0s`, `1.5s`, `120ms`, or seconds.
std::optional<microseconds> parse_reset(std::string_view text) {
  text = trim(text);
  double total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::size_t digits = 0;
    while (digits < text.size() && (is_digit(text[digits]) || text[digits] == '.')) ++digits;
    const auto number = parse_double(text.substr(0, digits));
    if (!number) return std::nullopt;
    text.remove_prefix(digits);
    const std::size_t letters = std::min(text.find_first_of("0123456789."), text.size());
    const std::string_view unit = text.substr(0, letters);
    text.remove_prefix(letters);
    if (unit == "ms") {
      total += *number / 1e3;
    } else if (unit.empty() || unit == "s") {
      total += *number;
    } else if (unit == "m" || unit == "h") {
      total += *number * (unit == "m" ? 60 : 3'600);
    } else {
      return std::nullopt;
    }
  }
  const std::chrono::duration<double> time(std::min(total, 1e9));
  return std::chrono::ceil<microseconds>(time);
}

/// Of what has been used up.
std::optional<microseconds> reset_time(const Headers& headers) {
  std::optional<microseconds> longest;
  constexpr std::array<std::array<std::string_view, 2>, 2> pairs = {
      {{"x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"},
       {"x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"}}};
  for (const auto& [remaining, reset] : pairs) {
    if (number_of(headers, remaining).value_or(1) > 0) continue;
    const auto time = parse_reset(headers.get(reset));
    if (time && time.value() > longest.value_or(microseconds(0))) longest = time;
  }
  return longest;
}

}  // namespace

std::optional<microseconds> throttle_time(const Headers& headers, WallTime now) {
  if (const auto milliseconds = number_of(headers, "retry-after-ms"))
    return microseconds(static_cast<std::int64_t>(std::min(*milliseconds, 1e12)) * 1'000);
  if (const Header* line = headers.find("Retry-After")) {
    if (const auto time = parse_retry_after(line->value, now)) return time;
  }
  return reset_time(headers);
}

double BackendMeter::Bucket::level_at(SteadyTime now) const {
  const std::chrono::duration<double> passed = now - at;
  return std::min(capacity, level + capacity / seconds_in_minute * passed.count());
}

void BackendMeter::Bucket::take(double amount, SteadyTime now) {
  if (capacity == 0) return;
  level = level_at(now) - amount;
  at = now;
}

void BackendMeter::Bucket::learn(std::optional<double> limit, std::optional<double> remaining, double under_way,
                                 SteadyTime now) {
  if (limit && *limit > 0) {
    if (capacity == 0) level = *limit;
    capacity = *limit;
  }
  if (capacity == 0 || !remaining) return;
  level = std::min(*remaining, capacity) - under_way;
  at = now;
}

BackendMeter::BackendMeter(const BackendCapacity& capacity) {
  tokens_.capacity = static_cast<double>(capacity.tokens_per_minute);
  requests_.capacity = static_cast<double>(capacity.requests_per_minute);
  tokens_.level = tokens_.capacity;
  requests_.level = requests_.capacity;
}

bool BackendMeter::knows_tokens() const {
  std::lock_guard lock(mutex_);
  return tokens_.capacity > 0;
}

BackendMeter::State BackendMeter::state(std::int64_t tokens, SteadyTime now) const {
  std::lock_guard lock(mutex_);
  if (is_throttled_ && (now < throttled_until_ || is_probed_)) return State::throttled;
  const auto wanted = static_cast<double>(tokens);
  const bool has_tokens = tokens_.capacity == 0 || tokens_.level_at(now) >= std::min(wanted, tokens_.capacity);
  const bool has_request = requests_.capacity == 0 || requests_.level_at(now) >= 1;
  return has_tokens && has_request ? State::open : State::nearly_full;
}

microseconds BackendMeter::throttled_for(SteadyTime now) const {
  std::lock_guard lock(mutex_);
  return is_throttled_ && throttled_until_ > now ? throttled_until_ - now : microseconds(0);
}

BackendRoom BackendMeter::room(SteadyTime now) const {
  std::lock_guard lock(mutex_);
  BackendRoom room;
  if (is_throttled_ && throttled_until_ > now) room.wait = throttled_until_ - now;
  if (tokens_.capacity == 0) return room;
  room.capacity = static_cast<std::int64_t>(tokens_.capacity);
  room.tokens = std::max<std::int64_t>(static_cast<std::int64_t>(tokens_.level_at(now)), 0);
  return room;
}

void BackendMeter::begin(std::int64_t tokens, SteadyTime now) {
  std::lock_guard lock(mutex_);
  ++under_way_;
  is_probed_ = is_throttled_;
  tokens_.take(static_cast<double>(tokens), now);
  requests_.take(1, now);
}

void BackendMeter::end(const Response* answer, SteadyTime now, WallTime wall) {
  std::lock_guard lock(mutex_);
  --under_way_;
  is_probed_ = false;
  if (answer == nullptr) return;
  const Headers& headers = answer->headers;
  const auto others = static_cast<double>(under_way_);
  const auto tokens_left = number_of(headers, "x-ratelimit-remaining-tokens");
  is_told_ = is_told_ || tokens_left;
  tokens_.learn(number_of(headers, "x-ratelimit-limit-tokens"), tokens_left, 0, now);
  requests_.learn(number_of(headers, "x-ratelimit-limit-requests"),
                  number_of(headers, "x-ratelimit-remaining-requests"), others, now);
  const bool refuses = answer->status == 429 || answer->status == 503;
  const auto time = refuses ? throttle_time(headers, wall) : std::nullopt;
  if (!refuses || !time) {
    // An answer to what was sent before it began to refuse says nothing of the time after.
    if (now >= throttled_until_) is_throttled_ = false;
    return;
  }
  is_throttled_ = true;
  throttled_until_ = std::max(throttled_until_, now + std::min<microseconds>(*time, max_throttle));
}

bool BackendMeter::wants_corrections() const {
  std::lock_guard lock(mutex_);
  return tokens_.capacity > 0 && !is_told_;
}

void BackendMeter::correct(std::int64_t tokens) {
  std::lock_guard lock(mutex_);
  if (tokens_.capacity > 0) tokens_.level = std::min(tokens_.capacity, tokens_.level - static_cast<double>(tokens));
}

}  // namespace sluice
