// SPDX-License-Identifier: Apache-2.0
// The names are those of the fields, under `sluice_server_` and `sluice_client_`.
#include "cli/transport_metrics.hpp"

#include <sluice/telemetry/prometheus.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace sluice::cli {
namespace {

using Client = http::ClientStatistics;
using Origin = http::OriginStatistics;
using Server = http::ServerStatistics;

enum class Kind : std::uint8_t { counter, gauge };

template <class Statistics>
struct Metric {
  std::string_view name;
  std::uint64_t Statistics::*field;
  Kind kind = Kind::counter;
};

constexpr Metric<Server> server_metrics[] = {
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
    {"sluice_server_tls_timeouts_total", &Server::tls_timeouts},
    {"sluice_server_http2_connections_total", &Server::http2_connections},
    {"sluice_server_http2_streams_total", &Server::http2_streams},
    {"sluice_server_http2_streams_refused_total", &Server::http2_streams_refused},
    {"sluice_server_http2_abuse_ended_total", &Server::http2_abuse_ended},
    {"sluice_server_upgraded_total", &Server::upgraded},
    {"sluice_server_upgraded_closed_total", &Server::upgraded_closed},
    {"sluice_server_upgraded_cut_total", &Server::upgraded_cut},
    {"sluice_server_upgraded_idle_total", &Server::upgraded_idle},
    {"sluice_server_frames_received_total", &Server::frames_received},
    {"sluice_server_frames_sent_total", &Server::frames_sent},
    {"sluice_server_open_connections", &Server::open_connections, Kind::gauge},
    {"sluice_server_open_upgraded", &Server::open_upgraded, Kind::gauge},
    {"sluice_server_running_requests", &Server::running_requests, Kind::gauge}};

/// By the label `cause`.
constexpr Metric<Server> shed_causes[] = {{"running", &Server::shed_running},
                                          {"delay", &Server::shed_delay},
                                          {"concurrency", &Server::shed_concurrency},
                                          {"memory", &Server::shed_memory}};

constexpr Metric<Client> client_metrics[] = {
    {"sluice_client_requests_total", &Client::requests},
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
    {"sluice_client_received_bytes_total", &Client::bytes_received},
    {"sluice_client_tls_handshakes_total", &Client::tls_handshakes},
    {"sluice_client_tls_resumed_total", &Client::tls_resumed},
    {"sluice_client_upgraded_total", &Client::upgraded},
    {"sluice_client_tunnels_total", &Client::tunnels},
    {"sluice_client_proxy_failures_total", &Client::proxy_failures},
    {"sluice_client_open_connections", &Client::open_connections, Kind::gauge}};

constexpr Metric<Origin> origin_metrics[] = {{"sluice_origin_requests_total", &Origin::requests},
                                             {"sluice_origin_completed_total", &Origin::completed},
                                             {"sluice_origin_failed_total", &Origin::failed},
                                             {"sluice_origin_timed_out_total", &Origin::timed_out},
                                             {"sluice_origin_cancelled_total", &Origin::cancelled},
                                             {"sluice_origin_connections_opened_total", &Origin::connections_opened},
                                             {"sluice_origin_connections_reused_total", &Origin::connections_reused},
                                             {"sluice_origin_open_connections", &Origin::open_connections, Kind::gauge},
                                             {"sluice_origin_idle_connections", &Origin::idle_connections, Kind::gauge},
                                             {"sluice_origin_waiting_requests", &Origin::waiting, Kind::gauge}};

/// Origins beyond these are shown together: policies may compute hosts.
constexpr std::size_t most_origins = 200;

double number(std::uint64_t value) { return static_cast<double>(value); }

template <class Statistics, std::size_t count>
void add_all(Telemetry& to, const Metric<Statistics> (&metrics)[count], const Statistics& of,
             std::span<const Label> labels = {}) {
  for (const auto& [name, field, kind] : metrics) {
    kind == Kind::counter ? to.count(name, number(of.*field), labels) : to.gauge(name, number(of.*field), labels);
  }
}

void add_server(Telemetry& to, const Server& server) {
  add_all(to, server_metrics, server);
  for (const auto& [cause, field, kind] : shed_causes) {
    const Label labels[] = {{"cause", cause}};
    to.count("sluice_server_shed_total", number(server.*field), labels);
  }
  to.gauge("sluice_server_shedding_seconds", std::chrono::duration<double>(server.shedding_for).count(), {});
}

void add_head_times(Telemetry& to, const Origin& origin) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < origin.head_times.size(); ++i) {
    count += origin.head_times[i];
    std::string bound = "+Inf";
    if (i < Origin::head_time_bounds.size()) bound = fmt::format("{}", Origin::head_time_bounds[i]);
    const Label labels[] = {{"origin", origin.origin}, {"le", bound}};
    to.count("sluice_origin_head_seconds_bucket", number(count), labels);
  }
  const Label labels[] = {{"origin", origin.origin}};
  to.count("sluice_origin_head_seconds_count", number(count), labels);
  to.count("sluice_origin_head_seconds_sum", number(origin.head_times_us) / 1e6, labels);
}

/// Those with the most requests; the others add up to one more, `other`.
std::vector<Origin> shown(std::vector<Origin> origins) {
  std::sort(origins.begin(), origins.end(), [](const Origin& a, const Origin& b) { return a.requests > b.requests; });
  if (origins.size() <= most_origins) return origins;
  Origin others;
  others.origin = "other";
  for (std::size_t i = most_origins; i < origins.size(); ++i) {
    for (const auto& metric : origin_metrics) others.*metric.field += origins[i].*metric.field;
    for (std::size_t k = 0; k < others.head_times.size(); ++k) others.head_times[k] += origins[i].head_times[k];
    others.head_times_us += origins[i].head_times_us;
  }
  origins.resize(most_origins);
  origins.push_back(std::move(others));
  return origins;
}

}  // namespace

std::string transport_metrics(Clock& clock, const Server& server, const Client& client,
                              const std::vector<Origin>& origins) {
  telemetry::PrometheusTelemetry metrics(clock);  // of this moment: it brings the text format
  add_server(metrics, server);
  add_all(metrics, client_metrics, client);
  for (const Origin& origin : shown(origins)) {
    const Label labels[] = {{"origin", origin.origin}};
    add_all(metrics, origin_metrics, origin, labels);
    add_head_times(metrics, origin);
  }
  return metrics.scrape();
}

}  // namespace sluice::cli
