// SPDX-License-Identifier: Apache-2.0
// Folding: what depends only on constants and on roots known when a pipeline is compiled is computed then.
#pragma once

#include "expression/compilation.hpp"

namespace sluice::expression {

/// Replaces foldable parts of the tree by constants, removes decided branches, notes the effects.
void fold_constants(Compilation& compilation, const ExpressionOptions& options);

}  // namespace sluice::expression
