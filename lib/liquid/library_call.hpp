// SPDX-License-Identifier: Apache-2.0
// Members of the expression library, called by name: what .NET does is written down once.
#pragma once

#include "expression/evaluation.hpp"

#include <initializer_list>
#include <string_view>

namespace sluice::liquid {

/// What the member gives. `receiver` and `parameters` are spelled as in its row, which must be there; the arguments
/// begin with the receiver unless it is static.
Value call_library(expression::Evaluation& run, std::string_view receiver, std::string_view name,
                   std::string_view parameters, std::initializer_list<Value> arguments);

}  // namespace sluice::liquid
