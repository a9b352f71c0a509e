// SPDX-License-Identifier: Apache-2.0
// The body of a backend's answer that had not arrived whole with its head, is large, or has trailers: read when asked
// for.
#pragma once

#include "http/connection_body.hpp"

namespace sluice::http {

class AnswerBody final : public ConnectionBody {
 public:
  /// `first`: body bytes that came with the head, in `block`. `connection` is null when the body is whole.
  AnswerBody(Worker& worker, ConnectionRef connection, Block block, std::string_view first, Cancellation& cancellation)
      : ConnectionBody(worker, std::move(connection), std::move(block), first, cancellation, &ClientConnection::drop) {}

  Task<BodyChunk> read() override;
  const Headers* trailers() const override { return trailers_ != nullptr ? trailers_->fields() : nullptr; }
  /// For a body that is whole already.
  void set_trailers(std::unique_ptr<Trailers> trailers) { trailers_ = std::move(trailers); }

 private:
  Task<BodyChunk> wait_and_read();
  std::optional<BodyChunk> take_now();

  std::unique_ptr<Trailers> trailers_;
};

}  // namespace sluice::http
