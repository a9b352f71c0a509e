// SPDX-License-Identifier: Apache-2.0
#include <sluice/expression.hpp>

#include "expression/support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using test::evaluate;
using test::text_of;

TEST_CASE("an expression reads a header with its default", "[expression][unit]") {
  testing::ContextFixture fixture;
  const char* source = R"(@(context.Request.Headers.GetValueOrDefault("X-Priority", "medium")))";
  CHECK(evaluate(source, fixture.context).text == "medium");
  fixture.request.headers.append("x-priority", "high");
  CHECK(evaluate(source, fixture.context).text == "high");
  fixture.request.headers.append("X-Priority", "low");
  CHECK(evaluate(source, fixture.context).text == "high,low");
}

TEST_CASE("variables keep their type and a missing one is null", "[expression][unit]") {
  testing::ContextFixture fixture;
  fixture.context.variables.set("n", Value::int32(5));
  CHECK(evaluate(R"(@((int)context.Variables["n"] + 1))", fixture.context).text == "6");
  CHECK(evaluate(R"(@(context.Variables["x"] == null))", fixture.context).text == "True");
  CHECK(evaluate(R"(@(context.Variables.GetValueOrDefault<int>("n", 0) > 4 && true))", fixture.context).text == "True");
  CHECK(evaluate(R"(@(context.Variables.GetValueOrDefault<string>("n")))", fixture.context).error ==
        "Expression evaluation failed. Unable to convert context variable `n` of type `System.Int32` to the type of "
        "`System.String`.");
}

TEST_CASE("a null product raises as C# does", "[expression][unit]") {
  testing::ContextFixture fixture;
  CHECK(evaluate("@(context.Product.Name)", fixture.context).error ==
        "Expression evaluation failed. Object reference not set to an instance of an object.");
  CHECK(evaluate(R"(@(context.Product?.Name ?? "none"))", fixture.context).text == "none");
}

TEST_CASE("a comparison with a known region folds to a constant", "[expression][unit]") {
  Deployment deployment;
  deployment.region = "East US";
  ExpressionOptions options;
  options.roots.deployment = &deployment;
  const auto compiled = compile_expression(
      R"(@("East US".Equals(context.Deployment.Region, StringComparison.OrdinalIgnoreCase)))", options);
  REQUIRE(compiled.expression != nullptr);
  REQUIRE(compiled.expression->constant().has_value());
  CHECK(compiled.expression->constant()->as_boolean());
  CHECK(compiled.expression->static_type() == "bool");
}

TEST_CASE("a constant holds its value, whatever that points to", "[expression][unit]") {
  testing::ContextFixture fixture;
  const auto text = GENERATE(as<std::string>(), "@(1.25m + 1)", "@(new Guid(\"01234567-89ab-cdef-0123-456789abcdef\"))",
                             "@(\"a long text that no string keeps \" + \"within itself\")", "@('x')", "@(2.5 * 2)");
  const auto compiled = compile_expression(text, {});
  REQUIRE(compiled.expression != nullptr);
  // Others come where it was.
  for (int i = 0; i < 100; ++i) compile_expression("@(string.Concat(\"y\", context.Request.Method))", {});
  const auto value = compiled.expression->evaluate(fixture.context);
  REQUIRE(value);
  const std::string wanted = evaluate(text.c_str(), fixture.context).text;
  CHECK(to_text(*value, fixture.context.arena) == wanted);
}

TEST_CASE("statements run: locals, branches, loops", "[expression][unit]") {
  CHECK(text_of("@{ int s = 0; for (int i = 0; i < 5; i++) { if (i == 3) continue; s += i; } return s; }") == "7");
  CHECK(text_of("@{ var s = \"\"; foreach (var c in \"abc\") s = c + s; return s; }") == "cba");
  CHECK(text_of("@{ int i = 0; while (true) { if (++i > 4) break; } return i; }") == "5");
  CHECK(text_of("@{ switch (\"b\") { case \"a\": return 1; case \"b\": return 2; default: return 3; } }") == "2");
  CHECK(text_of("@{ try { return int.Parse(\"x\"); } catch (FormatException e) { return e.Message; } }") ==
        "Input string was not in a correct format.");
}

TEST_CASE("interpolation prints null as nothing and applies formats", "[expression][unit]") {
  CHECK(text_of(R"(@($"{true} {1.5} {(string)null}|{3:00}|{"a",3}|{{x}}"))") == "True 1.5 |03|  a|{x}");
}

TEST_CASE("a body is reported among the effects", "[expression][unit]") {
  CHECK(has(compile_expression("@(context.Request.Body.As<string>(preserveContent: true))", {}).expression->effects(),
            Effects::reads_request_body));
  CHECK(compile_expression("@(context.Request.Method)", {}).expression->effects() == Effects::none);
}

TEST_CASE("a dynamic variable reads the members of its JSON", "[expression]") {
  CHECK(text_of(R"cs(@{ dynamic j = JObject.Parse("{\"a\":{\"b\":5,\"l\":[{\"x\":1}]}}");
                        int n = j.a.b; return n + (int)j.a.l[0].x; })cs") == "6");
  CHECK(text_of(R"cs(@{ dynamic j = JObject.Parse("{}"); return j.missing == null; })cs") == "True");
  CHECK(text_of(R"cs(@{ dynamic d = 5; return d.foo; })cs").find("SL4003") != std::string::npos);
  CHECK(text_of(R"cs(@{ var j = JObject.Parse("{}"); return j.foo; })cs").find("SL4003") != std::string::npos);
}
