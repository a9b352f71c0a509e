// SPDX-License-Identifier: Apache-2.0
// A text scanned in pieces, for comparison with the whole.
#pragma once

#include "pii/detector.hpp"

#include <string_view>
#include <vector>

namespace sluice::pii {

/// Findings with those that go on joined to them, and the most bytes that waited.
struct ScannedPieces {
  std::vector<Match> matches;
  std::size_t most_held = 0;
};

/// `next_size(rest)` tells how long the next piece is.
template <class NextSize>
ScannedPieces scan_pieces(const Detector& detector, std::string_view text, NextSize next_size) {
  Scanner scanner(detector);
  ScannedPieces result;
  std::vector<Match> drained;
  const auto drain = [&] {
    for (const Match& match : drained) {
      if (match.goes_on) {
        result.matches.back().end = match.end;
      } else {
        result.matches.push_back(match);
      }
    }
    drained.clear();
    result.most_held = std::max(result.most_held, scanner.held().size());
  };
  while (!text.empty()) {
    const std::size_t size = std::min(text.size(), next_size(text));
    scanner.push(text.substr(0, size), drained);
    text.remove_prefix(size);
    drain();
  }
  scanner.finish(drained);
  drain();
  return result;
}

}  // namespace sluice::pii
