// SPDX-License-Identifier: Apache-2.0
#include "ai/token_estimate.hpp"

#include "base/text.hpp"

namespace sluice::ai {
namespace {

constexpr std::uint32_t letters_per_token = 7;
constexpr std::uint32_t digits_per_token = 3;
constexpr std::uint32_t marks_per_token = 4;
constexpr std::uint32_t blanks_per_token = 8;
constexpr std::uint32_t others_per_token = 2;
constexpr std::uint32_t first_ideograph = 0x2e80;  ///< From here on a character is about a token.
constexpr std::uint32_t first_beyond_basic_plane = 0x10000;

}  // namespace

void TokenEstimate::count(Run run, std::uint32_t code_point) {
  const bool goes_on = run == run_ && (run != Run::mark || code_point == mark_);
  length_ = goes_on ? length_ + 1 : 1;
  run_ = run;
  mark_ = code_point;
  std::uint32_t per_token = 1;
  switch (run) {
    case Run::letters: per_token = letters_per_token; break;
    case Run::digits: per_token = digits_per_token; break;
    case Run::mark: per_token = marks_per_token; break;
    case Run::other: per_token = others_per_token; break;
    case Run::blanks:
      // One blank belongs to the word after it.
      if (length_ % blanks_per_token == 2) ++tokens_;
      return;
    case Run::none: break;
  }
  if (per_token == 1 || length_ % per_token == 1) ++tokens_;
}

void TokenEstimate::add(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (bytes_missing_ > 0 && (byte & 0xc0) == 0x80) {
      partial_ = partial_ << 6 | (byte & 0x3f);
      if (--bytes_missing_ > 0) continue;
      if (partial_ >= first_ideograph) {
        run_ = Run::none;
        tokens_ += partial_ >= first_beyond_basic_plane ? 2 : 1;
      } else {
        count(Run::other, partial_);
      }
      continue;
    }
    if (bytes_missing_ > 0) ++tokens_;  // The sequence before was cut short.
    bytes_missing_ = 0;
    if (is_alpha(c)) {
      count(Run::letters, byte);
    } else if (is_digit(c)) {
      count(Run::digits, byte);
    } else if (c == ' ') {
      count(Run::blanks, byte);
    } else if (byte < 0x80) {
      count(Run::mark, byte);
    } else if (byte >= 0xc2 && byte <= 0xf4) {
      bytes_missing_ = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
      partial_ = byte & (0x3fu >> bytes_missing_);
    } else {
      ++tokens_;
      run_ = Run::none;
    }
  }
}

std::int64_t estimate_tokens(std::string_view text) {
  TokenEstimate estimate;
  estimate.add(text);
  return estimate.tokens();
}

}  // namespace sluice::ai
