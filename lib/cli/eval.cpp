// SPDX-License-Identifier: Apache-2.0
// sluice eval EXPRESSION: compiles and evaluates one expression, and prints the type and the value.
#include "cli/commands.hpp"
#include "cli/load.hpp"

#include "base/source_text.hpp"
#include "expression/compilation.hpp"
#include "expression/eval.hpp"
#include "expression/library/json.hpp"
#include "expression/objects.hpp"
#include "testing/expression_fixture.hpp"

#include <cstdio>

namespace sluice::cli {
namespace {

using namespace sluice::expression;

/// Findings with the line of the expression and a caret.
void print_findings(const std::string& text, std::vector<ExpressionFinding> findings) {
  const SourceText source("expression", text);
  Diagnostics found;
  for (ExpressionFinding& finding : findings) {
    found.add(source.diagnostic(finding.severity, finding.code, finding.offset, finding.length,
                                std::move(finding.message), std::move(finding.hint)));
  }
  print(found);
}

/// The text a policy would use; of sequences the elements as JSON, as their text would be the name of a class.
std::string shown(Evaluation& run, const Value& value) {
  if (!value.is_reference() || is_json(value) || element_of(type_of(value)) == nullptr)
    return std::string(to_text(value, run.arena));
  ArenaText text(&run.arena);
  serialize_value(run, text, value, false);
  return std::string(text);
}

int evaluate(const Compilation& compilation, RequestContext& context) {
  Evaluation run(context.arena, &context, compilation.limits);
  const Value value = run_program(run, *compilation.program);
  const std::string text = run.failed() ? std::string() : shown(run, value);  // Which may fail as well.
  if (run.failed()) {
    std::fprintf(stderr, "%s: %.*s\n", static_cast<const Type*>(run.raised->type)->full.c_str(),
                 static_cast<int>(run.raised->message.size()), run.raised->message.data());
    return exit_errors;
  }
  const std::string type = value.is_null() ? "null" : type_of(value)->full;
  std::printf("%s\n%s\n", type.c_str(), text.c_str());
  return exit_ok;
}

}  // namespace

int eval(const EvalArguments& arguments) {
  const auto text = arguments.fixture.empty() ? std::optional<std::string>("{}") : read_file(arguments.fixture);
  if (!text) {
    std::fprintf(stderr, "sluice eval: '%s' cannot be read\n", arguments.fixture.c_str());
    return exit_usage;
  }
  Arena arena;
  const auto fixture = parse_json(*text, arena);
  if (!fixture || !(*fixture)->is_object()) {
    std::fprintf(stderr, "sluice eval: %s: %s\n", arguments.fixture.c_str(),
                 fixture ? "a fixture is a JSON object" : fixture.error().message.c_str());
    return exit_usage;
  }
  testing::ExpressionFixture context(**fixture);
  Findings findings;
  const auto compilation = compile(arguments.expression, {}, findings);
  print_findings(arguments.expression, std::move(findings).take());
  if (compilation == nullptr) return exit_errors;
  if (!arguments.program) return evaluate(*compilation, context.context());
  std::fputs(dump_program(*compilation->program).c_str(), stdout);
  return exit_ok;
}

}  // namespace sluice::cli
