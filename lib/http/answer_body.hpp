// SPDX-License-Identifier: Apache-2.0
// The body of a backend's answer that had not arrived whole with its head, is large, or has trailers: read when asked
// for.
#pragma once

#include "http/client_connection.hpp"

#include <sluice/message.hpp>

namespace sluice::http {

class AnswerBody final : public BodyStream {
 public:
  /// `first`: body bytes that came with the head, in `block`. `connection` is null when the body is whole.
  AnswerBody(Worker& worker, ConnectionRef connection, Block block, std::string_view first, Cancellation& cancellation);
  ~AnswerBody() override;

  Task<BodyChunk> read() override;
  void cancel() override;
  const Headers* trailers() const override { return trailers_ != nullptr ? trailers_->fields() : nullptr; }
  /// For a body that is whole already.
  void set_trailers(std::unique_ptr<Trailers> trailers) { trailers_ = std::move(trailers); }

  // One a streamed answer: memory comes from the recycled coroutine frames.
  static void* operator new(std::size_t bytes) { return sluice::detail::allocate_frame(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept {
    sluice::detail::release_frame(memory, bytes);
  }

 private:
  struct Cancel {
    AnswerBody* body;
    void operator()() const { body->give_up(); }
  };
  Task<BodyChunk> wait_and_read();
  std::optional<BodyChunk> take_now();
  BodyChunk end(Error error);
  /// Drops the connection; a pending read ends with `cancelled`.
  void give_up();

  Worker& worker_;
  ConnectionRef connection_;
  Block block_;
  std::string_view first_;
  std::optional<Error> error_;
  std::unique_ptr<Trailers> trailers_;
  Cancellation::Registration<Cancel> on_cancel_;
};

}  // namespace sluice::http
