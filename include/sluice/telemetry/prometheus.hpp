// SPDX-License-Identifier: Apache-2.0
// Telemetry for Prometheus and for log files: counters and gauges in the text exposition format, log records as JSON
// lines. Cells are kept per shard of threads and added up when they are read.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/telemetry.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace sluice::telemetry {

struct PrometheusOptions {
  std::size_t series_per_metric = 10'000;  ///< Label sets of one metric; further ones are counted as `overflow="true"`.
  LogLevel lowest_level = LogLevel::info;  ///< Records below are dropped.
  bool access_log = false;                 ///< Whether the end of each request is a log record.
  /// Takes a finished line without its end; called under a lock, one line at a time. Empty: no log.
  std::function<void(std::string_view line)> log_sink;
};

/// Any thread may call it; nothing waits but for short locks.
class PrometheusTelemetry final : public Telemetry {
 public:
  PrometheusTelemetry(Clock& clock, PrometheusOptions options = {});
  ~PrometheusTelemetry() override;

  void count(std::string_view name, double value, std::span<const Label> labels) override;
  void gauge(std::string_view name, double value, std::span<const Label> labels) override;
  void log(LogLevel level, std::string_view message, std::span<const Label> fields) override;
  void request_finished(const RequestRecord& record) override;

  /// All metrics in the text exposition format 0.0.4, sorted by name.
  std::string scrape() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

/// A valid metric or label name: other characters become `_`, a leading digit gets one before it.
std::string metric_name(std::string_view text);

/// One log record as a JSON line, without secrets: fields whose name is known to carry one (authorization, cookie,
/// key, token ...) are replaced by `***`; at most 8 KiB (K3).
std::string log_line(WallTime time, LogLevel level, std::string_view message, std::span<const Label> fields);

}  // namespace sluice::telemetry
