// SPDX-License-Identifier: Apache-2.0
#include "base/filtering_stream.hpp"

namespace sluice {

Task<BodyChunk> FilteringStream::read() {
  out_.clear();
  while (out_.empty() && !is_over_) {
    BodyChunk chunk = co_await inner().read();
    if (chunk && !chunk->empty()) {
      feed(*chunk, out_);
      if (!is_stopped()) continue;
      is_over_ = true;
      co_await close();
    } else {
      finish(out_);
      is_over_ = true;
      if (!chunk) failure_ = std::move(chunk.error());
    }
  }
  if (out_.empty() && failure_) co_return fail(std::move(*failure_));
  co_return std::string_view(out_);
}

}  // namespace sluice
