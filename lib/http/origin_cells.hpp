// SPDX-License-Identifier: Apache-2.0
// How the requests of one worker to one origin go: counted by the worker, read by any thread.
#pragma once

#include "http/counters.hpp"

#include <sluice/clock.hpp>
#include <sluice/error.hpp>
#include <sluice/http/client.hpp>

#include <array>

namespace sluice::http {

struct OriginCells {
  Cell requests, completed, failed, timed_out, cancelled, opened, reused, open, idle, waiting, head_times_us;
  std::array<Cell, OriginStatistics::head_time_bounds.size() + 1> head_times;

  /// An attempt has ended without a whole answer. What is not the backend's fault has been ended from this side.
  void ended(ErrorCode code) {
    if (code == ErrorCode::timeout) return timed_out.add();
    (describe(code).origin == ErrorOrigin::backend ? failed : cancelled).add();
  }

  void answered(std::chrono::microseconds after) {
    const double seconds = std::chrono::duration<double>(after).count();
    std::size_t bucket = 0;
    while (bucket < OriginStatistics::head_time_bounds.size() && seconds > OriginStatistics::head_time_bounds[bucket])
      ++bucket;
    head_times[bucket].add();
    head_times_us.add(static_cast<std::uint64_t>(after.count()));
  }

  void add_to(OriginStatistics& sum) const {
    sum.requests += requests.value();
    sum.completed += completed.value();
    sum.failed += failed.value();
    sum.timed_out += timed_out.value();
    sum.cancelled += cancelled.value();
    sum.connections_opened += opened.value();
    sum.connections_reused += reused.value();
    sum.open_connections += open.value();
    sum.idle_connections += idle.value();
    sum.waiting += waiting.value();
    for (std::size_t i = 0; i < head_times.size(); ++i) sum.head_times[i] += head_times[i].value();
    sum.head_times_us += head_times_us.value();
  }
};

}  // namespace sluice::http
