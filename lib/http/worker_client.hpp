// SPDX-License-Identifier: Apache-2.0
// The pooled client of one worker, for HTTP/1.1: leases a connection, carries one exchange, reads the answer. Other
// versions are those of `h2_client`.
#pragma once

#include "http/answer_head.hpp"
#include "http/client_connection.hpp"
#include "http/resolver.hpp"
#include "http/worker.hpp"

#include <sluice/transport.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

class H2Client;
class H2Exchange;

class WorkerClient {
 public:
  WorkerClient(Worker& worker, ClientShared& shared);
  ~WorkerClient();

  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) {
    cells.requests.add();
    if (request.versions != HttpVersions::http_1) [[unlikely]]
      return send_any(request, arena, cancellation);
    return send_http_1(request, arena, cancellation);
  }
  void close_idle();
  /// Adds what is known of each origin, by its name. Any thread.
  void add_origins(std::map<std::string, OriginStatistics>& to) const;

  Worker& worker() { return worker_; }
  const HttpLimits& limits() const { return shared_.limits; }
  ClientCells cells;

  // For connections.
  void release(OriginPool& pool, ClientConnection& connection);
  void closed(OriginPool& pool, ClientConnection& connection, bool was_idle);
  /// Why an exchange over HTTP/2 failed, counted. `lost`: what is said when its connection has ended.
  Error failure_of(H2Exchange& exchange, std::string_view lost);

 private:
  friend class H2Client;
  /// One attempt at a request.
  struct Attempt {
    OutgoingRequest& request;
    Arena& arena;
    Cancellation& cancellation;
    SteadyTime deadline;
    ConnectionRef connection = nullptr;
    bool reused = false;
    bool received = false;      // any byte of an answer
    bool is_untouched = false;  // its connection had ended before: nothing has been written, and no body read
    bool cancelled = false;
    std::string_view protocols = {};  // offered by ALPN in place of HTTP/1.1
  };
  struct Reading;

  Task<Result<Response>> send_http_1(OutgoingRequest& request, Arena& arena, Cancellation& cancellation);
  Task<Result<Response>> send_any(OutgoingRequest& request, Arena& arena, Cancellation& cancellation);
  /// A request that might have gone over HTTP/2, on the connection that was made for it, or (null) as others do.
  Task<Result<Response>> send_instead(Attempt& attempt, WireRef wire);
  bool speaks_http_1(const OutgoingRequest& request) const;
  H2Client& h2();

  OriginPool& pool_for(const OutgoingRequest& request);
  void close_idle(OriginPool& pool);
  /// Makes room for one more pool, when there are many.
  void forget_unused();
  Task<Result<void>> lease(Attempt& attempt);
  Task<Result<void>> wait_in_line(OriginPool& pool, Attempt& attempt);
  Task<Result<void>> open(OriginPool& pool, Attempt& attempt);
  Task<Result<WireRef>> connect(Attempt& attempt, SteadyTime limit);
  /// Has the proxy at the other end of `wire` lead through to the backend.
  Task<Result<void>> lead_through(Wire& wire, Attempt& attempt, SteadyTime limit);
  Error unresolved(const Attempt& attempt, Error why);
  Error not_reached(const Attempt& attempt, bool timed_out);
  Error proxy_failed(std::string_view why);
  Task<Result<void>> begin_tls(Wire& wire, Attempt& attempt, SteadyTime limit);
  Task<Result<Response>> carry(Attempt attempt);
  std::optional<Result<Response>> begin(Attempt& attempt);
  std::chrono::milliseconds time_left(const Attempt& attempt) const;
  std::optional<Result<Response>> take_answer(Attempt& attempt, Reading& reading, Wake why, bool was_sending);
  std::optional<Result<Response>> read_heads(Attempt& attempt, Reading& reading, std::string_view bytes, Block& block);
  /// An answer of 101 with `head`, behind which `rest` came.
  Result<Response> change_protocol(Attempt& attempt, Response response, std::string_view head, std::string_view rest,
                                   Block& block);
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
  std::unique_ptr<H2Client> h2_;     ///< Made when first needed.
};

/// Whether sending twice does no harm.
bool is_idempotent(std::string_view method);

/// An error before anything was sent.
Error not_connected(std::string_view why);

}  // namespace sluice::http
