// SPDX-License-Identifier: Apache-2.0
// The body of an answer over HTTP/2 that had not arrived whole with its head, is large, or has trailers. The backend
// may send more only when what it has sent was read.
#pragma once

#include "http/h2_client_exchange.hpp"

#include <sluice/message.hpp>

namespace sluice::http {

class H2AnswerBody final : public BodyStream {
 public:
  H2AnswerBody(Worker& worker, H2ExchangeRef exchange, Cancellation& cancellation);
  ~H2AnswerBody() override;

  Task<BodyChunk> read() override;
  void cancel() override;
  const Headers* trailers() const override;

  // One a streamed answer: memory comes from the recycled coroutine frames.
  static void* operator new(std::size_t bytes) { return sluice::detail::allocate_frame(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept {
    sluice::detail::release_frame(memory, bytes);
  }

 private:
  struct Cancel {
    H2AnswerBody* body;
    void operator()() const { body->give_up(); }
  };
  Task<BodyChunk> wait_and_read();
  std::optional<BodyChunk> take_now();
  BodyChunk failed();
  void give_up();

  Worker& worker_;
  H2ExchangeRef exchange_;
  std::optional<Error> error_;
  Cancellation::Registration<Cancel> on_cancel_;
};

}  // namespace sluice::http
