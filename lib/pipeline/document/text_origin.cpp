// SPDX-License-Identifier: Apache-2.0
#include "pipeline/document/text_origin.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// `{{name}}` at the offset.
std::string_view written_name(std::string_view source, std::size_t offset) {
  const std::size_t end = source.find("}}", offset);
  return source.substr(offset, end == std::string_view::npos ? end : end + 2 - offset);
}

}  // namespace

const TextOrigin::Segment* TextOrigin::segment_at(std::size_t text_offset) const {
  const auto after = std::upper_bound(segments_.begin(), segments_.end(), text_offset,
                                      [](std::size_t offset, const Segment& segment) { return offset < segment.text; });
  return after == segments_.begin() ? nullptr : &*(after - 1);
}

std::size_t TextOrigin::source_offset(std::size_t text_offset) const {
  const Segment* segment = segment_at(text_offset);
  if (segment == nullptr) return segments_.empty() ? 0 : segments_.front().source;
  return segment->part == Part::copied ? segment->source + (text_offset - segment->text) : segment->source;
}

TextOrigin::Piece TextOrigin::piece(std::size_t from, std::size_t end) const {
  const Segment* segment = segment_at(from);
  if (segment == nullptr) return {end - from, source_offset(from), Part::copied};
  const Segment* next = segment + 1;
  if (next != segments_.data() + segments_.size()) end = std::min(end, next->text);
  return {end - from, source_offset(from), segment->part};
}

bool TextOrigin::holds_secret(std::size_t from, std::size_t end) const {
  while (from < end) {
    const Piece next = piece(from, end);
    if (next.part == Part::secret) return true;
    from += next.size;
  }
  return false;
}

Diagnostic TextOrigin::diagnostic(Severity severity, std::string_view code, std::size_t text_offset, std::size_t length,
                                  std::string message, std::string hint) const {
  const std::size_t start = source_offset(text_offset);
  const std::size_t end = std::max(start, source_offset(text_offset + length));
  return source_->diagnostic(severity, code, start, end - start, std::move(message), std::move(hint));
}

std::string shown_text(const PolicyText& text, std::size_t longest) {
  if (text.origin == nullptr) return shortened(text.text, longest);
  std::string shown;
  for (std::size_t at = 0; at < text.text.size() && shown.size() <= longest;) {
    const auto piece = text.origin->piece(at, text.text.size());
    shown += piece.part == TextOrigin::Part::secret ? written_name(text.origin->source().text(), piece.source)
                                                    : std::string_view(text.text).substr(at, piece.size);
    at += piece.size;
  }
  return shortened(std::move(shown), longest);
}

std::string shortened(std::string text, std::size_t longest) {
  if (text.size() <= longest) return text;
  // Not inside a character.
  while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xC0) == 0x80) --longest;
  text.resize(longest);
  return text + "...";
}

void MappedText::append(const MappedText& from, std::size_t begin, std::size_t end) {
  while (begin < end) {
    const auto piece = from.origin->piece(begin, end);
    append(std::string_view(from.text).substr(begin, piece.size), piece.source, piece.part);
    begin += piece.size;
  }
}

}  // namespace sluice
