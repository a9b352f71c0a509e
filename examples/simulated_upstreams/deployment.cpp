// SPDX-License-Identifier: Apache-2.0
#include "deployment.hpp"

#include <algorithm>

namespace sluice::simulated {

DeploymentSettings Deployment::settings() {
  std::lock_guard lock(mutex_);
  return settings_;
}

bool Deployment::set(std::string_view name, const JsonValue& value) {
  std::lock_guard lock(mutex_);
  return settings_.set(name, value);
}

void Deployment::arrive(SteadyTime now) {
  std::lock_guard lock(mutex_);
  ++statistics_.requests;
  if (now < closed_until_ && now >= refused_at_ + std::chrono::milliseconds(settings_.probe_grace_ms))
    ++statistics_.early_probes;
}

Capacity::Verdict Deployment::admit(std::int64_t tokens, SteadyTime now) {
  std::lock_guard lock(mutex_);
  const Capacity::Verdict verdict = capacity_.admit(settings_, tokens, now);
  if (!verdict.admitted) {
    ++statistics_.throttled;
    if (now >= closed_until_) refused_at_ = now;
    closed_until_ = now + verdict.wait;
  }
  statistics_.highest_utilization =
      std::max(statistics_.highest_utilization, capacity_.state(settings_, now).utilization);
  return verdict;
}

void Deployment::finish(std::int64_t estimated, std::int64_t prompt, std::int64_t completion, bool complete,
                        SteadyTime now) {
  std::lock_guard lock(mutex_);
  capacity_.settle(settings_, estimated, prompt + completion, now);
  ++statistics_.answered;
  if (!complete) ++statistics_.broken;
  statistics_.prompt_tokens += prompt;
  statistics_.completion_tokens += completion;
}

void Deployment::fault(Capacity::Duration wait, SteadyTime now) {
  std::lock_guard lock(mutex_);
  ++statistics_.faults;
  if (wait.count() == 0) return;
  if (now >= closed_until_) refused_at_ = now;
  closed_until_ = now + wait;
}

Capacity::State Deployment::state(SteadyTime now) {
  std::lock_guard lock(mutex_);
  return capacity_.state(settings_, now);
}

void Deployment::write_statistics(JsonWriter& writer, SteadyTime now) {
  std::lock_guard lock(mutex_);
  writer.begin_object();
  writer.member("requests", statistics_.requests);
  writer.member("answered", statistics_.answered);
  writer.member("throttled", statistics_.throttled);
  writer.member("faults", statistics_.faults);
  writer.member("earlyProbes", statistics_.early_probes);
  writer.member("broken", statistics_.broken);
  writer.member("promptTokens", statistics_.prompt_tokens);
  writer.member("completionTokens", statistics_.completion_tokens);
  writer.member("utilization", capacity_.state(settings_, now).utilization);
  writer.member("highestUtilization", statistics_.highest_utilization);
  writer.end_object();
}

void Deployment::write_settings(JsonWriter& writer) {
  std::lock_guard lock(mutex_);
  writer.begin_object();
  settings_.write(writer);
  writer.end_object();
}

void Deployment::reset_statistics() {
  std::lock_guard lock(mutex_);
  statistics_ = {};
}

}  // namespace sluice::simulated
