// SPDX-License-Identifier: Apache-2.0
// When two JSON values are equal: numbers by value, objects without order.
#pragma once

#include "base/json.hpp"

#include <string>

namespace sluice::schema {

/// A text that is the same for equal values, and for them alone.
void append_canonical(std::string& to, const JsonValue& value);
std::string canonical_text(const JsonValue& value);
bool equal_json(const JsonValue& left, const JsonValue& right);

}  // namespace sluice::schema
