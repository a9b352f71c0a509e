// SPDX-License-Identifier: Apache-2.0
// A state machine over the bytes between data; data itself is skipped in one step. Stricter than RFC 9112 section
// 7.1 where its leniency has been used for smuggling: CR LF only, at most 16 digits, no blank after the size.
#include "http/chunk_decoder.hpp"

#include "base/characters.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice::http {
namespace {

constexpr unsigned most_size_digits = 16;  // 64 bits

}  // namespace

bool ChunkDecoder::take_size_line(char c) {
  if (++line_bytes_ > bounds_.line_bytes) return false;
  if (state_ == State::size_lf) {
    if (c != '\n') return false;
    state_ = left_ == 0 ? State::trailer_start : State::data;
    line_bytes_ = 0;
    digits_ = 0;
    return true;
  }
  if (state_ == State::extension) {
    if (c == '\r') {
      state_ = State::size_lf;
      return true;
    }
    return ++extension_bytes_ <= bounds_.extension_bytes && value_bytes[static_cast<unsigned char>(c)];
  }
  const int digit = hex_value(c);
  if (digit >= 0) {
    if (++digits_ > most_size_digits) return false;
    left_ = left_ << 4 | static_cast<unsigned>(digit);
    state_ = State::size;
    return true;
  }
  if (state_ == State::size_first) return false;
  if (c == '\r') {
    state_ = State::size_lf;
  } else if (c == ';') {
    ++extension_bytes_;
    state_ = State::extension;
  } else {
    return false;
  }
  return true;
}

bool ChunkDecoder::take_trailer(char c) {
  if (++trailer_bytes_ > bounds_.trailer_bytes || !take_trailer_byte(c)) return false;
  if (state_ == State::finished) return trailers_ == nullptr || trailers_->finish();
  if (state_ == State::end_lf) return true;
  if (trailers_ == nullptr) trailers_ = std::make_unique<Trailers>();
  trailers_->take(c);
  return true;
}

bool ChunkDecoder::take_trailer_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  switch (state_) {
    case State::trailer_start:
      state_ = c == '\r' ? State::end_lf : State::trailer_name;
      return c == '\r' || token_bytes[byte];
    case State::trailer_name:
      if (c == ':') state_ = State::trailer_value;
      return c == ':' || token_bytes[byte];
    case State::trailer_value:
      if (c == '\r') state_ = State::trailer_lf;
      return c == '\r' || value_bytes[byte];
    case State::trailer_lf: state_ = State::trailer_start; return c == '\n';
    default: state_ = State::finished; return c == '\n';
  }
}

bool ChunkDecoder::take(char c) {
  switch (state_) {
    case State::size_first:
    case State::size:
    case State::extension:
    case State::size_lf: return take_size_line(c);
    case State::data_cr: state_ = State::data_lf; return c == '\r';
    case State::data_lf: state_ = State::size_first; return c == '\n';
    default: return take_trailer(c);
  }
}

ChunkDecoder::Step ChunkDecoder::next(std::string_view input) {
  std::size_t at = 0;
  for (;;) {
    if (state_ == State::finished) return {Outcome::finished, at, {}};
    if (state_ == State::invalid) return {Outcome::invalid, at, {}};
    if (at == input.size()) return {Outcome::need_more, at, {}};
    if (state_ == State::data) {
      const std::size_t piece = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - at));
      left_ -= piece;
      if (left_ == 0) state_ = State::data_cr;
      return {Outcome::data, at + piece, input.substr(at, piece)};
    }
    if (!take(input[at])) {
      state_ = State::invalid;
      continue;
    }
    ++at;
  }
}

}  // namespace sluice::http
