// SPDX-License-Identifier: Apache-2.0
// Runs a compiled program.
#pragma once

#include "expression/evaluation.hpp"
#include "expression/program.hpp"

namespace sluice::expression {

/// An exception is left in `run.raised`.
Value run_program(Evaluation& run, const Program& program);
/// The program in readable form.
std::string dump_program(const Program& program);

}  // namespace sluice::expression
