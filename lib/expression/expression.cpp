// SPDX-License-Identifier: Apache-2.0
// compile_expression: scan, parse, check, fold, lower. What it gives is immutable and evaluated from any thread.
#include <sluice/expression.hpp>

#include "expression/checker.hpp"
#include "expression/compilation.hpp"
#include "expression/definite_assignment.hpp"
#include "expression/eval.hpp"
#include "expression/fold.hpp"
#include "expression/lowering.hpp"
#include "expression/parser.hpp"
#include "expression/scan.hpp"

namespace sluice::expression {
namespace {

bool accepts(ExpectedType expected, const Type* type) {
  const Type* plain = without_nullable(type);
  const bool open = plain->kind == TypeKind::object || plain->kind == TypeKind::error || plain->kind == TypeKind::null;
  switch (expected) {
    case ExpectedType::boolean: return plain->kind == TypeKind::boolean || open;
    case ExpectedType::integer:
      return open || plain->is_integer() || plain->kind == TypeKind::string || is_a(plain, core().json_token);
    case ExpectedType::number:
      return open || plain->is_numeric() || plain->kind == TypeKind::string || is_a(plain, core().json_token);
    default: return true;
  }
}

std::string_view wanted_name(ExpectedType expected) {
  return expected == ExpectedType::boolean ? "bool" : expected == ExpectedType::integer ? "a whole number" : "a number";
}

/// The compiled expression. Owns the arena of everything it refers to.
class Compiled final : public Expression {
 public:
  explicit Compiled(std::unique_ptr<Compilation> compilation) : compilation_(std::move(compilation)) {}

  Result<Value> evaluate(RequestContext& context) const override {
    if (compilation_->constant) return *compilation_->constant;
    Evaluation run(context.arena, &context, compilation_->limits);
    const Value value = run_program(run, *compilation_->program);
    if (run.raised == nullptr) return value;
    return fail(ErrorCode::expression_evaluation_failure,
                "Expression evaluation failed. " + std::string(run.raised->message));
  }
  Effects effects() const override { return compilation_->effects; }
  std::optional<Value> constant() const override { return compilation_->constant; }
  std::string_view static_type() const override { return compilation_->type->display; }
  std::string dump() const override { return dump_program(*compilation_->program); }

 private:
  std::unique_ptr<Compilation> compilation_;
};

/// Whether the value is all there is to it, or a text, which is easily kept; others point into the compilation.
bool stands_alone(const Value& value) {
  return !value.is_reference() && value.kind() != ValueKind::decimal && value.kind() != ValueKind::guid;
}

/// One that comes to the same for every request. Nothing is kept of how it came to that.
class Constant final : public Expression {
 public:
  explicit Constant(const Compilation& compilation)
      : type_(compilation.type->display), effects_(compilation.effects), value_(*compilation.constant) {
    if (!value_.is_string()) return;
    text_ = value_.as_string();
    value_ = Value::string(text_);
  }
  Constant(const Constant&) = delete;
  Constant& operator=(const Constant&) = delete;

  Result<Value> evaluate(RequestContext&) const override { return value_; }
  Effects effects() const override { return effects_; }
  std::optional<Value> constant() const override { return value_; }
  std::string_view static_type() const override { return type_; }
  std::string dump() const override {
    Arena arena(512);
    return "constant " + std::string(to_text(value_, arena)) + "\n";
  }

 private:
  std::string type_, text_;
  Effects effects_;
  Value value_;
};

}  // namespace

std::unique_ptr<Compilation> compile(std::string_view text, const ExpressionOptions& options, Findings& findings) {
  auto compilation = std::make_unique<Compilation>();
  compilation->limits = options.limits;
  if (text.size() > options.limits.source_bytes) {
    findings.error("SL9004", 0, 2,
                   "the expression has more than " + std::to_string(options.limits.source_bytes) + " bytes");
    return nullptr;
  }
  const bool statements = text.starts_with("@{");
  if ((!statements && !text.starts_with("@(")) || text.size() < 3 || text.back() != (statements ? '}' : ')')) {
    findings.error("SL3003", 0, 2, "an expression is written @( ... ) or @{ ... }");
    return nullptr;
  }
  Arena& arena = compilation->arena;
  const std::string_view code = arena.copy(text).substr(2, text.size() - 3);
  Parser parser(code, 2, arena, options.limits, findings);
  const Syntax* syntax = statements ? parser.parse_statements_text() : parser.parse_expression_text();
  // A tree with mistakes is still checked as far as it goes, unless nothing sensible would come of it.
  if (findings.has_errors() && !statements) return nullptr;
  Checker checker(arena, options, findings);
  compilation->tree = checker.check(syntax, statements);
  const Type* type = compilation->tree.main->result;
  if (!findings.has_errors()) check_definite_assignment(compilation->tree, findings);
  if (!findings.has_errors() && !accepts(options.expected, type)) {
    findings.error("SL4010", 0, static_cast<std::uint32_t>(text.size()),
                   "the expression gives '" + type->display + "', but " + std::string(wanted_name(options.expected)) +
                       " is needed here");
  }
  if (findings.has_errors()) return nullptr;
  compilation->type = type;
  fold_constants(*compilation, options);
  compilation->program = lower(compilation->tree, arena, findings);
  return compilation->program == nullptr ? nullptr : std::move(compilation);
}

}  // namespace sluice::expression

namespace sluice {

CompiledExpression compile_expression(std::string_view text, const ExpressionOptions& options) {
  CompiledExpression result;
  expression::Findings findings;
  if (auto compilation = expression::compile(text, options, findings)) {
    if (compilation->constant && expression::stands_alone(*compilation->constant)) {
      result.expression = std::make_shared<expression::Constant>(*compilation);
    } else {
      result.expression = std::make_shared<expression::Compiled>(std::move(compilation));
    }
  }
  result.findings = std::move(findings).take();
  return result;
}

}  // namespace sluice
