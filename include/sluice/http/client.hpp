// SPDX-License-Identifier: Apache-2.0
// What can be set and seen of the HTTP client that `Runtime::transport` gives out.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace sluice::http {

/// Trust in the certificates of backends. TLS 1.2 at least.
struct ClientTls {
  std::string ca_file;           ///< PEM file of certificate authorities to trust; empty: none beyond the system's.
  bool use_system_store = true;  ///< Trust what the operating system trusts.
};

/// How the exchanges with backends ended, and what the pools did. Counters only grow.
struct ClientStatistics {
  std::uint64_t requests = 0;   ///< Calls of `send`.
  std::uint64_t completed = 0;  ///< Answers received whole.
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_reused = 0;   ///< Requests that found an idle connection.
  std::uint64_t connections_failed = 0;   ///< Not resolved, refused, not in time, TLS not agreed, none became free.
  std::uint64_t connections_evicted = 0;  ///< Idle ones that the peer closed, that spoke unasked or got too old.
  std::uint64_t resent = 0;               ///< Requests repeated because a reused connection died before any answer.
  std::uint64_t broken = 0;               ///< Connections lost while an answer was due or on its way.
  std::uint64_t timed_out = 0;
  std::uint64_t invalid_answers = 0;
  std::uint64_t cancelled = 0;  ///< Ended from this side: the caller has gone, or the request's body failed.
  std::uint64_t tls_handshakes = 0;
  std::uint64_t tls_resumed = 0;  ///< Of these, those that went on with an earlier session.
  std::uint64_t bytes_sent = 0;   ///< As HTTP, before TLS.
  std::uint64_t bytes_received = 0;
  std::uint64_t open_connections = 0;  ///< Now, busy and idle.
  std::uint64_t upgraded = 0;          ///< Connections that left HTTP for WebSocket.
  std::uint64_t tunnels = 0;           ///< Connections that proxies have led through to backends.
  std::uint64_t proxy_failures = 0;    ///< Proxies that could not be reached, or refused.
};

/// The same for one origin, whatever is demanded of its certificate. Counters only grow while the origin is kept; one
/// that is not used is forgotten when there are more than a few hundred.
struct OriginStatistics {
  /// Upper bounds of `head_times` in seconds; above the last there is no bound.
  static constexpr std::array<double, 10> head_time_bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 10};

  std::string origin;           ///< `https://host:port`.
  std::uint64_t requests = 0;   ///< Attempts; those that are sent again count again.
  std::uint64_t completed = 0;  ///< Answers received whole.
  std::uint64_t failed = 0;     ///< Not connected, cut, or answered with what is no HTTP.
  std::uint64_t timed_out = 0;
  std::uint64_t cancelled = 0;  ///< Ended from this side: the caller has gone, the request or its body is no good.
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_reused = 0;
  std::uint64_t open_connections = 0;  ///< Now, busy and idle.
  std::uint64_t idle_connections = 0;  ///< Now.
  std::uint64_t waiting = 0;           ///< Now: in line for a connection.
  /// How long answers took to begin, each bucket alone. A sample: under load some 50 a second of each worker.
  std::array<std::uint64_t, head_time_bounds.size() + 1> head_times{};
  std::uint64_t head_times_us = 0;  ///< Their sum in microseconds.
};

}  // namespace sluice::http
