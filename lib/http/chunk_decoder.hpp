// SPDX-License-Identifier: Apache-2.0
// The chunked coding: bytes in, pieces of the body out, no copy (R4, L6, U1). Pure.
#pragma once

#include "http/trailers.hpp"

#include <sluice/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace sluice::http {

/// Bounds of what is not data.
struct ChunkBounds {
  std::size_t line_bytes;       ///< A chunk-size line with its extensions.
  std::size_t extension_bytes;  ///< All extensions of one message.
  std::size_t trailer_bytes;    ///< The trailer section.
};

inline ChunkBounds chunk_bounds(const HttpLimits& limits) {
  return {limits.chunk_line_bytes, limits.chunk_extension_bytes, limits.trailer_bytes};
}

class ChunkDecoder {
 public:
  enum class Outcome : std::uint8_t {
    need_more,  ///< All input was framing; give more.
    data,       ///< `data` is the next piece of the body.
    finished,   ///< The body has ended; what is left of the input belongs to the next message.
    invalid,    ///< Not a chunked body. Stays so.
  };
  struct Step {
    Outcome outcome;
    std::size_t consumed;   ///< Bytes of the input used up, the data included.
    std::string_view data;  ///< A view into the input.
  };

  explicit ChunkDecoder(const ChunkBounds& bounds) : bounds_(bounds) {}

  /// Reads on. Extensions are checked and dropped.
  Step next(std::string_view input);
  /// Whether a field came behind the body, which has ended, that may travel on.
  bool has_trailers() const { return trailers_ != nullptr && trailers_->fields() != nullptr; }
  /// What came behind it; null: nothing.
  std::unique_ptr<Trailers> take_trailers() { return std::move(trailers_); }

 private:
  enum class State : std::uint8_t {
    size_first,
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer_name,
    trailer_value,
    trailer_lf,
    end_lf,
    finished,
    invalid,
  };
  bool take(char c);
  bool take_size_line(char c);
  bool take_trailer(char c);
  bool take_trailer_byte(char c);

  ChunkBounds bounds_;
  std::uint64_t left_ = 0;  // of the current chunk
  std::size_t line_bytes_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  unsigned digits_ = 0;
  State state_ = State::size_first;
  std::unique_ptr<Trailers> trailers_;  // made by the first byte of a trailer
};

}  // namespace sluice::http
