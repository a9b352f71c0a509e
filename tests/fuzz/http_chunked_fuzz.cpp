// SPDX-License-Identifier: Apache-2.0
// Any bytes as a chunked body: decoded whole, byte by byte and in place, the data, the trailers and the outcome are the
// same.
#include "http/body_reader.hpp"
#include "http/head_writer.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace sluice::http;

namespace {

constexpr ChunkBounds bounds{256, 8192, 8192};
using Outcome = ChunkDecoder::Outcome;

struct Decoded {
  std::string data;
  std::size_t consumed = 0;
  bool finished = false;
  bool invalid = false;
  std::string trailers;
};

/// Those that travel on, which must be such that they may.
std::string trailers_of(ChunkDecoder& decoder) {
  std::string text;
  if (!decoder.has_trailers()) return text;
  const auto trailers = decoder.take_trailers();
  if (!append_last_chunk(text, trailers->fields())) std::abort();
  return text;
}

Decoded decode(std::string_view bytes, std::size_t step) {
  ChunkDecoder decoder(bounds);
  Decoded result;
  while (result.consumed < bytes.size() && !result.finished && !result.invalid) {
    const auto taken = decoder.next(bytes.substr(result.consumed, step));
    result.data += taken.data;
    result.consumed += taken.consumed;
    result.finished = taken.outcome == Outcome::finished;
    result.invalid = taken.outcome == Outcome::invalid;
  }
  if (result.finished) result.trailers = trailers_of(decoder);
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Decoded whole = decode(bytes, size + 1);
  const Decoded slow = decode(bytes, 1);
  if (slow.data != whole.data || slow.consumed != whole.consumed || slow.trailers != whole.trailers) std::abort();
  std::string memory(bytes);
  BodyReader reader(Framing::chunked, 0, bounds);
  const auto piece = reader.take(memory.data(), memory.size());
  if (piece.valid == whole.invalid || piece.data != whole.data) std::abort();
  return 0;
}
