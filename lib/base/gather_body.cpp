// SPDX-License-Identifier: Apache-2.0
#include "base/gather_body.hpp"

#include "base/wrapping_stream.hpp"

#include <string>
#include <utility>

namespace sluice {
namespace {

/// What was read already, then the rest.
class RejoinedStream final : public WrappingStream {
 public:
  RejoinedStream(std::string read_already, std::unique_ptr<BodyStream> rest, std::optional<Error> failure)
      : WrappingStream(std::move(rest)), read_already_(std::move(read_already)), failure_(std::move(failure)) {}

  Task<BodyChunk> read() override {
    if (!told_ && !read_already_.empty()) {
      told_ = true;
      return BodyChunk(std::string_view(read_already_));
    }
    if (failure_) return BodyChunk(fail(*failure_));
    return inner().read();
  }

 private:
  std::string read_already_;
  std::optional<Error> failure_;
  bool told_ = false;
};

}  // namespace

Task<bool> gather_body(Body& body, Arena& arena, std::size_t limit_bytes) {
  if (!body.is_stream()) co_return true;
  const auto length = body.length();
  if (length && *length > limit_bytes) co_return false;
  std::string gathered;
  std::optional<Error> failure;
  for (bool goes_on = true; goes_on && gathered.size() <= limit_bytes;) {
    BodyChunk chunk = co_await body.stream()->read();
    if (!chunk) {
      failure = std::move(chunk.error());
      goes_on = false;
    } else if (chunk->empty()) {
      body.set_bytes(arena.copy(gathered));
      co_return true;
    } else {
      gathered += *chunk;
    }
  }
  auto rejoined = std::make_unique<RejoinedStream>(std::move(gathered), body.take_stream(), std::move(failure));
  body = Body::stream(std::move(rejoined), length);
  co_return false;
}

}  // namespace sluice
