// SPDX-License-Identifier: Apache-2.0
// A running request whose clock tells how often others could have gone first.
#pragma once

#include "testing/bare_context.hpp"

namespace sluice::testing {

struct YieldingClock final : Clock {
  std::size_t yields = 0;
  WallTime now() override { return {}; }
  SteadyTime steady_now() override { return {}; }
  Task<bool> wait_until(SteadyTime, Cancellation&) override { return true; }
  Task<void> yield() override {
    ++yields;
    return {};
  }
};

struct YieldingContext : ContextFixture {
  YieldingClock yielding;
  Services with_clock{yielding, random, counters, cache,   transport, backends, limiter,   telemetry, tokens,
                      tokens,   tokens, events,   vectors, queues,    limits,   behaviour, ai};
  RequestContext yielded{request, with_clock, deployment};
};

}  // namespace sluice::testing
