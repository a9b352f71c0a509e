// SPDX-License-Identifier: Apache-2.0
// TextOrigin: where each byte of an attribute's value or an element's text stands in its file. Decoding entities and
// substituting named values shift bytes; the map keeps one segment for every shift.
#pragma once

#include "base/source_text.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

class TextOrigin {
 public:
  explicit TextOrigin(std::shared_ptr<const SourceText> source) : source_(std::move(source)) {}

  const SourceText& source() const { return *source_; }
  const std::shared_ptr<const SourceText>& shared_source() const { return source_; }

  /// The text from `text_offset` on is copied byte for byte from `source_offset` on.
  void copied(std::size_t text_offset, std::size_t source_offset) {
    segments_.push_back({text_offset, source_offset, true});
  }
  /// The text from `text_offset` on stands for what is at `source_offset` (an entity, a named value).
  void replaced(std::size_t text_offset, std::size_t source_offset) {
    segments_.push_back({text_offset, source_offset, false});
  }
  std::size_t source_offset(std::size_t text_offset) const;

  /// The longest run from `from`, ending before `end`, that lies in one segment.
  struct Piece {
    std::size_t size, source;
    bool copied;
  };
  Piece piece(std::size_t from, std::size_t end) const;

  Diagnostic diagnostic(Severity severity, std::string_view code, std::size_t text_offset, std::size_t length,
                        std::string message, std::string hint = {}) const;

 private:
  struct Segment {
    std::size_t text, source;
    bool copied;
  };
  std::shared_ptr<const SourceText> source_;
  std::vector<Segment> segments_;
};

/// A text and where it came from.
struct MappedText {
  std::string text;
  std::shared_ptr<TextOrigin> origin;
};

}  // namespace sluice
