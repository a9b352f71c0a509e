// SPDX-License-Identifier: Apache-2.0
// A sample value for a JSON Schema: what mock-response answers when an operation has no example.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Bounds of one sample: recursive schemas end there.
struct SampleLimits {
  unsigned depth = 16;          ///< Nested values; deeper ones are null.
  std::size_t values = 10'000;  ///< Values in all; further ones are null.
};

/// JSON on one line that has the shape `schema` describes: `example`, `default` or the first of `enum` where there is
/// one, else a plain value of the type. Knows properties, items, allOf, the first of oneOf and anyOf, and references
/// within the schema. Nothing when `schema` is no JSON object.
std::optional<std::string> sample_of_schema(std::string_view schema, const SampleLimits& limits = {});

}  // namespace sluice
