// SPDX-License-Identifier: Apache-2.0
// The body of an answer of 101: what the backend sends once its connection has left HTTP. Such a connection never
// returns to its pool but counts there until it has closed. It lives as long as this stream, and so do the request's
// bytes that are pumped to the backend meanwhile: after the end of one half the other goes on until the stream is
// dropped.
#pragma once

#include "http/client_connection.hpp"

#include <sluice/message.hpp>

namespace sluice::http {

class UpgradedAnswer final : public BodyStream {
 public:
  /// `first`: bytes that came with the head, in `block`.
  UpgradedAnswer(Worker& worker, ConnectionRef connection, Block block, std::string_view first,
                 Cancellation& cancellation);
  ~UpgradedAnswer() override;

  Task<BodyChunk> read() override;
  void cancel() override;

 private:
  struct Cancel {
    UpgradedAnswer* answer;
    void operator()() const { answer->give_up(); }
  };
  Task<BodyChunk> wait_and_read();
  std::optional<BodyChunk> take_now();
  BodyChunk end(Error error);
  /// Breaks the connection off; a pending read ends with `cancelled`.
  void give_up();

  Worker& worker_;
  ConnectionRef connection_;
  Block block_;
  std::string_view first_;
  std::optional<Error> error_;
  bool has_ended_ = false;
  Cancellation::Registration<Cancel> on_cancel_;
};

}  // namespace sluice::http
