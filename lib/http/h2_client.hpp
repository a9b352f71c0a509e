// SPDX-License-Identifier: Apache-2.0
// The HTTP/2 side of one worker's client: connections that carry many exchanges, one to an origin as long as that has
// room, and requests on them. What the backend does not speak goes the way of HTTP/1.1.
#pragma once

#include "http/h2_client_exchange.hpp"
#include "http/h2_origin_pool.hpp"
#include "http/worker_client.hpp"

#include <map>
#include <mutex>
#include <string>

namespace sluice::http {

class H2Client {
 public:
  explicit H2Client(WorkerClient& client) : client_(client) {}

  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation& cancellation);
  /// Closes what no request uses.
  void close_idle();
  /// Adds what is known of each origin, by its name. Any thread.
  void add_origins(std::map<std::string, OriginStatistics>& to) const;

  // For connections.
  /// Gives the connection to those in line, as long as it has room.
  void serve_line(H2OriginPool& pool, H2ClientConnection& connection);
  void closed(H2OriginPool& pool, H2ClientConnection& connection);

 private:
  using Attempt = WorkerClient::Attempt;
  /// What a request goes over.
  struct Lease {
    H2ConnectionRef connection;
    WireRef http_1;          ///< In its place: a new connection on which HTTP/1.1 was agreed.
    bool is_http_1 = false;  ///< The origin speaks HTTP/1.1.
    bool reused = false;
  };

  H2OriginPool& pool_for(const OutgoingRequest& request);
  void add_pool(const Origin& origin);
  void not_opened(H2OriginPool& pool);
  Task<Result<Lease>> lease(H2OriginPool& pool, Attempt& attempt);
  Lease reuse(H2OriginPool& pool, H2ConnectionRef connection);
  Task<Result<Lease>> wait_in_line(H2OriginPool& pool, Attempt& attempt);
  Task<Result<Lease>> open(H2OriginPool& pool, Attempt& attempt);
  Task<Result<Response>> exchange(Attempt& attempt, H2Exchange& exchange);
  Response make_response(Attempt& attempt, H2Exchange& exchange);
  bool may_send_again(const Attempt& attempt, const H2Exchange& exchange) const;

  WorkerClient& client_;
  std::map<Origin, H2OriginPoolRef> pools_;
  mutable std::mutex pools_mutex_;  ///< Held to change which pools there are, and to look at them from elsewhere.
  H2OriginPoolRef last_pool_;       ///< That of the last request: often that of the next.
};

}  // namespace sluice::http
