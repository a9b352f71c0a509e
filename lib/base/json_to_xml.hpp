// SPDX-License-Identifier: Apache-2.0
// JSON as XML, by the convention of Json.NET: members are elements, arrays elements of one name, `@name` an attribute,
// `#text` text, `#cdata-section` a CDATA section, `?xml` the declaration, `?name` an instruction. Beyond it, a member
// whose members are attributes, and prefixes that another character than the colon separates.
#pragma once

#include <sluice/arena.hpp>
#include <sluice/error.hpp>
#include <sluice/limits.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

/// The element round everything that is not one element already.
inline constexpr std::string_view xml_document_name = "Document";

struct JsonToXmlOptions {
  bool parses_dates = true;                    ///< Texts that are dates are written as .NET writes dates.
  std::string_view namespace_separator = "_";  ///< Between prefix and name, where the prefix is declared.
  std::string_view namespace_prefix;           ///< Members that begin with it declare namespaces; empty: none do.
  std::string_view attribute_block_name;       ///< Member whose members are attributes; empty: none is.
  ContentLimits limits;
  std::size_t most_bytes = 2u << 20;  ///< Of the result.
  ErrorCode too_large = ErrorCode::response_body_too_large;
};

/// **Errors**: content_conversion_failed for what is no JSON, passes the limits or has no form in XML; `too_large`.
Result<std::string> json_to_xml(std::string_view json, Arena& arena, const JsonToXmlOptions& options);

}  // namespace sluice
