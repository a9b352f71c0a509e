// SPDX-License-Identifier: Apache-2.0
// Server: a listener for HTTP/1.1, HTTP/2 and WebSocket on the workers of a Runtime. It hands complete heads in normal
// form to a handler, streams bodies both ways with back-pressure, and keeps the rules on framing, sizes and times
// (docs/limits.md).
#pragma once

#include <sluice/http/runtime.hpp>
#include <sluice/limits.hpp>
#include <sluice/listener_tls.hpp>
#include <sluice/message.hpp>
#include <sluice/task.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::http {

/// Answers requests. Called on every worker, at the same time.
class Handler {
 public:
  virtual ~Handler() = default;
  /// Answers one request. Hop-by-hop fields have been removed from it; its path is in normal form. Its
  /// `cancellation` is requested when the caller has gone: then end soon, with any answer.
  virtual Task<Response> handle(Request& request) = 0;
};

struct ServerOptions {
  std::string listen = "127.0.0.1:0";  ///< `HOST:PORT`, `[V6]:PORT`; an address or `localhost`, `*`. Port 0 picks one.
  std::optional<ListenerTls> tls;      ///< Nothing: plain HTTP.
  HttpLimits limits;
  /// Addresses or ranges (`10.0.0.0/8`) of proxies whose X-Forwarded-* and Forwarded are believed (P5). All others
  /// lose these fields.
  std::vector<std::string> trusted_proxies;
  /// Further field names that only the gateway may set: removed from every request (P5).
  std::vector<std::string> identity_headers;
  bool allow_encoded_slash = false;  ///< Keep `%2F` in paths instead of answering 400 (P2).
  bool merge_slashes = false;        ///< `//` in paths becomes `/` (P3).
  /// Refuses requests with 503 under overload (O1). False for a listener that tells how the process is: only its
  /// connections are bounded.
  bool sheds = true;
  /// Bounds the requests that wait for their answers by watching how long these take to begin. For servers whose
  /// requests are alike: where a few slow backends stand beside fast ones, it would refuse what the fast could take.
  bool adaptive_concurrency = false;
  /// Connections without TLS that begin with the preface of HTTP/2 speak that (H6).
  bool http2_prior_knowledge = false;
};

/// What a server has done. Counters only grow.
struct ServerStatistics {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;  ///< L10.
  std::uint64_t accept_failures = 0;      ///< Out of descriptors or memory; accepting paused for a moment.
  std::uint64_t requests = 0;             ///< Complete heads, and heads that were refused.
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t completed = 0;         ///< Requests answered whole.
  std::uint64_t refused = 0;           ///< Answered by the server itself: malformed, too large, too slow.
  std::uint64_t client_aborts = 0;     ///< The caller left before its answer was complete.
  std::uint64_t broken_answers = 0;    ///< The answer's body failed on its way; the client saw it break.
  std::uint64_t read_timeouts = 0;     ///< T2, T3.
  std::uint64_t write_timeouts = 0;    ///< T5.
  std::uint64_t idle_closed = 0;       ///< T4.
  std::uint64_t drain_broken = 0;      ///< Requests that a drain did not wait for.
  std::uint64_t handler_failures = 0;  ///< Exceptions out of the handler; answered 500.
  std::uint64_t tls_handshakes = 0;    ///< Agreed on.
  std::uint64_t tls_resumed = 0;       ///< Of these, those that went on with an earlier session.
  std::uint64_t tls_failures = 0;      ///< Not agreed on: no TLS, no common version or suite, certificate refused.
  std::uint64_t tls_timeouts = 0;      ///< T1.
  std::uint64_t shed_running = 0;      ///< O1, answered 503: `running_requests` were running.
  std::uint64_t shed_delay = 0;        ///< O1: work had been waiting for longer than `queue_delay`, for a while.
  std::uint64_t shed_concurrency = 0;  ///< O1: more would only have made answers slower (`adaptive_concurrency`).
  std::uint64_t shed_memory = 0;       ///< O1: `memory_bytes` were nearly used up.
  std::uint64_t open_connections = 0;  ///< Now.
  std::uint64_t running_requests = 0;  ///< Now.
  std::uint64_t upgraded = 0;          ///< Connections that left HTTP for WebSocket.
  std::uint64_t upgraded_closed = 0;   ///< Those of them that ended with a Close frame, of whichever end.
  std::uint64_t upgraded_cut = 0;      ///< Those that ended without one.
  std::uint64_t upgraded_idle = 0;     ///< Those that were ended because no byte moved for too long.
  std::uint64_t frames_received = 0;   ///< Of WebSocket, from callers.
  std::uint64_t frames_sent = 0;
  std::uint64_t open_upgraded = 0;  ///< Now.
  /// For how long requests have been refused by now with no pause of a second; 0: none lately.
  std::chrono::milliseconds shedding_for{0};

  /// Requests refused because of overload.
  std::uint64_t shed() const { return shed_running + shed_delay + shed_concurrency + shed_memory; }
  std::uint64_t http2_connections = 0;
  std::uint64_t http2_streams = 0;          ///< Streams that brought a request, malformed ones too.
  std::uint64_t http2_streams_refused = 0;  ///< L12: beyond the streams that a connection may have at once.
  std::uint64_t http2_abuse_ended = 0;      ///< H3, H4: connections ended with ENHANCE_YOUR_CALM.
};

class Server {
 public:
  /// `runtime` and `handler` outlive the server.
  Server(Runtime& runtime, ServerOptions options, Handler& handler);
  /// Stops at once if still running.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens on all workers. Returns the port. **Errors**: internal, saying why the address or a certificate cannot be
  /// used.
  Result<std::uint16_t> start();
  /// Reads the files of `ServerOptions::tls` again, for connections made from now on; the others go on as they are.
  /// After an error what was read before stays in use. **Errors**: internal, naming the file. Without TLS: nothing to
  /// do.
  Result<void> reload_tls();
  /// The address as `HOST:PORT`; empty before `start`.
  std::string address() const;
  /// Stops accepting, closes idle connections, lets running requests finish (answered with `Connection: close`) for
  /// up to `timeout`, then cancels and visibly breaks the rest. Blocks; not for workers. True when nothing was broken.
  /// On a loop of the host's it cannot wait: what is running is broken at once.
  bool drain_and_stop(std::chrono::milliseconds timeout);
  /// The same for a loop of the host's, without waiting: the loop calls `done(nothing was broken)` later, which may
  /// destroy the server and the runtime. On a runtime with threads of its own this blocks, then calls `done`.
  void drain(std::chrono::milliseconds timeout, std::function<void(bool whole)> done);

  ServerStatistics statistics() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::http
