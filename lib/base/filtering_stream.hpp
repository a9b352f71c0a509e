// SPDX-License-Identifier: Apache-2.0
// FilteringStream: a body whose bytes pass a filter, which may hold some back, change them, and end the body.
#pragma once

#include "base/wrapping_stream.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

class FilteringStream : public WrappingStream {
 public:
  using WrappingStream::WrappingStream;

  Task<BodyChunk> read() final;
  const Headers* trailers() const final { return is_stopped() ? nullptr : WrappingStream::trailers(); }

 private:
  /// Takes bytes of the body; appends to `out` what may go on.
  virtual void feed(std::string_view bytes, std::string& out) = 0;
  /// The body has ended, or broken: the rest goes on, before the error.
  virtual void finish(std::string& out) = 0;
  /// Nothing follows what has gone on; the other body is closed.
  virtual bool is_stopped() const { return false; }

  std::string out_;
  bool is_over_ = false;
  std::optional<Error> failure_;
};

}  // namespace sluice
