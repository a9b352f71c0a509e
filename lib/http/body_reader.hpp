// SPDX-License-Identifier: Apache-2.0
// Takes a message body out of received bytes, whatever its framing. Pure, over the caller's memory.
#pragma once

#include "http/chunk_decoder.hpp"
#include "http/request_head.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::http {

class BodyReader {
 public:
  struct Piece {
    std::string_view data;     ///< The body's bytes among those received, made contiguous in place.
    std::size_t consumed = 0;  ///< All received bytes unless the body has ended before.
    bool valid = true;
  };

  BodyReader(Framing framing, std::uint64_t length, const ChunkBounds& bounds)
      : framing_(framing), left_(length), chunks_(bounds), finished_(framing == Framing::none) {}

  Framing framing() const { return framing_; }
  /// The body has ended.
  bool finished() const { return finished_; }
  /// Reads `size` received bytes; moves data down over the framing between.
  Piece take(char* bytes, std::size_t size);
  /// Whether a field came behind the body, which has ended, that may travel on.
  bool has_trailers() const { return chunks_.has_trailers(); }
  std::unique_ptr<Trailers> take_trailers() { return chunks_.take_trailers(); }
  /// The connection has ended. True when that is a regular end.
  bool end_of_input();

 private:
  Piece take_chunks(char* bytes, std::size_t size);

  Framing framing_;
  std::uint64_t left_;
  ChunkDecoder chunks_;
  bool finished_;
};

}  // namespace sluice::http
