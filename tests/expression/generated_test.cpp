// SPDX-License-Identifier: Apache-2.0
// The compiled program and the tree walker agree on expressions that nobody wrote. A failure prints the expression;
// the generator's numbers are the same in every run.
#include "expression/compilation.hpp"
#include "expression/eval.hpp"
#include "expression/reference_eval.hpp"
#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace sluice;
using namespace sluice::expression;

namespace {

/// Expressions of a wanted type, with variables of the statements around them.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string statements() {
    std::string code =
        "@{ int i0 = 5; int i1 = 3; long l0 = 7L; double d0 = 1.5; decimal m0 = 2.50m; string s0 = \"st\"; "
        "bool b0 = true; var list = new List<int> { 1, 2, 3 }; ";
    for (int left = below(5); left >= 0; --left) code += statement(3);
    return code + "return " + any(4) + "; }";
  }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  std::string pick(std::initializer_list<const char*> of) { return of.begin()[below(static_cast<int>(of.size()))]; }

  std::string number(int depth) {
    if (depth <= 0) return pick({"0", "1", "2", "-3", "7", "i0", "i1", "int.MaxValue", "int.MinValue", "0x1F"});
    const std::string a = number(depth - 1), b = number(depth - 1);
    switch (below(14)) {
      case 0: return "(" + a + " + " + b + ")";
      case 1: return "(" + a + " - " + b + ")";
      case 2: return "unchecked(" + a + " * " + b + ")";
      case 3: return "(" + a + " / " + b + ")";
      case 4: return "(" + a + " % " + b + ")";
      case 5: return "(" + a + " " + pick({"&", "|", "^", "<<", ">>"}) + " " + b + ")";
      case 6: return "(" + truth(depth - 1) + " ? " + a + " : " + b + ")";
      case 7: return text(depth - 1) + ".Length";
      case 8: return "(int)" + real(depth - 1);
      case 9: return "list.Select(v => v + " + a + ").Sum()";
      case 10: return "list.Where(v => v > " + a + ").Count()";
      case 11: return "checked(" + a + " + " + b + ")";
      case 12: return "Math.Max(" + a + ", " + b + ")";
      default: return "(-" + a + ")";
    }
  }
  std::string real(int depth) {
    if (depth <= 0) return pick({"0.5", "d0", "1e3", "-2.25", "(double)i1", "double.NaN"});
    const std::string a = real(depth - 1), b = real(depth - 1);
    return below(4) == 0 ? "(" + truth(depth - 1) + " ? " + a + " : " + b + ")"
                         : "(" + a + " " + pick({"+", "-", "*", "/"}) + " " + b + ")";
  }
  std::string precise(int depth) {
    if (depth <= 0) return pick({"m0", "1.10m", "0m", "-3.5m", "(decimal)i0"});
    return "(" + precise(depth - 1) + " " + pick({"+", "-", "*", "/"}) + " " + precise(depth - 1) + ")";
  }
  std::string text(int depth) {
    if (depth <= 0) return pick({"\"\"", "\"a\"", "\"Bc\"", "s0", "\"\u00e9\"", "\"x y\""});
    const std::string a = text(depth - 1);
    switch (below(9)) {
      case 0: return "(" + a + " + " + any(depth - 1) + ")";
      case 1: return a + ".ToUpperInvariant()";
      case 2: return "$\"{" + number(depth - 1) + ",5}-{" + a + "}\"";
      case 3: return "(" + truth(depth - 1) + " ? " + a + " : " + text(depth - 1) + ")";
      case 4: return a + ".Substring(" + number(0) + ")";
      case 5: return a + ".Replace(\"a\", " + text(depth - 1) + ")";
      case 6: return "(" + a + " ?? \"none\")";
      case 7: return "string.Join(\",\", list.OrderByDescending(v => v).Select(w => " + text(depth - 1) + "))";
      default: return number(depth - 1) + ".ToString()";
    }
  }
  std::string truth(int depth) {
    if (depth <= 0) return pick({"true", "false", "b0", "(i0 > i1)", "(s0 == \"a\")"});
    switch (below(7)) {
      case 0: return "(" + truth(depth - 1) + " && " + truth(depth - 1) + ")";
      case 1: return "(" + truth(depth - 1) + " || " + truth(depth - 1) + ")";
      case 2: return "!" + truth(depth - 1);
      case 3:
        return "(" + number(depth - 1) + " " + pick({"<", "<=", "==", "!=", ">", ">="}) + " " + number(depth - 1) + ")";
      case 4: return "(" + text(depth - 1) + " == " + text(depth - 1) + ")";
      case 5: return text(depth - 1) + ".Contains(" + text(depth - 1) + ")";
      default: return "(" + real(depth - 1) + " < " + real(depth - 1) + ")";
    }
  }
  std::string any(int depth) {
    switch (below(6)) {
      case 0: return number(depth);
      case 1: return real(depth);
      case 2: return precise(depth);
      case 3: return truth(depth);
      case 4: return "new JObject(new JProperty(\"k\", " + number(depth) + ")).ToString(Formatting.None)";
      default: return text(depth);
    }
  }
  std::string statement(int depth) {
    const std::string name = std::to_string(++names_);
    switch (depth <= 0 ? below(3) : below(8)) {
      case 0: return "i0 = " + number(2) + "; ";
      case 1: return "s0 += " + text(2) + "; ";
      case 2: return "list.Add(" + number(1) + "); ";
      case 3: return "if (" + truth(2) + ") { " + statement(depth - 1) + "} else { " + statement(depth - 1) + "} ";
      case 4:
        return "for (var k" + name + " = 0; k" + name + " < 3; k" + name + "++) { " + statement(depth - 1) + "if (" +
               truth(1) + ") continue; i1++; } ";
      case 5:
        return "foreach (var e" + name + " in list.ToArray()) { i1 += e" + name + "; " + statement(depth - 1) + "} ";
      case 6:
        return "try { " + statement(depth - 1) + "i0 = " + number(2) +
               "; } catch (DivideByZeroException) { i1 = -1; } "
               "catch (Exception x" +
               name + ") { s0 = x" + name + ".GetType().Name; } finally { b0 = !b0; } ";
      default:
        return "switch (i0 % 3) { case 0: " + statement(depth - 1) +
               "break; case 1: i1--; break; default: " + statement(depth - 1) + "break; } ";
    }
  }

  std::mt19937 random_;
  int names_ = 0;
};

template <class Run>
std::string outcome(const Compilation& compilation, Run run_it) {
  testing::ContextFixture fixture;
  Evaluation run(fixture.context.arena, &fixture.context, compilation.limits);
  const Value value = run_it(run);
  if (run.failed()) return "raised " + std::string(run.raised->message);
  return std::string(type_name(value)) + " " + std::string(to_text(value, fixture.context.arena));
}

}  // namespace

TEST_CASE("both engines agree on generated expressions", "[expression][engines]") {
  int compiled = 0, raised = 0;
  constexpr unsigned how_many = 1500;
  for (unsigned seed = 1; seed <= how_many; ++seed) {
    const std::string text = Generator(seed).statements();
    Findings findings;
    const auto compilation = compile(text, {}, findings);
    // Constants that overflow or divide by zero do not compile; both engines need something that does.
    if (compilation == nullptr) continue;
    ++compiled;
    const std::string program =
        outcome(*compilation, [&](Evaluation& run) { return run_program(run, *compilation->program); });
    const std::string walker =
        outcome(*compilation, [&](Evaluation& run) { return reference_eval(run, *compilation->tree.main); });
    // The budgets of the engines are not spent alike.
    if (program.find("exceeds its limit") != std::string::npos || walker.find("exceeds its limit") != std::string::npos)
      continue;
    raised += program.starts_with("raised");
    INFO(text);
    REQUIRE(program == walker);
  }
  INFO(compiled << " compiled, " << raised << " raised");
  CHECK(compiled > static_cast<int>(how_many) / 2);
  CHECK(raised > 0);
}
