// SPDX-License-Identifier: Apache-2.0
// WrappingStream: a body that stands before another one. What is read is for who derives to say; giving up, closing and
// trailers are those of the other.
#pragma once

#include <sluice/message.hpp>

#include <memory>
#include <utility>

namespace sluice {

class WrappingStream : public BodyStream {
 public:
  explicit WrappingStream(std::unique_ptr<BodyStream> inner) : inner_(std::move(inner)) {}

  void cancel() override { inner_->cancel(); }
  Task<void> close() override { return inner_->close(); }
  const Headers* trailers() const override { return inner_->trailers(); }

 protected:
  BodyStream& inner() { return *inner_; }

 private:
  const std::unique_ptr<BodyStream> inner_;
};

}  // namespace sluice
