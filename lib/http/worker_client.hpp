// SPDX-License-Identifier: Apache-2.0
// The pooled HTTP/1.1 client of one worker: leases a connection, carries one exchange, reads the answer.
#pragma once

#include "http/answer_head.hpp"
#include "http/client_connection.hpp"
#include "http/resolver.hpp"
#include "http/worker.hpp"

#include <sluice/transport.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace sluice::http {

class WorkerClient {
 public:
  WorkerClient(Worker& worker, ClientShared& shared)
      : worker_(worker), shared_(shared), resolver_(worker, shared.limits, shared.look_up) {}

  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation& cancellation);
  void close_idle();
  /// Adds what is known of each origin, by its name. Any thread.
  void add_origins(std::map<std::string, OriginStatistics>& to) const;

  Worker& worker() { return worker_; }
  const HttpLimits& limits() const { return shared_.limits; }
  ClientCells cells;

  // For connections.
  void release(OriginPool& pool, ClientConnection& connection);
  void closed(OriginPool& pool, ClientConnection& connection, bool was_idle);

 private:
  /// One attempt at a request.
  struct Attempt {
    OutgoingRequest& request;
    Arena& arena;
    Cancellation& cancellation;
    SteadyTime deadline;
    ConnectionRef connection;
    bool reused = false;
    bool received = false;      // any byte of an answer
    bool is_untouched = false;  // its connection had ended before: nothing has been written, and no body read
  };

  OriginPool& pool_for(const OutgoingRequest& request);
  void close_idle(OriginPool& pool);
  /// Makes room for one more pool, when there are many.
  void forget_unused();
  Task<Result<void>> lease(Attempt& attempt);
  Task<Result<void>> wait_in_line(OriginPool& pool, Attempt& attempt);
  Task<Result<void>> open(OriginPool& pool, Attempt& attempt);
  Task<Result<WireRef>> connect(Attempt& attempt, SteadyTime limit);
  Task<Result<void>> begin_tls(Wire& wire, Attempt& attempt, SteadyTime limit);
  Task<Result<Response>> exchange(Attempt& attempt);
  Task<Result<Response>> await_answer(Attempt& attempt);
  Result<Response> make_response(Attempt& attempt, Response response, const AnswerFraming& framing,
                                 std::string_view rest, Block& block);
  bool may_send_again(const Attempt& attempt) const;
  Error lost(const Attempt& attempt);
  Error invalid_answer(std::string_view what);
  Error timed_out();

  Worker& worker_;
  ClientShared& shared_;
  Resolver resolver_;
  std::map<Origin, std::unique_ptr<OriginPool>> pools_;
  mutable std::mutex pools_mutex_;   ///< Held to change which pools there are, and to look at them from elsewhere.
  OriginPool* last_pool_ = nullptr;  ///< That of the last request: often that of the next.
};

}  // namespace sluice::http
