// SPDX-License-Identifier: Apache-2.0
// What the sessions of one server share: on each worker a shard with its listener, its sessions and its counters;
// over all workers the rules, the handler and the count of connections.
#pragma once

#include "http/admission.hpp"
#include "http/connection_count.hpp"
#include "http/counters.hpp"
#include "http/request_head.hpp"
#include "http/worker.hpp"

#include <sluice/http/server.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace sluice::http {

/// How requests and connections end, counted on one worker.
struct ServerCells {
  Cell accepted, connections_refused, accept_failures, requests, bytes_received, bytes_sent, completed, refused,
      client_aborts, broken_answers, read_timeouts, write_timeouts, idle_closed, drain_broken, handler_failures, open,
      running, tls_handshakes, tls_resumed, tls_failures, tls_timeouts, h2_connections, h2_streams, h2_streams_refused,
      h2_abuse_ended, upgraded, upgraded_open, upgraded_idle, upgraded_closed, upgraded_cut, frames_received,
      frames_sent;
};

class TlsServerContext;

struct ServerCore {
  ServerCore(const HttpLimits& limits, Handler& answering, const AdmissionRules& admission)
      : rules{limits, {}, {}, {}},
        handler(answering),
        connections(limits.connections, limits.connections_per_client),
        budget(admission) {}

  HeadRules rules;
  Handler& handler;
  ConnectionCount connections;
  AdmissionBudget budget;
  SystemClock clock;
  std::atomic<bool> draining{false};
  /// Called for each connection that ends during a drain on a host's loop.
  std::function<void()> on_ended;
  bool http2_prior_knowledge = false;  // set before any worker serves
  bool speaks_tls = false;             // set before any worker serves

  /// What new connections shake hands with.
  std::shared_ptr<const TlsServerContext> tls() {
    const std::lock_guard lock(tls_mutex_);
    return tls_;
  }
  void set_tls(std::shared_ptr<const TlsServerContext> tls) {
    const std::lock_guard lock(tls_mutex_);
    tls_ = std::move(tls);
  }

  const HttpLimits& limits() const { return rules.limits; }
  /// Tells a thread in `wait_until_empty` that a connection has ended.
  void connection_ended() {
    if (draining.load(std::memory_order_relaxed)) {
      std::lock_guard lock(mutex_);
      ended_.notify_all();
      if (on_ended) on_ended();
    }
  }
  /// True when no connection is open before `deadline`.
  bool wait_until_empty(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return ended_.wait_until(lock, deadline, [&] { return connections.open() == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  std::mutex tls_mutex_;
  std::shared_ptr<const TlsServerContext> tls_;
};

class ServerConnection;

/// The part of a server that lives on one worker.
struct ServerShard {
  ServerShard(Worker& on, ServerCore& of) : worker(on), core(of), admission(of.budget, on.loop().pulse(), of.clock) {}
  void begin_request() {
    cells.running.add();
    worker.loop().begin_exchange();
  }
  void end_request() {
    cells.running.subtract();
    worker.loop().end_exchange();
  }

  Worker& worker;
  ServerCore& core;
  ServerCells cells;
  Admission admission;
  ServerConnection* first_connection = nullptr;
};

}  // namespace sluice::http
