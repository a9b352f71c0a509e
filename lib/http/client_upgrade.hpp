// SPDX-License-Identifier: Apache-2.0
// The body of an answer of 101: what the backend sends once its connection has left HTTP. Such a connection never
// returns to its pool but counts there until it has closed. It lives as long as this stream, and so do the request's
// bytes that are pumped to the backend meanwhile: after the end of one half the other goes on until the stream is
// dropped.
#pragma once

#include "http/connection_body.hpp"

namespace sluice::http {

class UpgradedAnswer final : public ConnectionBody {
 public:
  /// `first`: bytes that came with the head, in `block`.
  UpgradedAnswer(Worker& worker, ConnectionRef connection, Block block, std::string_view first,
                 Cancellation& cancellation)
      : ConnectionBody(worker, std::move(connection), std::move(block), first, cancellation,
                       &ClientConnection::break_off) {}

  Task<BodyChunk> read() override;

 private:
  Task<BodyChunk> wait_and_read();
  std::optional<BodyChunk> take_now();
};

}  // namespace sluice::http
