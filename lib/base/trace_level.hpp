// SPDX-License-Identifier: Apache-2.0
// From which severity on a request's traces reach the log: what the diagnostics of its API say. Kept in its context.
#pragma once

#include <sluice/arena.hpp>
#include <sluice/telemetry.hpp>

namespace sluice {

struct TraceLevel {
  explicit TraceLevel(Arena&) {}
  LogLevel least = LogLevel::debug;
};

}  // namespace sluice
