// SPDX-License-Identifier: Apache-2.0
// Runs a compiled program.
#pragma once

#include "expression/evaluation.hpp"
#include "expression/program.hpp"

namespace sluice::expression {

struct Frame;

/// Runs a function of the program. An exception is left in `run.raised`.
Value execute(Evaluation& run, const Program& program, const Code& code, Frame* outer, const Value* arguments,
              std::uint32_t count);
inline Value run_program(Evaluation& run, const Program& program) {
  return execute(run, program, *program.main, nullptr, nullptr, 0);
}
/// The program in readable form.
std::string dump_program(const Program& program);

}  // namespace sluice::expression
