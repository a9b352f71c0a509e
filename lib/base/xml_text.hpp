// SPDX-License-Identifier: Apache-2.0
// Texts and names as they are written into XML 1.0.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

/// Appends text between tags: `&`, `<`, `>` and CR as references.
void append_xml_text(std::string& to, std::string_view text);
/// Appends the value of an attribute with its quotes: white space apart from blanks as references too.
void append_xml_value(std::string& to, std::string_view value);

/// Whether XML 1.0 may hold the text: valid UTF-8 of the characters of `Char`.
bool is_xml_text(std::string_view text);

/// A name in which characters that may not stand in one are `_xHHHH_`, as .NET's XmlConvert.EncodeName writes it. A
/// colon is such a character unless `keeps_colon`.
std::string encode_xml_name(std::string_view name, bool keeps_colon);
/// The other way round.
std::string decode_xml_name(std::string_view name);

}  // namespace sluice
