// SPDX-License-Identifier: Apache-2.0
// Any text, cut anywhere: the findings are those of the whole, sorted, inside it and apart, and little is held back.
#include "pii/detector.hpp"

#include "pii/pieces.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

const sluice::pii::Detector& detector(bool has_patterns) {
  static const sluice::pii::Detector plain;
  static const sluice::pii::Detector own = [] {
    sluice::pii::DetectorOptions options;
    options.least = sluice::pii::Confidence::low;
    options.patterns = {{"word", "[a-z]{3}-[0-9]{2,}\\b"}, {"edge", "^q|zz$"}};
    return sluice::pii::Detector(std::move(options));
  }();
  return has_patterns ? own : plain;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto& with = detector((data[0] & 1) != 0);
  std::uint32_t state = data[0] | data[1] << 8u | 1u;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto whole = with.find(text);
  std::size_t end = 0;
  for (const auto& match : whole) {
    require(match.begin >= end && match.end > match.begin && match.end <= text.size() && !match.goes_on);
    end = match.end;
  }
  const auto pieces = sluice::pii::scan_pieces(with, text, [&](std::string_view) {
    state = state * 1664525u + 1013904223u;
    return std::size_t{1} + (state >> 24) % (1 + data[1] % 40u);
  });
  require(pieces.matches == whole);
  require(pieces.most_held <= sluice::pii::max_held_bytes);
  return 0;
}
