// SPDX-License-Identifier: Apache-2.0
// The first pass over a policy document. Policy documents are not XML as a strict parser sees it: expressions hold raw
// quotes, `<` and `&`. The scan walks the markup once, checks what pugixml would take silently, and makes a copy of
// equal length in which the special characters inside expressions are fillers, so that every byte offset stays true.
#pragma once

#include "base/source_text.hpp"

#include <sluice/diagnostic.hpp>
#include <sluice/limits.hpp>
#include <sluice/model.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Where an element stands: byte offsets of its `<` and of what is between its tags (empty for `<a/>`).
struct ElementExtent {
  std::size_t begin, content_begin, content_end;
};

struct MarkupScan {
  std::string shielded;                 ///< Parsable by pugixml when there was no error.
  std::vector<ElementExtent> elements;  ///< In document order.
  bool ok = true;
};

/// Scans a whole document. Reports all it finds that can be told apart (SL10xx, SL90xx).
MarkupScan scan_markup(const SourceText& source, PolicyFormat format, const DocumentLimits& limits,
                       Diagnostics& diagnostics);

/// The characters that the five entities of XML and character references stand for; length of the reference in
/// `text` (which starts with `&`), or 0 when it is none of them.
std::size_t decode_reference(std::string_view text, std::string& decoded);

/// Length of `text`'s leading blanks.
std::size_t leading_blanks(std::string_view text);
/// Whether `text`, after blanks, begins with `@(` or `@{`.
bool begins_expression(std::string_view text);

/// Where the value of an attribute or text that begins with an expression ends: at the delimiter, with the expression
/// balanced before it. By the two steps of the reference: first what stands before the next delimiter with its
/// entities decoded, then the raw source.
struct ExpressionExtent {
  enum class Problem : std::uint8_t { none, unbalanced, followed_by_text };
  std::size_t size = 0;  ///< Bytes up to the delimiter.
  Problem problem = Problem::none;
};
ExpressionExtent expression_extent(std::string_view text, char delimiter);

}  // namespace sluice
