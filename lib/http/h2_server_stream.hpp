// SPDX-License-Identifier: Apache-2.0
// Serving one request of HTTP/2: the handler, its answer, and those who wait for something to happen to the stream.
#pragma once

#include "http/admission.hpp"
#include "http/h2_stream.hpp"
#include "http/timed_wait.hpp"
#include "http/worker.hpp"

#include <memory>

namespace sluice::http {

class H2Connection;
class H2RequestBody;

class H2ServerStream final : public H2Stream {
 public:
  explicit H2ServerStream(H2Connection& connection);
  ~H2ServerStream() override;

  /// Deals with what has happened.
  void on_news();
  H2Connection& connection() const { return *connection_; }

  // What a request body needs of its stream.
  TimedWait& body_wait() { return body_wait_; }
  void body_dropped() { body_ = nullptr; }
  /// Sends `100 Continue` when it is still wanted (R11).
  void send_continue();

  bool is_running() const { return running_; }

 private:
  using Ref = boost::intrusive_ptr<H2ServerStream>;

  void begin();
  void set_body();
  void on_closed();
  sluice::detail::Detached serve(Ref self);
  Task<Response> answer();
  H2FieldList make_head(Response& response);
  void send_bytes(Response& response);
  Task<void> send_stream(Response& response);
  Task<void> send_pieces(Response& response);
  Task<bool> next_room();
  std::chrono::milliseconds stall_timeout() const;
  void break_stalled(std::uint64_t sent_before);
  void end(bool gone);

  const boost::intrusive_ptr<H2Connection> connection_;
  H2RequestBody* body_ = nullptr;
  Admission::Ticket ticket_;
  bool admitted_ = false;
  TimedWait body_wait_;
  TimedWait answer_wait_;
  bool running_ = false;
  bool gone_ = false;  // the peer, before its answer was complete
  bool cancelling_ = false;
  bool awaits_continue_ = false;
  bool broken_ = false;  // the answer's body has failed
  bool stalled_ = false;
};

}  // namespace sluice::http
