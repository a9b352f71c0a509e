// SPDX-License-Identifier: Apache-2.0
// Blanks and entity references: the smallest parts of a document's text.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

/// The characters that the five entities of XML and character references stand for; length of the reference in
/// `text` (which starts with `&`), or 0 when it is none of them.
std::size_t decode_reference(std::string_view text, std::string& decoded);

/// A text with its references decoded; what is no reference stays as it is.
struct DecodedText {
  std::string text;
  bool any = false;  ///< There was a reference.
};
DecodedText decode_references(std::string_view text);

/// Length of `text`'s leading blanks, those of Unicode included: they stand around expressions that were copied from
/// web pages, and `String.Trim` takes them.
std::size_t leading_blanks(std::string_view text);
/// Without the blanks of Unicode at both ends.
std::string_view trim_blanks(std::string_view text);

}  // namespace sluice
