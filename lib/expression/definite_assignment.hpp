// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "expression/findings.hpp"
#include "expression/tree.hpp"

namespace sluice::expression {

/// Reports variables that are read where they may have no value yet (C# specification, "Definite assignment").
/// The tree has no errors.
void check_definite_assignment(const Tree& tree, Findings& findings);

}  // namespace sluice::expression
