// SPDX-License-Identifier: Apache-2.0
// Delivery: the body of an answer on its way to the caller. Passes every piece on as it comes, shows it to those who
// observe, and ends the request when the body ends: whole, broken, or given up.
#pragma once

#include "gateway/running_request.hpp"

#include <optional>

namespace sluice {

class Delivery final : public BodyStream {
 public:
  Delivery(RunningRequest& running, Body body) : running_(running), body_(std::move(body)) {}
  ~Delivery() override;

  Task<BodyChunk> read() override;
  void cancel() override;
  Task<void> close() override;
  const Headers* trailers() const override { return body_.is_stream() ? body_.stream()->trailers() : nullptr; }

 private:
  Task<BodyChunk> next_piece();
  void tell_observers();

  RunningRequest& running_;
  Body body_;
  std::string_view unseen_;  ///< The last piece, until it has left: whoever reads it waits for nobody.
  bool is_reading_ = false;
  bool is_over_ = false;  ///< Its end has been found; nothing more is to be done here.
  bool bytes_are_sent_ = false;
  std::optional<Task<void>> ending_;  ///< Work that giving up has begun.
};

}  // namespace sluice
