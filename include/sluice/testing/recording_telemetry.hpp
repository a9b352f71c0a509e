// SPDX-License-Identifier: Apache-2.0
// RecordingTelemetry: keeps what it is told, for tests.
#pragma once

#include <sluice/telemetry.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::testing {

/// `name{label="value",...}` with the labels sorted by name; the bare name when there are none.
std::string series_name(std::string_view name, std::span<const Label> labels);

/// A log record.
struct RecordedLog {
  LogLevel level;
  std::string message;
  std::vector<std::pair<std::string, std::string>> fields;
};

/// A `RequestRecord` that owns its text.
struct RecordedRequest {
  std::string method, path, api, operation, product, subscription, backend, error_reason;
  int status = 0;
  std::int64_t total_us = 0, backend_us = 0;
  std::uint64_t response_bytes = 0;
  bool aborted = false;
};

/// Any thread may call.
class RecordingTelemetry final : public Telemetry {
 public:
  void count(std::string_view name, double value, std::span<const Label> labels) override;
  void gauge(std::string_view name, double value, std::span<const Label> labels) override;
  void log(LogLevel level, std::string_view message, std::span<const Label> fields) override;
  void request_finished(const RequestRecord& record) override;

  /// Counters by series name.
  std::map<std::string, double> counters() const;
  /// The counter of that series, or, for a bare name, the sum over all its series; nothing when there is none.
  std::optional<double> counter(std::string_view series) const;
  std::optional<double> gauge_value(std::string_view series) const;
  std::vector<RecordedLog> logs() const;
  std::vector<RecordedRequest> requests() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, double> counters_, gauges_;
  std::vector<RecordedLog> logs_;
  std::vector<RecordedRequest> requests_;
};

}  // namespace sluice::testing
