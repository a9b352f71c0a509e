// SPDX-License-Identifier: Apache-2.0
// What holding one message against a schema may cost beyond `SchemaLimits`. Schemas are the operator's own, messages
// are not: alternatives inside alternatives must not let a small body cost much.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::schema {

/// Schemas held against values, and names compared, in one check.
inline constexpr std::uint64_t check_steps = 4'000'000;
/// Schemas in place of one another for one value: `$ref`, allOf, anyOf, … in each other.
inline constexpr unsigned in_place_depth = 64;
/// The same over all values around one: what one check may take of the call stack.
inline constexpr unsigned nesting_depth = 1'000;
/// Work of one match of one pattern.
inline constexpr std::uint32_t pattern_match_steps = 200'000;
inline constexpr std::uint32_t pattern_heap_kilobytes = 4'096;
inline constexpr std::size_t pattern_bytes = 4 * 1024;
/// Schemas inside one document, and documents that one schema is made of.
inline constexpr std::size_t schemas_per_document = 100'000;
inline constexpr std::size_t documents_per_schema = 100;
/// Compiled schemas kept for others that need the same. Those that nobody uses are let go first.
inline constexpr std::size_t kept_schemas = 10'000;

}  // namespace sluice::schema
