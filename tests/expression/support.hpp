// SPDX-License-Identifier: Apache-2.0
// Compiles and evaluates one expression in a context, by both engines.
#pragma once

#include <sluice/expression.hpp>

#include "testing/bare_context.hpp"

#include <string>

namespace sluice::test {

/// Value and error of one evaluation, as texts.
struct Evaluated {
  bool compiled = false;
  std::string findings;  ///< Codes and messages, one a line.
  std::string type;
  std::string text;
  std::string error;  ///< Message of the run-time error.
};

inline Evaluated evaluate(std::string_view text, RequestContext& context, const ExpressionOptions& options = {}) {
  Evaluated result;
  const CompiledExpression compiled = compile_expression(text, options);
  for (const ExpressionFinding& finding : compiled.findings) {
    result.findings += std::string(finding.code) + " @" + std::to_string(finding.offset) + " " + finding.message + "\n";
  }
  result.compiled = compiled.expression != nullptr;
  if (!result.compiled) return result;
  const Result<Value> value = compiled.expression->evaluate(context);
  if (!value) {
    result.error = std::string(value.error().message());
    return result;
  }
  result.type = std::string(type_name(*value));
  result.text = std::string(to_text(*value, context.arena));
  return result;
}

/// The text that the expression gives; its findings or error when it gives none.
inline std::string text_of(std::string_view text) {
  testing::ContextFixture fixture;
  const Evaluated result = evaluate(text, fixture.context);
  return !result.compiled ? result.findings : !result.error.empty() ? result.error : result.text;
}

}  // namespace sluice::test
