// SPDX-License-Identifier: Apache-2.0
// From text to syntax. Both stop at the first mistake.
#pragma once

#include "graphql/syntax.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <string_view>

namespace sluice::graphql {

struct ParseLimits {
  unsigned depth = 50;  ///< Of selections, values and types inside one another.
  std::size_t tokens = 10'000;
};

/// An executable document: operations and fragments.
tl::expected<Document, Fault> parse_document(std::string_view text, const ParseLimits& limits);

/// A document of type definitions and extensions.
tl::expected<TypeDocument, Fault> parse_types(std::string_view text, const ParseLimits& limits);

}  // namespace sluice::graphql
