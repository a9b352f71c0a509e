// SPDX-License-Identifier: Apache-2.0
// BegunStream: a body whose first piece has been read already, or has failed.
#pragma once

#include <sluice/message.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace sluice {

class BegunStream final : public BodyStream {
 public:
  /// `first`: as `rest` has given it; valid until its next read.
  BegunStream(std::unique_ptr<BodyStream> rest, BodyChunk first) : rest_(std::move(rest)), first_(std::move(first)) {}

  Task<BodyChunk> read() override {
    if (!first_) return rest_->read();
    BodyChunk first = std::move(*first_);
    first_.reset();
    return first;
  }
  void cancel() override { rest_->cancel(); }
  Task<void> close() override { return rest_->close(); }
  const Headers* trailers() const override { return rest_->trailers(); }

 private:
  std::unique_ptr<BodyStream> rest_;
  std::optional<BodyChunk> first_;
};

}  // namespace sluice
