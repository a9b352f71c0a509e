// SPDX-License-Identifier: Apache-2.0
// Literal values of attributes against their declaration.
#pragma once

#include <sluice/policy.hpp>

#include <string>
#include <string_view>

namespace sluice {

/// What a literal of this type looks like, in words: "a positive integer".
std::string describe_type(const AttributeSpec& spec);
/// Whether a literal is of the attribute's type and range, and one of those allowed.
bool is_valid_literal(const AttributeSpec& spec, std::string_view literal);

}  // namespace sluice
