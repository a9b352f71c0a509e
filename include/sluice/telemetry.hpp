// SPDX-License-Identifier: Apache-2.0
// Telemetry: where counters, gauges and log records go. Called on request threads; must not wait.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>

namespace sluice {

/// A dimension of a metric.
struct Label {
  std::string_view name;
  std::string_view value;
};

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// The end of one request, for access logs and request metrics. Times in microseconds.
struct RequestRecord {
  std::string_view method, path, api, operation, product, subscription, backend;
  int status = 0;
  std::string_view error_reason;
  std::int64_t total_us = 0;
  std::int64_t backend_us = 0;
  std::uint64_t response_bytes = 0;
  bool aborted = false;  ///< The answer could not be delivered whole.
};

class Telemetry {
 public:
  virtual ~Telemetry() = default;
  /// Adds `value` to the counter `name` with these labels.
  virtual void count(std::string_view name, double value, std::span<const Label> labels) = 0;
  /// Sets the gauge `name`.
  virtual void gauge(std::string_view name, double value, std::span<const Label> labels) = 0;
  virtual void log(LogLevel level, std::string_view message, std::span<const Label> fields) = 0;
  virtual void request_finished(const RequestRecord& record) = 0;
};

/// Drops everything.
class NullTelemetry final : public Telemetry {
 public:
  void count(std::string_view, double, std::span<const Label>) override {}
  void gauge(std::string_view, double, std::span<const Label>) override {}
  void log(LogLevel, std::string_view, std::span<const Label>) override {}
  void request_finished(const RequestRecord&) override {}
};

}  // namespace sluice
