// SPDX-License-Identifier: Apache-2.0
#include "http/client_transport.hpp"

#include "http/worker_client.hpp"

namespace sluice::http {

ClientTransport::ClientTransport(std::vector<std::unique_ptr<Worker>>& workers, std::function<Worker&()> pick,
                                 const RuntimeOptions& options)
    : pick_(std::move(pick)), shared_(std::make_unique<ClientShared>(options)) {
  for (auto& worker : workers) clients_.push_back(std::make_unique<WorkerClient>(*worker, *shared_));
}

ClientTransport::~ClientTransport() = default;

WorkerClient& ClientTransport::client_of(Worker& worker) {
  for (auto& client : clients_) {
    if (&client->worker() == &worker) return *client;
  }
  return *clients_.front();
}

Task<Result<Response>> ClientTransport::send(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) {
  Worker& worker = pick_();
  if (worker.is_current()) return client_of(worker).send(request, arena, cancellation);
  return send_elsewhere(worker, request, arena, cancellation);
}

Task<Result<Response>> ClientTransport::send_elsewhere(Worker& worker, OutgoingRequest& request, Arena& arena,
                                                       Cancellation& cancellation) {
  co_await worker.here();
  co_return co_await client_of(worker).send(request, arena, cancellation);
}

void ClientTransport::close_idle() {
  for (auto& client : clients_) client->worker().run_and_wait([&] { client->close_idle(); });
}

std::vector<OriginStatistics> ClientTransport::origin_statistics() const {
  std::map<std::string, OriginStatistics> origins;
  for (const auto& client : clients_) client->add_origins(origins);
  std::vector<OriginStatistics> list;
  for (auto& [name, origin] : origins) {
    origin.origin = name;
    list.push_back(std::move(origin));
  }
  return list;
}

void ClientTransport::set_look_up(LookUp look_up) { shared_->look_up = std::move(look_up); }

ClientStatistics ClientTransport::statistics() const {
  ClientStatistics sum;
  for (const auto& client : clients_) {
    const ClientCells& cells = client->cells;
    sum.requests += cells.requests.value();
    sum.completed += cells.completed.value();
    sum.connections_opened += cells.opened.value();
    sum.connections_reused += cells.reused.value();
    sum.connections_failed += cells.failed.value();
    sum.connections_evicted += cells.evicted.value();
    sum.resent += cells.resent.value();
    sum.broken += cells.broken.value();
    sum.timed_out += cells.timed_out.value();
    sum.invalid_answers += cells.invalid.value();
    sum.cancelled += cells.cancelled.value();
    sum.bytes_sent += cells.bytes_sent.value();
    sum.bytes_received += cells.bytes_received.value();
    sum.open_connections += cells.open.value();
    sum.tls_handshakes += cells.tls_handshakes.value();
    sum.tls_resumed += cells.tls_resumed.value();
    sum.upgraded += cells.upgraded.value();
    sum.tunnels += cells.tunnels.value();
    sum.proxy_failures += cells.proxy_failures.value();
  }
  return sum;
}

}  // namespace sluice::http
