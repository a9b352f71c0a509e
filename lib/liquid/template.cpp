// SPDX-License-Identifier: Apache-2.0
// compile_liquid: the one entry point of the room.
#include <sluice/liquid.hpp>

#include "liquid/parser.hpp"

#include <string>

namespace sluice {
namespace liquid {
namespace {

ExpressionLimits budget_of(const LiquidOptions& options) {
  ExpressionLimits budget = options.expression;
  budget.steps = options.limits.steps;
  return budget;
}

class Compiled final : public Expression {
 public:
  Compiled(std::string_view text, const LiquidOptions& options, expression::Findings& findings)
      : source_(text), options_(options), budget_(budget_of(options)) {
    Parser parser(source_, options_, findings);
    block_ = parser.parse();
    slots_ = parser.names().slots();
    cursors_ = parser.names().cursors();
    reads_body_ = parser.reads_body();
  }

  Result<Value> evaluate(RequestContext& context) const override {
    Evaluation run(context.arena, &context, budget_);
    Rendering rendering(run, options_, slots_, cursors_);
    if (!run.failed()) block_.render(rendering);
    if (!run.failed()) return Value::string(context.arena.copy(rendering.output()));
    return fail(ErrorCode::expression_evaluation_failure,
                "Liquid template failed. " + std::string(run.raised->message));
  }
  Effects effects() const override {
    if (!reads_body_ || options_.body == LiquidBody::none) return Effects::none;
    return options_.body == LiquidBody::request ? Effects::reads_request_body : Effects::reads_response_body;
  }
  std::optional<Value> constant() const override {
    const bool is_plain = source_.find("{{") == std::string::npos && source_.find("{%") == std::string::npos;
    return is_plain ? std::optional(Value::string(source_)) : std::nullopt;
  }
  std::string_view static_type() const override { return "string"; }
  std::string dump() const override { return source_; }

 private:
  std::string source_;  ///< What the nodes refer to.
  LiquidOptions options_;
  ExpressionLimits budget_;
  Block block_;
  std::size_t slots_ = 0, cursors_ = 0;
  bool reads_body_ = false;
};

}  // namespace
}  // namespace liquid

CompiledExpression compile_liquid(std::string_view text, const LiquidOptions& options) {
  CompiledExpression result;
  expression::Findings findings;
  auto compiled = std::make_shared<liquid::Compiled>(text, options, findings);
  if (!findings.has_errors()) result.expression = std::move(compiled);
  result.findings = std::move(findings).take();
  return result;
}

}  // namespace sluice
