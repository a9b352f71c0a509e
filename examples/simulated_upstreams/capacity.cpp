// SPDX-License-Identifier: Apache-2.0
#include "capacity.hpp"

#include <algorithm>
#include <cmath>

namespace sluice::simulated {
namespace {

constexpr double minute_us = 60e6;

bool is_reserved(const DeploymentSettings& settings) { return settings.capacity == "ptu"; }
Capacity::Duration window(const DeploymentSettings& settings) { return std::chrono::milliseconds(settings.window_ms); }

/// The part of a limit per minute that the window has.
std::int64_t in_window(const DeploymentSettings& settings, std::int64_t per_minute) {
  return std::max<std::int64_t>(per_minute * settings.window_ms / 60'000, 1);
}

double leak_per_us(const DeploymentSettings& settings) {
  return static_cast<double>(settings.tokens_per_minute) / minute_us;
}

double bucket(const DeploymentSettings& settings) {
  return static_cast<double>(in_window(settings, settings.tokens_per_minute));
}

}  // namespace

Capacity::Verdict Capacity::admit(const DeploymentSettings& settings, std::int64_t tokens, SteadyTime now) {
  if (is_reserved(settings)) {
    leak(settings, now);
    if (const double over = level_ - bucket(settings); over >= 0)
      return {false, false, Duration(static_cast<std::int64_t>(std::ceil(over / leak_per_us(settings))) + 1)};
    level_ += static_cast<double>(tokens);
    return {};
  }
  roll(now);
  const bool too_many = requests_ + 1 > in_window(settings, settings.requests_per_minute);
  if (too_many || tokens_ + tokens > in_window(settings, settings.tokens_per_minute))
    return {false, too_many, window_end_ > now ? window_end_ - now : window(settings)};
  if (requests_ == 0) window_end_ = now + window(settings);
  ++requests_;
  tokens_ += tokens;
  return {};
}

void Capacity::settle(const DeploymentSettings& settings, std::int64_t estimated, std::int64_t actual, SteadyTime now) {
  if (!is_reserved(settings)) return;
  leak(settings, now);
  level_ = std::max(level_ + static_cast<double>(actual - estimated), 0.0);
}

Capacity::State Capacity::state(const DeploymentSettings& settings, SteadyTime now) {
  State state;
  state.token_limit = settings.tokens_per_minute;
  state.request_limit = settings.requests_per_minute;
  if (is_reserved(settings)) {
    leak(settings, now);
    state.utilization = level_ / bucket(settings);
    return state;
  }
  roll(now);
  state.tokens_left = std::max<std::int64_t>(in_window(settings, settings.tokens_per_minute) - tokens_, 0);
  state.requests_left = std::max<std::int64_t>(in_window(settings, settings.requests_per_minute) - requests_, 0);
  state.reset = std::max(window_end_ - now, Duration(0));
  return state;
}

void Capacity::leak(const DeploymentSettings& settings, SteadyTime now) {
  const double passed = static_cast<double>((now - leaked_at_).count());
  leaked_at_ = now;
  level_ = std::max(level_ - passed * leak_per_us(settings), 0.0);
}

void Capacity::roll(SteadyTime now) {
  if (now < window_end_) return;
  tokens_ = 0;
  requests_ = 0;
}

}  // namespace sluice::simulated
