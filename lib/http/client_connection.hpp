// SPDX-License-Identifier: Apache-2.0
// One connection to a backend, and the exchange that it carries at the moment.
#pragma once

#include "http/backend_contexts.hpp"
#include "http/body_reader.hpp"
#include "http/counters.hpp"
#include "http/origin_cells.hpp"
#include "http/pool_state.hpp"
#include "http/resolver.hpp"
#include "http/tls_stream.hpp"
#include "http/wire.hpp"

#include <sluice/http/runtime.hpp>
#include <sluice/transport.hpp>

#include <optional>
#include <string>

namespace sluice::http {

/// How exchanges and connections of one worker's client went.
struct ClientCells {
  Cell requests, completed, opened, reused, failed, evicted, resent, broken, timed_out, invalid, cancelled, bytes_sent,
      bytes_received, open, tls_handshakes, tls_resumed, upgraded, tunnels, proxy_failures;
};

/// What all clients of a runtime share.
struct ClientShared {
  explicit ClientShared(const RuntimeOptions& options) : limits(options.limits), contexts(options.tls) {}
  HttpLimits limits;
  BackendContexts contexts;
  LookUp look_up = ask_system;
};

class WorkerClient;
class ClientConnection;
class LineWait;
using ConnectionRef = boost::intrusive_ptr<ClientConnection>;

/// The proxy that the connections of one pool go through.
struct OriginProxy {
  std::string host;
  std::uint16_t port = 0;
  std::string authorization;
  bool is_tunnel = false;  ///< It leads them through; otherwise it is sent requests.

  explicit OriginProxy(const OutgoingRequest& request);
  bool is_of(const OutgoingRequest& request) const;
  auto operator<=>(const OriginProxy&) const = default;
};

/// Where connections of one pool go, and what is demanded of them.
struct Origin {
  bool tls = false;
  bool verify_chain = true;
  bool verify_name = true;
  bool to_instance_metadata = false;  ///< Kept apart: no other request may have such a connection (S2).
  std::uint16_t port = 0;
  std::string host;
  BackendContextRef context;  ///< Null without TLS.
  std::optional<OriginProxy> proxy;

  Origin(const OutgoingRequest& request, BackendContexts& contexts);
  bool is_of(const OutgoingRequest& request) const;
  /// `https://host:port`.
  std::string name() const;
  auto operator<=>(const Origin&) const = default;
};

/// The connections of one worker to one origin with one set of TLS demands.
struct OriginPool {
  OriginPool(WorkerClient& of, const Origin& to, std::size_t cap, std::size_t line)
      : client(of), origin(to), state(cap, line) {}
  WorkerClient& client;
  const Origin origin;
  PoolState<ClientConnection, LineWait> state;
  OriginCells cells;
  SteadyTime last_use{};
  std::uint64_t measured_beat = ~std::uint64_t{0};  ///< Of the worker's loop, when a time was last measured.
  const std::shared_ptr<TlsSessionSlot> session = std::make_shared<TlsSessionSlot>();
  bool speaks_http_1 = false;  ///< Agreed by ALPN, where HTTP/2 had been offered.
};

class ClientConnection : public boost::intrusive_ref_counter<ClientConnection, boost::thread_unsafe_counter> {
 public:
  ClientConnection(WorkerClient& client, OriginPool& pool, WireRef wire);
  ~ClientConnection();

  Wire& wire() { return *wire_; }
  WorkerClient& client() { return client_; }
  OriginPool& pool() { return *pool_; }

  /// Begins an exchange. The state of the last one is gone.
  void begin();
  /// Sends head and body of `request`; goes on by itself while the answer is awaited when that takes time.
  /// `chunked`: how a stream is framed.
  void send(OutgoingRequest& request, std::string& head, bool chunked);
  /// Sends a handshake; the request's body waits for the answer.
  void send_handshake(std::string& head);
  /// The backend has agreed to leave HTTP: what `bytes` gives goes to it from now on, and its end closes this half.
  void change_protocol(BodyStream& bytes) { pump(this, bytes); }
  /// After that: the backend has closed its half.
  void backend_ended();
  bool is_sending() const { return sending_; }
  bool wrote_nothing() {
    wire_->send_waiting();  // it may have been about to find out
    return wire_->left_bytes() == 0;
  }
  /// Why the request could not be sent although the connection is alive: its body failed.
  const std::optional<Error>& body_error() const { return body_error_; }

  BodyReader& reader() { return reader_; }
  void expect_body(Framing framing, std::uint64_t length, bool reusable);
  /// The answer has been read whole; `clean`: nothing followed it. Back into the pool, if it may.
  void finish(bool clean);
  /// Ends the exchange and the connection.
  void drop();
  /// The same, so that the backend sees it break.
  void break_off();
  /// Nobody uses it; watched until it is.
  void rest();

 private:
  sluice::detail::Detached send_rest(ConnectionRef self, std::string head, std::string_view body, std::size_t written);
  sluice::detail::Detached send_stream(ConnectionRef self, std::string head, BodyStream& stream, bool chunked,
                                       std::uint64_t length);
  sluice::detail::Detached pump(ConnectionRef self, BodyStream& bytes);
  Task<bool> send_pieces(Gather pieces);
  void break_upload(Error why);
  void stop_sending();
  void on_idle_event(Wake why);
  bool is_old() const;

  WorkerClient& client_;
  OriginPool* pool_;
  WireRef wire_;
  BodyReader reader_;
  BodyStream* upload_ = nullptr;
  std::optional<Error> body_error_;
  SteadyTime old_from_;
  SteadyTime began_{};  // nothing, when this exchange is not measured
  bool sending_ = false;
  bool reusable_ = true;
  bool idle_ = false;
  bool dropped_ = false;
  bool backend_has_ended_ = false;
};

}  // namespace sluice::http
