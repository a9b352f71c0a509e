// SPDX-License-Identifier: Apache-2.0
// Values of scalars and enumerations in answers.
// Source: GraphQL specification, October 2021, section 3.5 (result coercion).
#pragma once

#include "base/json.hpp"
#include "graphql/schema.hpp"

#include <optional>
#include <string>

namespace sluice::graphql {

/// The JSON that a value of the type is answered with; nothing when it is no value of it. Numbers, truths and their
/// texts stand for one another where nothing is lost, as data sources are not typed.
std::optional<std::string> leaf_json(const JsonValue& value, const TypeDefinition& type);

}  // namespace sluice::graphql
