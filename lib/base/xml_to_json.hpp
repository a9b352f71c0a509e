// SPDX-License-Identifier: Apache-2.0
// XML as JSON: by the convention of Json.NET, or in a plainer form.
#pragma once

#include <sluice/error.hpp>
#include <sluice/limits.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

/// `direct`, Json.NET's convention: the declaration is `?xml`, attributes are `@name`, instructions `?name`, text
/// beside other things `#text`, CDATA `#cdata-section`; elements of one name are an array; an element with nothing but
/// text is that text, `<a />` is null and `<a></a>` the empty text; `json:Array="true"` makes an array of one. Comments
/// and white space between tags are left out. `friendly`: attributes are members like elements, names have no prefixes,
/// text beside other things is `$text`; declarations, instructions and comments are left out, and `xsi:nil="true"` is
/// null.
enum class XmlToJsonKind : std::uint8_t { direct, friendly };

struct XmlToJsonOptions {
  XmlToJsonKind kind = XmlToJsonKind::direct;
  bool always_arrays = false;  ///< Elements inside others are arrays even when there is only one of a name.
  ContentLimits limits;
  std::size_t most_bytes = 2u << 20;  ///< Of the result.
  ErrorCode too_large = ErrorCode::response_body_too_large;
};

/// **Errors**: content_conversion_failed for what is not well-formed or passes the limits; `too_large`.
Result<std::string> xml_to_json(std::string_view xml, const XmlToJsonOptions& options);

}  // namespace sluice
