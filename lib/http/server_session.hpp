// SPDX-License-Identifier: Apache-2.0
// One client connection of a server that speaks HTTP/1.1.
//
//   idle ──bytes──▶ head ──complete──▶ serving (handler, then answer) ──keep-alive──▶ idle, or the next pipelined head
//     └─T4─▶ closed   └─refused, T2─▶ lingering ◀──close──┘ └─caller gone, broken answer─▶ closed
//
// Idle and head are plain functions called by the event loop and hold no request; serving is one coroutine.
#pragma once

#include "http/body_reader.hpp"
#include "http/server_connection.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

class RequestBody;
class Session;
class UpgradedSession;
using SessionRef = boost::intrusive_ptr<Session>;

class Session final : public ServerConnection {
 public:
  /// Takes over an accepted connection that has been counted.
  static void start(ServerShard& shard, WireRef wire, std::string peer);
  ~Session() override;

  void drain() override;
  void break_off() override;

  // What a request body needs of its connection.
  /// The body has been read whole; `rest` is the beginning of the next request.
  void body_finished(std::string_view rest);
  void body_dropped() { body_ = nullptr; }
  /// Sends `100 Continue` when it is still wanted.
  void send_continue();
  /// The caller has closed or lost the connection while its request was running.
  void client_gone();

  // What a change of protocol needs of it.
  /// What has come behind the handshake. The connection is not read here any more.
  std::string take_early_bytes();
  /// Whether anything has come behind the handshake.
  bool has_spoken_early();
  /// The backend is not waited for any longer. Whoever reads from it is told through the request's cancellation.
  void give_up_backend() {
    cancel_request([] {});
  }

 private:
  enum class Begin : std::uint8_t {
    started,
    incomplete,
    refused,  ///< Or no longer this connection's.
  };

  using ServerConnection::ServerConnection;
  void await_head();
  void on_head_event(Wake why);
  void receive();
  /// Until a request runs, the bytes do not suffice for one, or the connection ends.
  Begin begin_request(std::string_view bytes, Block& block);
  /// Nothing: the request has been answered, the next may follow.
  std::optional<Begin> take_head(std::string_view bytes, Block& block);
  std::optional<Begin> begin_http2(std::string_view bytes);
  bool take_body(std::string_view rest, Block& block);
  void set_pending(std::string_view bytes);
  void refuse_request(const Refusal& refusal, bool is_head);
  std::optional<Begin> shed();

  sluice::detail::Detached serve(SessionRef self);
  bool may_keep() const;
  void watch_caller();
  void on_caller_event(Wake why);
  /// Interrupts the connection and cancels the request. Both run others at once, who may bring the request to its end;
  /// `serve` waits for this call to return before it lets the request go.
  template <class Interrupt>
  void cancel_request(Interrupt interrupt) {
    cancelling_ = true;
    interrupt();
    request_->cancellation.request();
    cancelling_ = false;
  }
  void end_request();

  std::string pending_;  // received, not used yet: part of a head, or pipelined requests
  std::unique_ptr<Request> request_;
  RequestBody* body_ = nullptr;
  std::unique_ptr<UpgradedSession> upgrade_;  // of a request that asks for it
  RequestFraming framing_;
  Admission::Ticket ticket_;
  std::size_t seen_ = 0;
  std::uint32_t requests_ = 0;
  bool skipped_line_ = false;
  bool body_complete_ = true;
  bool awaits_continue_ = false;
  bool gone_ = false;
  bool broken_off_ = false;
  bool cancelling_ = false;
};

}  // namespace sluice::http
