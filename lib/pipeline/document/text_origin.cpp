// SPDX-License-Identifier: Apache-2.0
#include "pipeline/document/text_origin.hpp"

#include <algorithm>

namespace sluice {

std::size_t TextOrigin::source_offset(std::size_t text_offset) const {
  const auto after = std::upper_bound(segments_.begin(), segments_.end(), text_offset,
                                      [](std::size_t offset, const Segment& segment) { return offset < segment.text; });
  if (after == segments_.begin()) return segments_.empty() ? 0 : segments_.front().source;
  const Segment& segment = *(after - 1);
  return segment.copied ? segment.source + (text_offset - segment.text) : segment.source;
}

TextOrigin::Piece TextOrigin::piece(std::size_t from, std::size_t end) const {
  const auto after = std::upper_bound(segments_.begin(), segments_.end(), from,
                                      [](std::size_t offset, const Segment& segment) { return offset < segment.text; });
  if (after != segments_.end()) end = std::min(end, after->text);
  const bool copied = after != segments_.begin() && (after - 1)->copied;
  return {end - from, source_offset(from), copied};
}

Diagnostic TextOrigin::diagnostic(Severity severity, std::string_view code, std::size_t text_offset, std::size_t length,
                                  std::string message, std::string hint) const {
  const std::size_t start = source_offset(text_offset);
  const std::size_t end = std::max(start, source_offset(text_offset + length));
  return source_->diagnostic(severity, code, start, end - start, std::move(message), std::move(hint));
}

}  // namespace sluice
