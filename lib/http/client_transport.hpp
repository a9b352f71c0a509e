// SPDX-License-Identifier: Apache-2.0
// The Transport of a runtime: one pooled HTTP/1.1 client on each worker.
#pragma once

#include "http/resolver.hpp"
#include "http/worker.hpp"

#include <sluice/http/runtime.hpp>
#include <sluice/transport.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace sluice::http {

class WorkerClient;
struct ClientShared;

class ClientTransport final : public Transport {
 public:
  ClientTransport(std::vector<std::unique_ptr<Worker>>& workers, std::function<Worker&()> pick,
                  const RuntimeOptions& options);
  ~ClientTransport() override;

  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) override;
  /// Closes what no request uses. While the workers run; waits for them.
  void close_idle();
  ClientStatistics statistics() const;
  std::vector<OriginStatistics> origin_statistics() const;
  /// Asks this for addresses instead of the system. Before the first request.
  void set_look_up(LookUp look_up);

 private:
  WorkerClient& client_of(Worker& worker);
  Task<Result<Response>> send_elsewhere(Worker& worker, OutgoingRequest& request, Arena& arena,
                                        Cancellation& cancellation);

  std::function<Worker&()> pick_;
  std::unique_ptr<ClientShared> shared_;
  std::vector<std::unique_ptr<WorkerClient>> clients_;
};

}  // namespace sluice::http
