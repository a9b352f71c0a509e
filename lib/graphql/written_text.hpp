// SPDX-License-Identifier: Apache-2.0
// What texts of GraphQL documents mean.   Source: GraphQL specification, October 2021, section 2.9.4.
#pragma once

#include "graphql/syntax.hpp"

#include <string>

namespace sluice::graphql {

/// The text with its escapes decoded, a block without the indentation of its lines.
std::string decoded(const WrittenText& text);

}  // namespace sluice::graphql
