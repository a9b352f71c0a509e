// SPDX-License-Identifier: Apache-2.0
#include <sluice/expression.hpp>

#include "expression/support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using test::text_of;

namespace {

std::string error_with(const ExpressionLimits& limits, std::string_view text) {
  testing::ContextFixture fixture;
  ExpressionOptions options;
  options.limits = limits;
  const test::Evaluated result = test::evaluate(text, fixture.context, options);
  return result.findings + result.error;
}

}  // namespace

TEST_CASE("a loop without end uses up its steps, and no handler sees it", "[expression][limits]") {
  CHECK(error_with({}, "@{ while (true) { } }") ==
        "Expression evaluation failed. The expression exceeds its limit of steps.");
  CHECK(error_with({}, "@{ try { while (true) { } } catch { return 1; } finally { } }") ==
        "Expression evaluation failed. The expression exceeds its limit of steps.");
}

TEST_CASE("a text that doubles without end meets the limit of one string", "[expression][limits]") {
  CHECK(error_with({}, "@{ var s = \"ab\"; while (true) s += s; }") ==
        "Expression evaluation failed. The expression exceeds its limit of string bytes.");
}

TEST_CASE("memory of one evaluation is bounded", "[expression][limits]") {
  ExpressionLimits limits;
  limits.memory_bytes = 100'000;
  CHECK(error_with(limits, "@(new byte[200000].Length)") ==
        "Expression evaluation failed. The expression exceeds its limit of memory.");
}

TEST_CASE("recursion ends at the call depth", "[expression][limits]") {
  CHECK(error_with({}, "@{ int f(int n) { return f(n + 1); } return f(0); }") ==
        "Expression evaluation failed. The expression exceeds its limit of call depth.");
}

TEST_CASE("nesting beyond the limit is refused with a code", "[expression][limits]") {
  CHECK(error_with({}, "@(" + std::string(500, '(') + "1" + std::string(500, ')') + ")").starts_with("SL9004"));
}

TEST_CASE("a catastrophic pattern meets the match limit", "[expression][limits]") {
  CHECK(error_with({}, R"(@(Regex.IsMatch("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a|aa)+$")))")
            .find("timed out") != std::string::npos);
}

TEST_CASE("the balanced scanner knows the forms of C# text", "[expression][scan]") {
  constexpr std::string_view whole = R"x(@("a)" + '"' + @"c:\" + $"{x["}"]}"))x";
  CHECK(expression_length(std::string(whole) + "tail)") == whole.size());
  CHECK(expression_length("@{ // }\n return 1; /* } */ } rest") == 28u);
  CHECK_FALSE(expression_length("@(\"open").has_value());
}
