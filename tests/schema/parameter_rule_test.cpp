// SPDX-License-Identifier: Apache-2.0
#include "schema/parameter_rule.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sluice;
using schema::ParameterRule;
using Verdict = ParameterRule::Verdict;
using Place = ParameterRule::Place;

namespace {

ParameterRule rule(std::string schema, Place place = Place::query) {
  Parameter parameter;
  parameter.schema = std::move(schema);
  auto made = ParameterRule::make(parameter, place, SchemaLimits());
  REQUIRE(made);
  return *made;
}
Verdict check(const ParameterRule& rule, const std::vector<std::string_view>& values) {
  return rule.check(values).verdict;
}

}  // namespace

TEST_CASE("Texts are read as what the schema wants", "[schema][parameter]") {
  CHECK(check(rule(R"({"type":"integer"})"), {"5"}) == Verdict::agrees);
  CHECK(check(rule(R"({"type":"integer"})"), {"5.5"}) == Verdict::differs);
  CHECK(check(rule(R"({"type":"integer"})"), {"five"}) == Verdict::not_readable);
  CHECK(check(rule(R"({"type":"integer"})"), {""}) == Verdict::not_readable);
  CHECK(check(rule(R"({"type":"boolean"})"), {"True"}) == Verdict::agrees);
  CHECK(check(rule(R"({"type":"string","maxLength":1})"), {"5"}) == Verdict::agrees);
  CHECK(check(rule(R"({"maxLength":1})"), {"55"}) == Verdict::differs);
  CHECK(check(rule(R"({"type":["integer","null"]})"), {""}) == Verdict::agrees);
  CHECK(check(rule(R"({"type":"object","required":["a"]})"), {R"({"a":1})"}) == Verdict::agrees);
  CHECK(check(rule(R"({"type":"object"})"), {"a"}) == Verdict::not_readable);
}

TEST_CASE("A schema of several types takes the text that agrees", "[schema][parameter]") {
  const auto either = rule(R"({"anyOf":[{"type":"integer","minimum":10},{"type":"string","maxLength":1}]})");
  CHECK(check(either, {"12"}) == Verdict::agrees);
  CHECK(check(either, {"5"}) == Verdict::agrees);
  CHECK(check(either, {"ab"}) == Verdict::differs);
}

TEST_CASE("Lists are repeated in queries and separated in heads", "[schema][parameter]") {
  const std::string list = R"({"type":"array","items":{"type":"integer"})";
  CHECK(check(rule(list + "}"), {"1", "2"}) == Verdict::agrees);
  CHECK(check(rule(list + "}"), {"1,2"}) == Verdict::not_readable);
  CHECK(check(rule(list + "}", Place::header), {"1, 2", "3"}) == Verdict::agrees);
  CHECK(check(rule(list + R"(,"collectionFormat":"csv"})"), {"1,2"}) == Verdict::agrees);
  CHECK(check(rule(list + R"(,"collectionFormat":"ssv"})"), {"1 2"}) == Verdict::agrees);
  CHECK(check(rule(list + R"(,"collectionFormat":"tsv"})"), {"1\t2"}) == Verdict::agrees);
  CHECK(check(rule(list + R"(,"collectionFormat":"pipes"})"), {"1|2"}) == Verdict::agrees);
  CHECK(check(rule(list + R"(,"collectionFormat":"json"})"), {"[1,2]"}) == Verdict::agrees);
  CHECK(check(rule(list + R"(,"maxItems":1})"), {"1", "2"}) == Verdict::differs);
  CHECK(check(rule(list + R"(,"collectionFormat":"csv"})"), {""}) == Verdict::agrees);
}

TEST_CASE("What is no list has one value", "[schema][parameter]") {
  CHECK(check(rule(R"({"type":"integer"})"), {"1", "2"}) == Verdict::several_values);
  CHECK(check(rule(R"({"collectionFormat":"json"})"), {"1", "2"}) == Verdict::several_values);
}

TEST_CASE("Without a schema, type and values say all", "[schema][parameter]") {
  Parameter parameter;
  parameter.type = "Integer";
  parameter.values = {"1", "2"};
  const auto made = ParameterRule::make(parameter, Place::path, SchemaLimits());
  REQUIRE(made);
  CHECK(check(*made, {"2"}) == Verdict::agrees);
  CHECK(check(*made, {"3"}) == Verdict::differs);
  CHECK(check(*made, {"1", "2"}) == Verdict::several_values);
  parameter = Parameter();
  const auto anything = ParameterRule::make(parameter, Place::path, SchemaLimits());
  CHECK(check(*anything, {"\xFF"}) == Verdict::agrees);
}

TEST_CASE("Properties of a deep object are put together", "[schema][parameter]") {
  const auto deep = rule(
      R"({"type":"object","properties":{"age":{"type":"integer","minimum":1},"ok":{"type":"boolean"}},"collectionFormat":"deepObject"})");
  REQUIRE(deep.is_deep_object());
  const auto verdict = [&](std::vector<ParameterRule::Property> properties) {
    return deep.check_properties(properties).verdict;
  };
  CHECK(verdict({{"age", "5"}, {"ok", "true"}, {"more", "x"}}) == Verdict::agrees);
  CHECK(verdict({{"age", "0"}}) == Verdict::differs);
  CHECK(verdict({{"age", "old"}}) == Verdict::not_readable);
  CHECK(verdict({{"\xFF", "1"}}) == Verdict::not_readable);
}

TEST_CASE("Lists have a bound", "[schema][parameter][limits]") {
  std::string text = "1";
  for (int i = 0; i < 10'000; ++i) text += ",1";
  CHECK(check(rule(R"({"type":"array","collectionFormat":"csv"})"), {text}) == Verdict::not_readable);
}

TEST_CASE("A pattern that takes too long is no verdict", "[schema][parameter][limits]") {
  CHECK(check(rule(R"({"type":"string","pattern":"^(a+)+$"})"), {std::string(60, 'a') + "b"}) == Verdict::not_checked);
}
