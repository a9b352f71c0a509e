// SPDX-License-Identifier: Apache-2.0
// The body of a request of HTTP/2 that had not arrived whole with its head. The peer may send as much as the stream's
// window; it grows again by what has been read (back-pressure).
#pragma once

#include <sluice/message.hpp>

#include <chrono>
#include <optional>

namespace sluice::http {

class H2ServerStream;

class H2RequestBody final : public BodyStream {
 public:
  explicit H2RequestBody(H2ServerStream& stream) : stream_(stream) {}
  ~H2RequestBody() override;

  Task<BodyChunk> read() override;
  void cancel() override;
  const Headers* trailers() const override;

 private:
  Task<BodyChunk> wait_and_read();
  /// What is there. Nothing: wait.
  std::optional<BodyChunk> take_now();
  BodyChunk end(Error error);
  bool is_too_slow() const;

  H2ServerStream& stream_;
  std::chrono::microseconds waited_{0};
  std::optional<Error> error_;
};

}  // namespace sluice::http
