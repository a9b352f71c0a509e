// SPDX-License-Identifier: Apache-2.0
// The plain tree walker.
#pragma once

#include "expression/evaluation.hpp"
#include "expression/tree.hpp"

namespace sluice::expression {

/// Evaluates the function, which takes no arguments. An exception is left in `run.raised`.
Value reference_eval(Evaluation& run, const Function& function);
/// Evaluates one expression that uses no variables.
Value reference_eval(Evaluation& run, const Node& node);

}  // namespace sluice::expression
