// SPDX-License-Identifier: Apache-2.0
// Whether a document may be executed against a schema: all rules of the specification.
// Source: GraphQL specification, October 2021, section 5.
#pragma once

#include "graphql/schema.hpp"

#include <vector>

namespace sluice::graphql {

/// Everything that is wrong, at most `most_faults` of it. A valid document has no cycle of fragments.
std::vector<Fault> validate(const Document& document, const Schema& schema, std::size_t most_faults);

/// How deep fields stand inside one another in a valid document; fragments are no level of their own.
unsigned depth_of(const Document& document);

}  // namespace sluice::graphql
