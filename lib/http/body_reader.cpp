// SPDX-License-Identifier: Apache-2.0
#include "http/body_reader.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::http {

BodyReader::Piece BodyReader::take(char* bytes, std::size_t size) {
  switch (framing_) {
    case Framing::none: return {};
    case Framing::until_close: return {{bytes, size}, size, true};
    case Framing::chunked: return take_chunks(bytes, size);
    case Framing::length: break;
  }
  const std::size_t part = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size));
  left_ -= part;
  finished_ = left_ == 0;
  return {{bytes, part}, part, true};
}

BodyReader::Piece BodyReader::take_chunks(char* bytes, std::size_t size) {
  char* const first = bytes;
  char* start = nullptr;  // of the contiguous data
  std::size_t length = 0;
  std::size_t at = 0;
  for (;;) {
    const ChunkDecoder::Step step = chunks_.next({first + at, size - at});
    at += step.consumed;
    if (step.outcome == ChunkDecoder::Outcome::data) {
      if (start == nullptr) {
        start = const_cast<char*>(step.data.data());
      } else {
        std::memmove(start + length, step.data.data(), step.data.size());
      }
      length += step.data.size();
      continue;
    }
    finished_ = step.outcome == ChunkDecoder::Outcome::finished;
    return {{start, length}, at, step.outcome != ChunkDecoder::Outcome::invalid};
  }
}

bool BodyReader::end_of_input() {
  if (framing_ == Framing::until_close) finished_ = true;
  return finished_;
}

}  // namespace sluice::http
