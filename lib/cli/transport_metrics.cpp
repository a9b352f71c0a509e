// SPDX-License-Identifier: Apache-2.0
// The names are those of the fields, under `sluice_server_` and `sluice_client_`.
#include "cli/transport_metrics.hpp"

#include <sluice/telemetry/prometheus.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sluice::cli {
namespace {

using Client = http::ClientStatistics;
using Server = http::ServerStatistics;

template <class Statistics>
struct Metric {
  std::string_view name;
  std::uint64_t Statistics::*field;
};

constexpr Metric<Server> server_counters[] = {
    {"sluice_server_connections_accepted_total", &Server::connections_accepted},
    {"sluice_server_connections_refused_total", &Server::connections_refused},
    {"sluice_server_accept_failures_total", &Server::accept_failures},
    {"sluice_server_requests_total", &Server::requests},
    {"sluice_server_received_bytes_total", &Server::bytes_received},
    {"sluice_server_sent_bytes_total", &Server::bytes_sent},
    {"sluice_server_completed_total", &Server::completed},
    {"sluice_server_refused_total", &Server::refused},
    {"sluice_server_client_aborts_total", &Server::client_aborts},
    {"sluice_server_broken_answers_total", &Server::broken_answers},
    {"sluice_server_read_timeouts_total", &Server::read_timeouts},
    {"sluice_server_write_timeouts_total", &Server::write_timeouts},
    {"sluice_server_idle_closed_total", &Server::idle_closed},
    {"sluice_server_drain_broken_total", &Server::drain_broken},
    {"sluice_server_handler_failures_total", &Server::handler_failures},
    {"sluice_server_tls_handshakes_total", &Server::tls_handshakes},
    {"sluice_server_tls_resumed_total", &Server::tls_resumed},
    {"sluice_server_tls_failures_total", &Server::tls_failures},
    {"sluice_server_tls_timeouts_total", &Server::tls_timeouts}};

/// By the label `cause`.
constexpr Metric<Server> shed_counters[] = {{"running", &Server::shed_running},
                                            {"delay", &Server::shed_delay},
                                            {"concurrency", &Server::shed_concurrency},
                                            {"memory", &Server::shed_memory}};

constexpr Metric<Client> client_counters[] = {{"sluice_client_requests_total", &Client::requests},
                                              {"sluice_client_completed_total", &Client::completed},
                                              {"sluice_client_connections_opened_total", &Client::connections_opened},
                                              {"sluice_client_connections_reused_total", &Client::connections_reused},
                                              {"sluice_client_connections_failed_total", &Client::connections_failed},
                                              {"sluice_client_connections_evicted_total", &Client::connections_evicted},
                                              {"sluice_client_resent_total", &Client::resent},
                                              {"sluice_client_broken_total", &Client::broken},
                                              {"sluice_client_timed_out_total", &Client::timed_out},
                                              {"sluice_client_invalid_answers_total", &Client::invalid_answers},
                                              {"sluice_client_cancelled_total", &Client::cancelled},
                                              {"sluice_client_sent_bytes_total", &Client::bytes_sent},
                                              {"sluice_client_received_bytes_total", &Client::bytes_received}};

using Origin = http::OriginStatistics;

/// Origins beyond these are shown together: policies may compute hosts.
constexpr std::size_t most_origins = 200;

constexpr Metric<Origin> origin_counters[] = {{"sluice_origin_requests_total", &Origin::requests},
                                              {"sluice_origin_completed_total", &Origin::completed},
                                              {"sluice_origin_failed_total", &Origin::failed},
                                              {"sluice_origin_timed_out_total", &Origin::timed_out},
                                              {"sluice_origin_cancelled_total", &Origin::cancelled},
                                              {"sluice_origin_connections_opened_total", &Origin::connections_opened},
                                              {"sluice_origin_connections_reused_total", &Origin::connections_reused}};

constexpr Metric<Origin> origin_gauges[] = {{"sluice_origin_open_connections", &Origin::open_connections},
                                            {"sluice_origin_idle_connections", &Origin::idle_connections},
                                            {"sluice_origin_waiting_requests", &Origin::waiting}};

double number(std::uint64_t value) { return static_cast<double>(value); }

void add_server(Telemetry& to, const Server& server) {
  for (const auto& [name, field] : server_counters) to.count(name, number(server.*field), {});
  for (const auto& [cause, field] : shed_counters) {
    const Label labels[] = {{"cause", cause}};
    to.count("sluice_server_shed_total", number(server.*field), labels);
  }
  to.gauge("sluice_server_open_connections", number(server.open_connections), {});
  to.gauge("sluice_server_running_requests", number(server.running_requests), {});
  to.gauge("sluice_server_shedding_seconds", std::chrono::duration<double>(server.shedding_for).count(), {});
}

void add_client(Telemetry& to, const Client& client) {
  for (const auto& [name, field] : client_counters) to.count(name, number(client.*field), {});
  to.gauge("sluice_client_open_connections", number(client.open_connections), {});
}

void add_head_times(Telemetry& to, const Origin& origin, std::string_view name) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < origin.head_times.size(); ++i) {
    count += origin.head_times[i];
    std::string bound = "+Inf";
    if (i < Origin::head_time_bounds.size()) bound = fmt::format("{}", Origin::head_time_bounds[i]);
    const Label labels[] = {{"origin", name}, {"le", bound}};
    to.count("sluice_origin_head_seconds_bucket", number(count), labels);
  }
  const Label labels[] = {{"origin", name}};
  to.count("sluice_origin_head_seconds_count", number(count), labels);
  to.count("sluice_origin_head_seconds_sum", number(origin.head_times_us) / 1e6, labels);
}

/// What goes beyond the bound adds up under `other`.
void add_origins(Telemetry& to, std::vector<Origin> origins) {
  std::sort(origins.begin(), origins.end(), [](const Origin& a, const Origin& b) { return a.requests > b.requests; });
  std::map<std::string_view, double> other_gauges;
  for (std::size_t i = 0; i < origins.size(); ++i) {
    const std::string_view name = i < most_origins ? std::string_view(origins[i].origin) : "other";
    const Label labels[] = {{"origin", name}};
    for (const auto& [metric, field] : origin_counters) to.count(metric, number(origins[i].*field), labels);
    for (const auto& [metric, field] : origin_gauges) {
      const double before = i < most_origins ? 0 : other_gauges[metric];
      const double value = before + number(origins[i].*field);
      if (i >= most_origins) other_gauges[metric] = value;
      to.gauge(metric, value, labels);
    }
    add_head_times(to, origins[i], name);
  }
}

}  // namespace

std::string transport_metrics(Clock& clock, const Server& server, const Client& client,
                              const std::vector<Origin>& origins) {
  telemetry::PrometheusTelemetry metrics(clock);  // of this moment: it brings the text format
  add_server(metrics, server);
  add_client(metrics, client);
  add_origins(metrics, origins);
  return metrics.scrape();
}

}  // namespace sluice::cli
