// SPDX-License-Identifier: Apache-2.0
// The names are those of the fields, under `sluice_server_` and `sluice_client_`.
#include "cli/transport_metrics.hpp"

#include <sluice/telemetry/prometheus.hpp>

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
    {"sluice_server_handler_failures_total", &Server::handler_failures}};

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

}  // namespace

std::string transport_metrics(Clock& clock, const Server& server, const Client& client) {
  telemetry::PrometheusTelemetry metrics(clock);  // of this moment: it brings the text format
  add_server(metrics, server);
  add_client(metrics, client);
  return metrics.scrape();
}

}  // namespace sluice::cli
