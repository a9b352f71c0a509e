// SPDX-License-Identifier: Apache-2.0
// How much of a folder is read. Artifacts are the operator's own, but a broken tool or a wrong path must end in a
// diagnostic and not in all memory being used.
#pragma once

#include <cstddef>

namespace sluice::model {

/// Bounds of one run of the reader. A folder is never walked to an unknown depth: only the places that the layout has
/// are looked into.
struct ReadBounds {
  std::size_t information_bytes = 1u << 20;     ///< One `*Information.json`, `apis.json` or settings file.
  std::size_t specification_bytes = 16u << 20;  ///< One OpenAPI file.
  std::size_t policy_bytes = 1u << 20;          ///< One policy file; the compiler has a lower bound of its own.
  std::size_t entries = 200'000;                ///< Files and folders seen in all.
  std::size_t total_bytes = 1u << 30;           ///< Of all files read.
};

/// Values of one specification, aliases of YAML counted as often as they stand.
inline constexpr std::size_t specification_values = 2'000'000;
/// Nesting of one specification.
inline constexpr unsigned specification_depth = 64;
/// `$ref` that leads to `$ref`, and references within a schema that is being written out.
inline constexpr unsigned reference_depth = 16;
/// One schema with its references put in.
inline constexpr std::size_t schema_bytes = 256 * 1024;
/// What is kept of one specification: schemas, examples, parameters, bodies, each with a share for itself. A small
/// text can stand for much, because what is referred to is kept wherever it is referred to.
inline constexpr std::size_t imported_bytes = 64u << 20;
inline constexpr std::size_t imported_part_bytes = 64;
/// Parameters of one operation, and media types that Swagger's `consumes` and `produces` name.
inline constexpr std::size_t parameters_per_operation = 500;
inline constexpr std::size_t media_types_per_list = 32;
/// Operations of one API.
inline constexpr std::size_t operations_per_api = 10'000;
/// Members of one pool (the service's own bound).
inline constexpr std::size_t pool_members = 30;
/// Findings kept of one specification; the rest is summed up in one line.
inline constexpr std::size_t findings_per_file = 200;

}  // namespace sluice::model
