// SPDX-License-Identifier: Apache-2.0
// From the typed tree to the program.
#pragma once

#include "expression/findings.hpp"
#include "expression/program.hpp"

namespace sluice::expression {

/// Null when the program would be too large; reports SL9004. The program lives in `arena`.
const Program* lower(const Tree& tree, Arena& arena, Findings& findings);

}  // namespace sluice::expression
