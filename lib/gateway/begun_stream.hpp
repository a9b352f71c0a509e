// SPDX-License-Identifier: Apache-2.0
// BegunStream: a body whose first piece has been read already, or has failed.
#pragma once

#include "base/wrapping_stream.hpp"

#include <optional>

namespace sluice {

class BegunStream final : public WrappingStream {
 public:
  /// `first`: as `rest` has given it; valid until its next read.
  BegunStream(std::unique_ptr<BodyStream> rest, BodyChunk first)
      : WrappingStream(std::move(rest)), first_(std::move(first)) {}

  Task<BodyChunk> read() override {
    if (!first_) return inner().read();
    BodyChunk first = std::move(*first_);
    first_.reset();
    return first;
  }

 private:
  std::optional<BodyChunk> first_;
};

}  // namespace sluice
