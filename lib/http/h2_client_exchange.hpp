// SPDX-License-Identifier: Apache-2.0
// One exchange over HTTP/2: its stream, who waits for it, and the sending of its body, which goes on by itself while
// the answer is awaited and read.
#pragma once

#include "http/h2_client_connection.hpp"
#include "http/timed_wait.hpp"

#include <sluice/message.hpp>
#include <sluice/transport.hpp>

#include <optional>

namespace sluice::http {

class H2Exchange;
using H2ExchangeRef = boost::intrusive_ptr<H2Exchange>;

class H2Exchange final : public H2ClientStream {
 public:
  H2Exchange(H2ClientConnection& connection, Arena& arena, std::string_view method);

  H2ClientConnection& connection() { return *connection_; }
  H2ClientSession& session() { return connection_->session(); }
  SteadyTime begun_at() const { return begun_at_; }

  /// Sends `request`. False when it cannot be written down.
  bool begin(OutgoingRequest& request, Arena& arena);
  /// Ends it from this side; who waits hears of it.
  void give_up();
  /// The same, because whoever reads its answer does not want the rest.
  void cancel();
  /// What the origin's statistics say of it, once: its answer has come whole, or why it has not.
  void count_completed();
  void count_failed(ErrorCode code);
  /// The head of its answer is there.
  void count_head_time();

  /// Awaited: a change of the answer, or the limit.
  TimedWait::Waiting change(SteadyTime limit) { return changed_.until(limit); }
  bool is_uploading() const { return !is_closed() && !upload_ended(); }
  /// The request's stream has been read: it cannot be sent again.
  bool has_read_body() const { return has_read_body_; }
  /// Why the request was given up although the backend is well: its body failed.
  const std::optional<Error>& body_error() const { return body_error_; }
  void on_change() override;

  // Memory comes from the recycled coroutine frames.
  static void* operator new(std::size_t bytes) { return sluice::detail::allocate_frame(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept {
    sluice::detail::release_frame(memory, bytes);
  }

 private:
  sluice::detail::Detached send_stream(H2ExchangeRef self, BodyStream& stream, std::optional<std::uint64_t> length);
  Task<bool> send_piece(std::string_view piece);
  void break_upload(Error why);
  void stop_upload();

  H2ConnectionRef connection_;
  SteadyTime begun_at_;
  SteadyTime measured_from_{};  // nothing, when this exchange is not measured
  TimedWait changed_;
  TimedWait taken_;
  BodyStream* upload_ = nullptr;
  std::optional<Error> body_error_;
  bool has_read_body_ = false;
  bool is_counted_ = false;
};

}  // namespace sluice::http
