// SPDX-License-Identifier: Apache-2.0
// YAML into the tree that JSON is read into.
#pragma once

#include "base/json.hpp"

#include <sluice/arena.hpp>
#include <tl/expected.hpp>

#include <string_view>

namespace sluice::model {

/// Parses the first document of a YAML text. Plain scalars get their type by the core schema of YAML 1.2 (null, true,
/// false, numbers); quoted ones are strings; keys are always text. Aliases count as often as they stand, so that a
/// small text cannot stand for a huge tree.
tl::expected<const JsonValue*, JsonError> parse_yaml(std::string_view text, Arena& arena, const JsonLimits& limits);

}  // namespace sluice::model
