// SPDX-License-Identifier: Apache-2.0
// The body of a request that had not arrived whole with its head, or has trailers: read from the connection when asked
// for, never ahead (back-pressure). Holds memory only while it has bytes to give.
#pragma once

#include "http/body_reader.hpp"
#include "http/server_session.hpp"

#include <sluice/message.hpp>

namespace sluice::http {

class RequestBody final : public BodyStream {
 public:
  /// `first`: body bytes that came with the head, in `block`.
  RequestBody(Session& session, BodyReader reader, Block block, std::string_view first);
  ~RequestBody() override;

  Task<BodyChunk> read() override;
  void cancel() override;
  const Headers* trailers() const override { return trailers_ != nullptr ? trailers_->fields() : nullptr; }

 private:
  Task<BodyChunk> wait_and_read();
  /// Reads what is there. Nothing: wait.
  std::optional<BodyChunk> take_now();
  BodyChunk accept(BodyReader::Piece piece, std::size_t received);
  BodyChunk end(Error error);
  void take_trailers();
  bool is_too_slow() const;

  Session& session_;
  BodyReader reader_;
  Block block_;
  std::string_view first_;
  std::uint64_t received_ = 0;
  std::chrono::microseconds waited_{0};
  std::optional<Error> error_;
  std::unique_ptr<Trailers> trailers_;
};

}  // namespace sluice::http
