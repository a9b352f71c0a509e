// SPDX-License-Identifier: Apache-2.0
// The `format` of JSON Schema and OpenAPI: those that say what a text must look like. Others are notes and check
// nothing, as JSON Schema has it. **Source**: JSON Schema validation, section "format"; OpenAPI "Data Types".
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::schema {

enum class Format : std::uint8_t {
  none,
  date_time,
  date,
  time,
  duration,
  email,
  hostname,
  ipv4,
  ipv6,
  uri,
  uri_reference,
  uuid,
  base64,
  regex,
  int32,
  int64,
};

/// `none` for names that say nothing here.
Format format_of(std::string_view name);
std::string_view name_of(Format format);
/// Whether the format speaks of numbers.
constexpr bool is_numeric(Format format) { return format == Format::int32 || format == Format::int64; }

/// Whether a text has the format (of text).
bool has_format(std::string_view text, Format format);

}  // namespace sluice::schema
