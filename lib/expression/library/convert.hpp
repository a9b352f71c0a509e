// SPDX-License-Identifier: Apache-2.0
// Conversions that other families use.
#pragma once

#include "expression/objects.hpp"

#include <string>
#include <string_view>

namespace sluice::expression {

/// `Convert.ChangeType`. Raises FormatException, OverflowException, InvalidCastException.
Value convert_value(Evaluation& run, const Value& value, const Type* to);
/// The same for objects that convert themselves (JSON values). In library/json.cpp.
Value convert_object(Evaluation& run, const Value& value, const Type* to);
/// Blanks are skipped, padding is needed; false when malformed.
bool decode_base64(std::string_view text, std::string& bytes);

}  // namespace sluice::expression
