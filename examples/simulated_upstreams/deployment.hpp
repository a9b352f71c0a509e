// SPDX-License-Identifier: Apache-2.0
// Deployment: one model of a simulated resource: its settings, what it still takes, and what has come and gone.
// Any thread may call it.
#pragma once

#include "capacity.hpp"

#include <mutex>
#include <string>

namespace sluice::simulated {

/// Counted since the start or the last DELETE of `/_control/statistics`.
struct Statistics {
  std::int64_t requests = 0;
  std::int64_t answered = 0;  ///< Let in, whole answers and streams.
  std::int64_t throttled = 0;
  std::int64_t faults = 0;        ///< Failed as `failStatus` says.
  std::int64_t early_probes = 0;  ///< Came before the time that a 429 had named.
  std::int64_t broken = 0;        ///< Streams that were cut, or whose caller left.
  std::int64_t prompt_tokens = 0, completion_tokens = 0;
  double highest_utilization = 0;
};

class Deployment {
 public:
  Deployment(std::string name, const DeploymentSettings& settings) : name_(std::move(name)), settings_(settings) {}

  const std::string& name() const { return name_; }
  DeploymentSettings settings();
  bool set(std::string_view name, const JsonValue& value);

  /// A request has come, whatever becomes of it.
  void arrive(SteadyTime now);
  Capacity::Verdict admit(std::int64_t tokens, SteadyTime now);
  /// An answer has ended: how much it had been admitted with, and what went out of it.
  void finish(std::int64_t estimated, std::int64_t prompt, std::int64_t completion, bool complete, SteadyTime now);
  /// A fault was answered in place of the deployment; `wait` is the time it named, or 0.
  void fault(Capacity::Duration wait, SteadyTime now);
  Capacity::State state(SteadyTime now);

  void write_statistics(JsonWriter& writer, SteadyTime now);
  void write_settings(JsonWriter& writer);
  void reset_statistics();

 private:
  const std::string name_;
  std::mutex mutex_;
  DeploymentSettings settings_;
  Capacity capacity_;
  Statistics statistics_;
  SteadyTime refused_at_{}, closed_until_{};  ///< Of the latest answer that named a time.
};

}  // namespace sluice::simulated
