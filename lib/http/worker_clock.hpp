// SPDX-License-Identifier: Apache-2.0
// The Clock of a runtime: waits on the deadline wheel of the worker that asks.
#pragma once

#include "http/worker.hpp"

#include <sluice/clock.hpp>

#include <functional>

namespace sluice::http {

class WorkerClock final : public Clock {
 public:
  /// `pick`: the worker for callers that are on none of the runtime's.
  explicit WorkerClock(std::function<Worker&()> pick) : pick_(std::move(pick)) {}
  WallTime now() override { return system_.now(); }
  SteadyTime steady_now() override { return system_.steady_now(); }
  Task<bool> wait_until(SteadyTime deadline, Cancellation& cancellation) override;
  Task<void> yield() override;

 private:
  std::function<Worker&()> pick_;
  SystemClock system_;
};

}  // namespace sluice::http
