// SPDX-License-Identifier: Apache-2.0
// TextOrigin: where each byte of an attribute's value or an element's text stands in its file. Decoding entities and
// substituting named values shift bytes; the map keeps one segment for every shift.
#pragma once

#include "base/source_text.hpp"

#include <sluice/policy.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

class TextOrigin {
 public:
  /// How a part of the text came to be.
  enum class Part : std::uint8_t {
    copied,       ///< Byte for byte.
    reference,    ///< What an entity stands for.
    named_value,  ///< What `{{name}}` stands for.
    secret        ///< The same, not to be shown.
  };

  explicit TextOrigin(std::shared_ptr<const SourceText> source) : source_(std::move(source)) {}

  const SourceText& source() const { return *source_; }
  const std::shared_ptr<const SourceText>& shared_source() const { return source_; }

  /// The text from `text_offset` on is what stands at `source_offset`, or stands for it. Offsets ascend.
  void add(std::size_t text_offset, std::size_t source_offset, Part part) {
    segments_.push_back({text_offset, source_offset, part});
  }
  std::size_t source_offset(std::size_t text_offset) const;

  /// The longest run from `from`, ending before `end`, that lies in one segment.
  struct Piece {
    std::size_t size, source;
    Part part;
  };
  Piece piece(std::size_t from, std::size_t end) const;
  /// Whether some byte of the range stands for a secret.
  bool holds_secret(std::size_t from, std::size_t end) const;

  Diagnostic diagnostic(Severity severity, std::string_view code, std::size_t text_offset, std::size_t length,
                        std::string message, std::string hint = {}) const;

 private:
  struct Segment {
    std::size_t text, source;
    Part part;
  };
  /// The segment that holds the byte, or null before the first.
  const Segment* segment_at(std::size_t text_offset) const;

  std::shared_ptr<const SourceText> source_;
  std::vector<Segment> segments_;
};

/// The text as it may be shown in messages: secret named values as they are written, and no more than `longest` bytes.
std::string shown_text(const PolicyText& text, std::size_t longest);
/// No more than `longest` bytes of UTF-8, with dots in the place of the rest.
std::string shortened(std::string text, std::size_t longest);

/// A text and where it came from, while it is being made.
struct MappedText {
  explicit MappedText(std::shared_ptr<const SourceText> source)
      : origin(std::make_shared<TextOrigin>(std::move(source))) {}
  void append(std::string_view part, std::size_t source_offset, TextOrigin::Part kind = TextOrigin::Part::copied) {
    origin->add(text.size(), source_offset, kind);
    text += part;
  }
  /// A part of another text with its map.
  void append(const MappedText& from, std::size_t begin, std::size_t end);

  std::string text;
  std::shared_ptr<TextOrigin> origin;
};

}  // namespace sluice
