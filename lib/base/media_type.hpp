// SPDX-License-Identifier: Apache-2.0
// Media types of bodies, and what a caller accepts.
#pragma once

#include <sluice/message.hpp>

#include <string_view>

namespace sluice {

/// `type/subtype` of a Content-Type field, without parameters and blanks.
std::string_view media_type(std::string_view content_type);

/// `application/json`, `text/json`, `…+json`.
bool is_json_type(std::string_view content_type);
/// `application/xml`, `text/xml`, `…+xml`.
bool is_xml_type(std::string_view content_type);

/// Whether Accept names a type for which `wanted` holds, and does not exclude it (`q=0`). Ranges with `*` name none.
/// **Source**: RFC 9110 section 12.5.1.
bool accepts(const Headers& headers, bool (*wanted)(std::string_view));

}  // namespace sluice
