// SPDX-License-Identifier: Apache-2.0
// RunningRequest: one request from its first look at the snapshot to the end of its answer's body. Lives in the
// request's arena, so that everything the answer refers to - the snapshot's texts too - lives as long as that.
#pragma once

#include "gateway/snapshot.hpp"
#include "gateway/snapshot_slots.hpp"

#include <memory>
#include <span>

namespace sluice {

class RequestLog;
class WebSocketWatch;

class RunningRequest {
 private:
  const std::shared_ptr<const Snapshot> snapshot_;  // Before the context, which refers to it.

 public:
  RunningRequest(Request& request, std::shared_ptr<const Snapshot> snapshot, SnapshotSlots& slots, std::size_t slot,
                 const GatewayOptions& options);
  ~RunningRequest();
  RunningRequest(const RunningRequest&) = delete;
  RunningRequest& operator=(const RunningRequest&) = delete;

  /// Finds out what is asked for and by whom, and runs the policies. The answer has its final headers, and a body that
  /// tells of its end.
  Task<Response> serve();
  /// The end: what policies have to do afterwards, and the record of the request. Once.
  Task<void> finish(DeliveryOutcome outcome);

  RequestContext context;
  std::uint64_t delivered_bytes = 0;

 private:
  void identify(const Caller& caller);
  Task<void> answer_unmatched(const Route& route);
  Task<bool> ask(std::span<const std::size_t> nodes);
  void prepare(const Route& route);
  void settle_operation(Route& route) const;
  bool takes_graphql_sockets(const Api& api) const;
  void settle_upgrade();
  void restore_backend_bytes();
  WebSocketWatch& websocket_watch();
  bool is_preflight() const;
  Task<void> buffer_answer();
  Task<Response> answer();
  Task<Response> answer_later(bool must_be_read);
  Task<Response> answer_now();
  Task<Response> answer_after_hooks(Response response);
  void complete_head();
  Task<void> run_hooks(DeliveryOutcome outcome);
  void record(DeliveryOutcome outcome);

  SnapshotSlots& slots_;
  const std::size_t slot_;
  const GatewayOptions& options_;
  const Pipeline* pipeline_ = nullptr;
  RequestLog* log_ = nullptr;  ///< In the arena; null: the API has no diagnostics.
  int sent_status_ = 0;
  bool is_finished_ = false;
};

}  // namespace sluice
