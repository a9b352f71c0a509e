// SPDX-License-Identifier: Apache-2.0
#include "base/read_within.hpp"

namespace sluice {

Task<Result<std::string>> read_within(Body& body, std::size_t limit_bytes, Clock& clock, SteadyTime deadline) {
  if (!body.is_stream()) {
    if (body.data().size() > limit_bytes) co_return fail(ErrorCode::response_body_too_large);
    co_return std::string(body.data());
  }
  BodyStream& stream = *body.stream();
  std::string text;
  for (;;) {
    BodyChunk piece = co_await stream.read();
    if (!piece) co_return fail(std::move(piece.error()));
    if (piece->empty()) co_return text;
    text += *piece;
    const bool is_late = clock.steady_now() >= deadline;
    if (text.size() <= limit_bytes && !is_late) continue;
    co_await stream.close();
    co_return fail(is_late ? ErrorCode::timeout : ErrorCode::response_body_too_large);
  }
}

}  // namespace sluice
