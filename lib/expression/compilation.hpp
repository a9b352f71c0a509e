// SPDX-License-Identifier: Apache-2.0
// Everything that one expression compiles to.
#pragma once

#include "expression/findings.hpp"
#include "expression/tree.hpp"

#include <sluice/expression.hpp>

#include <memory>
#include <optional>

namespace sluice::expression {

struct Program;

struct Compilation {
  Arena arena{1024};  ///< A service has tens of thousands of these, most of them short.
  ExpressionLimits limits;
  Tree tree;
  const Program* program = nullptr;
  const Type* type = nullptr;
  Effects effects = Effects::none;
  std::optional<Value> constant;
};

/// Null after an error.
std::unique_ptr<Compilation> compile(std::string_view text, const ExpressionOptions& options, Findings& findings);

}  // namespace sluice::expression
