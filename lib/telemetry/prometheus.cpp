// SPDX-License-Identifier: Apache-2.0
// Metrics in shards: a thread always uses the same one, so that locks are hardly ever waited for. A scrape adds the
// shards up. Gauges are set rather than added and live in one map.
#include <sluice/telemetry/prometheus.hpp>

#include "base/short_lock.hpp"
#include "base/text.hpp"
#include "telemetry/recent_counters.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <map>
#include <mutex>
#include <thread>

namespace sluice::telemetry {
namespace {

constexpr std::size_t shard_count = 16;
/// Upper bounds of the request duration histogram in seconds.
constexpr std::array<double, 14> duration_buckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                     0.25,  0.5,    1,     2.5,  5,     10,   30};

void append_number(std::string& to, double value) {
  char buffer[32];
  to.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

/// Appends a label's value with the escapes of the format. Bytes that are no UTF-8, which would spoil the whole scrape,
/// and control characters become `?`.
void append_label_value(std::string& to, std::string_view value) {
  while (!value.empty()) {
    const std::size_t length = utf8_sequence_length(value);
    const char c = value.front();
    if (c == '\n') {
      to += "\\n";
    } else if (length == 0 || static_cast<unsigned char>(c) < 0x20) {
      to += '?';
    } else {
      if (c == '\\' || c == '"') to += '\\';
      to += value.substr(0, length);
    }
    value.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

/// `{a="x",b="y"}`; empty without labels.
std::string label_text(std::span<const Label> labels) {
  std::string text;
  for (const Label& label : labels) {
    text += text.empty() ? '{' : ',';
    text += metric_name(label.name) + "=\"";
    append_label_value(text, label.value);
    text += '"';
  }
  if (!text.empty()) text += '}';
  return text;
}

using Series = std::map<std::string, double, std::less<>>;  ///< By label text.
using Metrics = std::map<std::string, Series, std::less<>>;

double& cell(Metrics& metrics, std::string_view name, std::string labels, std::size_t limit) {
  auto metric = metrics.find(name);
  if (metric == metrics.end()) metric = metrics.emplace(std::string(name), Series()).first;
  const auto found = metric->second.find(labels);
  if (found != metric->second.end()) return found->second;
  if (metric->second.size() >= limit) labels = "{overflow=\"true\"}";
  return metric->second[std::move(labels)];
}

void write_metric(std::string& to, std::string_view name, std::string_view type, const Series& series) {
  to += "# TYPE ";
  to += name;
  to += ' ';
  to += type;
  to += '\n';
  for (const auto& [labels, value] : series) {
    to += name;
    to += labels;
    to += ' ';
    append_number(to, value);
    to += '\n';
  }
}

struct Histogram {
  std::array<std::uint64_t, duration_buckets.size() + 1>
      counts{};  ///< Of each bucket alone; the last is without bound.
  double sum = 0;
  void add(double seconds) {
    std::size_t bucket = 0;
    while (bucket < duration_buckets.size() && seconds > duration_buckets[bucket]) ++bucket;
    ++counts[bucket];
    sum += seconds;
  }
  void add(const Histogram& other) {
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
    sum += other.sum;
  }
};
using Histograms = std::map<std::string, Histogram, std::less<>>;  ///< By the labels' inside: `api="x"`.

/// The cells that requests with the same labels add to. Cells stay where they are for as long as the shard lives.
struct RequestCells {
  std::string api, operation, product;
  int status = 0;
  double* requests = nullptr;
  double* bytes = nullptr;
  double* aborted = nullptr;  ///< Null until one was.
  Histogram* durations = nullptr;

  bool are_of(const RequestRecord& record) const {
    return requests != nullptr && status == record.status && same_text(api, record.api) &&
           same_text(operation, record.operation) && same_text(product, record.product);
  }
};

struct Shard {
  static constexpr std::size_t recent_count = 64;

  ShortLock mutex;
  Metrics counters;
  RecentCounters recent_counters;
  Histograms durations;
  std::array<RequestCells, recent_count> recent;  ///< By where the texts of the labels are; each may be replaced.

  RequestCells& recent_of(const RequestRecord& record) {
    const auto where = [](std::string_view text) { return reinterpret_cast<std::uintptr_t>(text.data()) >> 4; };
    const std::uintptr_t mixed = where(record.operation) * 31 + where(record.product) * 7 + where(record.api);
    return recent[(mixed ^ mixed >> 6 ^ static_cast<unsigned>(record.status)) % recent_count];
  }
};

RequestCells cells_of(Shard& shard, const RequestRecord& record, std::size_t limit) {
  RequestCells cells;
  cells.api = record.api;
  cells.operation = record.operation;
  cells.product = record.product;
  cells.status = record.status;
  const std::string status = std::to_string(record.status);
  const Label labels[] = {
      {"api", record.api}, {"operation", record.operation}, {"product", record.product}, {"status", status}};
  const std::string api = label_text(std::span(labels).first(1));
  const std::string inside = api.substr(1, api.size() - 2);
  const bool fits = shard.durations.size() < limit || shard.durations.count(inside) != 0;
  cells.requests = &cell(shard.counters, "sluice_requests_total", label_text(labels), limit);
  cells.bytes = &cell(shard.counters, "sluice_response_bytes_total", api, limit);
  cells.durations = &shard.durations[fits ? inside : "overflow=\"true\""];
  return cells;
}

double* aborted_cell(Shard& shard, RequestCells& cells, std::size_t limit) {
  const Label api[] = {{"api", cells.api}};
  if (cells.aborted == nullptr)
    cells.aborted = &cell(shard.counters, "sluice_requests_aborted_total", label_text(api), limit);
  return cells.aborted;
}

void write_durations(std::string& to, const Histograms& histograms) {
  if (histograms.empty()) return;
  constexpr std::string_view name = "sluice_request_duration_seconds";
  to += "# TYPE " + std::string(name) + " histogram\n";
  const auto line = [&](std::string_view suffix, const std::string& labels, double value) {
    to += name;
    to += suffix;
    to += "{" + labels + "} ";
    append_number(to, value);
    to += '\n';
  };
  for (const auto& [labels, histogram] : histograms) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < duration_buckets.size(); ++i) {
      std::string bound;
      append_number(bound, duration_buckets[i]);
      count += histogram.counts[i];
      line("_bucket", labels + ",le=\"" + bound + "\"", static_cast<double>(count));
    }
    count += histogram.counts.back();
    line("_bucket", labels + ",le=\"+Inf\"", static_cast<double>(count));
    line("_sum", labels, histogram.sum);
    line("_count", labels, static_cast<double>(count));
  }
}

}  // namespace

class PrometheusTelemetry::State {
 public:
  State(Clock& clock_in, PrometheusOptions options_in) : clock(clock_in), options(std::move(options_in)) {}

  Shard& shard() {
    static std::atomic<std::size_t> next{0};
    thread_local const std::size_t mine = next.fetch_add(1) % shard_count;
    return shards[mine];
  }
  /// A shard's share of the bound: with one busy thread a metric has all its series in one shard.
  std::size_t limit() const { return options.series_per_metric; }

  Clock& clock;
  PrometheusOptions options;
  std::array<Shard, shard_count> shards;
  std::mutex gauge_mutex;
  Metrics gauges;
  std::mutex log_mutex;
};

PrometheusTelemetry::PrometheusTelemetry(Clock& clock, PrometheusOptions options)
    : state_(std::make_unique<State>(clock, std::move(options))) {}
PrometheusTelemetry::~PrometheusTelemetry() = default;

void PrometheusTelemetry::count(std::string_view name, double value, std::span<const Label> labels) {
  const CounterText text(name, labels);
  Shard& shard = state_->shard();
  std::lock_guard lock(shard.mutex);
  RecentCounter& recent = shard.recent_counters.place(text);
  if (recent.text == text.text() && !text.is_too_long()) {
    *recent.value += value;
    return;
  }
  double& counter = cell(shard.counters, metric_name(name), label_text(labels), state_->limit());
  if (!text.is_too_long()) recent = {std::string(text.text()), &counter};
  counter += value;
}

void PrometheusTelemetry::gauge(std::string_view name, double value, std::span<const Label> labels) {
  std::lock_guard lock(state_->gauge_mutex);
  cell(state_->gauges, metric_name(name), label_text(labels), state_->limit()) = value;
}

void PrometheusTelemetry::log(LogLevel level, std::string_view message, std::span<const Label> fields) {
  if (!state_->options.log_sink || level < state_->options.lowest_level) return;
  const std::string line = log_line(state_->clock.now(), level, message, fields);
  std::lock_guard lock(state_->log_mutex);
  state_->options.log_sink(line);
}

void PrometheusTelemetry::request_finished(const RequestRecord& record) {
  {
    Shard& shard = state_->shard();
    std::lock_guard lock(shard.mutex);
    RequestCells& cells = shard.recent_of(record);
    if (!cells.are_of(record)) cells = cells_of(shard, record, state_->limit());
    *cells.requests += 1;
    *cells.bytes += static_cast<double>(record.response_bytes);
    if (record.aborted) *aborted_cell(shard, cells, state_->limit()) += 1;
    cells.durations->add(static_cast<double>(record.total_us) / 1e6);
  }
  if (!state_->options.access_log) return;
  const std::string status = std::to_string(record.status);
  const std::string total = std::to_string(record.total_us);
  const std::string backend_us = std::to_string(record.backend_us);
  const std::string bytes = std::to_string(record.response_bytes);
  const Label fields[] = {{"method", record.method},
                          {"path", record.path},
                          {"api", record.api},
                          {"operation", record.operation},
                          {"product", record.product},
                          {"subscription", record.subscription},
                          {"backend", record.backend},
                          {"status", status},
                          {"error", record.error_reason},
                          {"total_us", total},
                          {"backend_us", backend_us},
                          {"response_bytes", bytes},
                          {"aborted", record.aborted ? "true" : "false"}};
  log(LogLevel::info, "request", fields);
}

std::string PrometheusTelemetry::scrape() const {
  Metrics counters;
  Histograms durations;
  for (Shard& shard : state_->shards) {
    std::lock_guard lock(shard.mutex);
    for (const auto& [name, series] : shard.counters) {
      // One more than a shard may have: its overflow.
      for (const auto& [labels, value] : series) cell(counters, name, labels, state_->limit() + 1) += value;
    }
    for (const auto& [labels, histogram] : shard.durations) durations[labels].add(histogram);
  }
  std::string text;
  for (const auto& [name, series] : counters) write_metric(text, name, "counter", series);
  write_durations(text, durations);
  std::lock_guard lock(state_->gauge_mutex);
  for (const auto& [name, series] : state_->gauges) write_metric(text, name, "gauge", series);
  return text;
}

std::string metric_name(std::string_view text) {
  std::string name;
  for (char c : text) name += is_alpha(c) || is_digit(c) ? c : '_';
  if (name.empty() || is_digit(name.front())) name.insert(name.begin(), '_');
  return name;
}

}  // namespace sluice::telemetry
