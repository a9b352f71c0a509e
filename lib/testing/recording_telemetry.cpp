// SPDX-License-Identifier: Apache-2.0
#include <sluice/testing/recording_telemetry.hpp>

#include <algorithm>

namespace sluice::testing {

std::string series_name(std::string_view name, std::span<const Label> labels) {
  std::vector<Label> sorted(labels.begin(), labels.end());
  std::sort(sorted.begin(), sorted.end(), [](const Label& a, const Label& b) { return a.name < b.name; });
  std::string text(name);
  if (sorted.empty()) return text;
  text += '{';
  for (const Label& label : sorted) {
    if (text.back() != '{') text += ',';
    text.append(label.name).append("=\"").append(label.value).append("\"");
  }
  return text + '}';
}

void RecordingTelemetry::count(std::string_view name, double value, std::span<const Label> labels) {
  std::lock_guard lock(mutex_);
  counters_[series_name(name, labels)] += value;
}

void RecordingTelemetry::gauge(std::string_view name, double value, std::span<const Label> labels) {
  std::lock_guard lock(mutex_);
  gauges_[series_name(name, labels)] = value;
}

void RecordingTelemetry::log(LogLevel level, std::string_view message, std::span<const Label> fields) {
  RecordedLog record{level, std::string(message), {}};
  for (const Label& field : fields) record.fields.emplace_back(field.name, field.value);
  std::lock_guard lock(mutex_);
  logs_.push_back(std::move(record));
}

void RecordingTelemetry::request_finished(const RequestRecord& record) {
  RecordedRequest copy;
  copy.method = record.method;
  copy.path = record.path;
  copy.api = record.api;
  copy.operation = record.operation;
  copy.product = record.product;
  copy.subscription = record.subscription;
  copy.backend = record.backend;
  copy.error_reason = record.error_reason;
  copy.status = record.status;
  copy.total_us = record.total_us;
  copy.backend_us = record.backend_us;
  copy.response_bytes = record.response_bytes;
  copy.aborted = record.aborted;
  std::lock_guard lock(mutex_);
  requests_.push_back(std::move(copy));
}

std::map<std::string, double> RecordingTelemetry::counters() const {
  std::lock_guard lock(mutex_);
  return counters_;
}

std::optional<double> RecordingTelemetry::counter(std::string_view series) const {
  std::lock_guard lock(mutex_);
  if (const auto found = counters_.find(std::string(series)); found != counters_.end()) return found->second;
  const std::string prefix = std::string(series) + '{';
  std::optional<double> sum;
  for (auto it = counters_.lower_bound(prefix); it != counters_.end() && it->first.starts_with(prefix); ++it) {
    sum = sum.value_or(0) + it->second;
  }
  return sum;
}

std::optional<double> RecordingTelemetry::gauge_value(std::string_view series) const {
  std::lock_guard lock(mutex_);
  const auto found = gauges_.find(std::string(series));
  if (found == gauges_.end()) return std::nullopt;
  return found->second;
}

std::vector<RecordedLog> RecordingTelemetry::logs() const {
  std::lock_guard lock(mutex_);
  return logs_;
}

std::vector<RecordedRequest> RecordingTelemetry::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

}  // namespace sluice::testing
