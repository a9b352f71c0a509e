// SPDX-License-Identifier: Apache-2.0
#include "model/yaml_tree.hpp"

#include "base/write_json.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::model;

namespace {

/// The tree as JSON, or `offset: message`.
std::string as_json(std::string_view yaml, const JsonLimits& limits = {}) {
  Arena arena;
  const auto tree = parse_yaml(yaml, arena, limits);
  if (!tree) return std::to_string(tree.error().offset) + ": " + tree.error().message;
  JsonWriter writer;
  write_json(**tree, writer);
  return std::move(writer).take();
}

}  // namespace

TEST_CASE("YAML becomes the tree that the same JSON is", "[model][yaml]") {
  CHECK(as_json("a: 1\nb: [x, 'y', \"z\"]\nc: {d: null, e: ~, f:}\n") ==
        R"({"a":1,"b":["x","y","z"],"c":{"d":null,"e":null,"f":null}})");
  CHECK(as_json("{\"a\": [1, 2.5, -3e2, true, false]}") == R"({"a":[1,2.5,-3e2,true,false]})");
}

TEST_CASE("Plain scalars get the types of YAML 1.2, quoted ones are text", "[model][yaml]") {
  const auto [scalar, json] = GENERATE(table<std::string, std::string>({
      {"true", "true"},
      {"True", "true"},
      {"no", "\"no\""},
      {"on", "\"on\""},
      {"'true'", "\"true\""},
      {"\"1\"", "\"1\""},
      {"007", "\"007\""},
      {"0x1F", "\"0x1F\""},
      {".5", "\".5\""},
      {"+1", "\"+1\""},
      {"1.", "\"1.\""},
      {"-0.5", "-0.5"},
      {"1e", "\"1e\""},
      {"1E+3", "1E+3"},
      {"null", "null"},
      {"NULL", "null"},
      {"-", "[null]"},
      {"1_000", "\"1_000\""},
      {"2026-01-01", "\"2026-01-01\""},
  }));
  CHECK(as_json(scalar) == json);
}

TEST_CASE("Keys are always text", "[model][yaml]") {
  CHECK(as_json("200: a\ntrue: b\nnull: c\n") == R"({"200":"a","true":"b","null":"c"})");
  CHECK(as_json("[a]: b").find("a key must be text") != std::string::npos);
  CHECK(as_json("? {a: b}\n: c").find("a key must be text") != std::string::npos);
}

TEST_CASE("Block text and escapes are decoded", "[model][yaml]") {
  CHECK(as_json("a: |\n  one\n  two\n") == R"({"a":"one\ntwo\n"})");
  CHECK(as_json("a: >\n  one\n  two\n") == R"({"a":"one two\n"})");
  CHECK(as_json("\"\\u00e4\\t\"") == "\"\xC3\xA4\\t\"");
}

TEST_CASE("Values know where they stand", "[model][yaml]") {
  const std::string mark = GENERATE("", "\xEF\xBB\xBF");
  const std::string text = mark + "a: 1\nb\xC3\xA4:\n  - x\n  - y\n";
  Arena arena;
  const auto tree = parse_yaml(text, arena, {});
  REQUIRE(tree);
  CHECK((*tree)->find("a")->offset == mark.size() + 3);
  REQUIRE((*tree)->find("b\xC3\xA4") != nullptr);
  CHECK((*tree)->find("b\xC3\xA4")->items[1].offset == text.find('y'));
  CHECK((*tree)->members[1].name_offset == text.find('b'));
}

TEST_CASE("Aliases stand for what their anchors hold", "[model][yaml]") {
  CHECK(as_json("a: &x {b: 1}\nc: *x\nd: [*x]\n") == R"({"a":{"b":1},"c":{"b":1},"d":[{"b":1}]})");
  CHECK(as_json("a: *nowhere") == "3: the referenced anchor is not defined");
}

TEST_CASE("An alias within its own anchor is refused", "[model][yaml]") {
  CHECK(as_json("&a [*a]").find("an alias to something that has not ended") != std::string::npos);
}

TEST_CASE("A small text that stands for a huge tree is refused", "[model][yaml][limits]") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) text += ", " + before;
    text += "]\n";
  }
  CHECK(as_json(text).find("more than 100000 values") != std::string::npos);
}

TEST_CASE("Values and depth have bounds", "[model][yaml][limits]") {
  CHECK(as_json("[1, 2, 3]", {.depth = 64, .members = 4}) == "[1,2,3]");
  CHECK(as_json("[1, 2, 3]", {.depth = 64, .members = 3}).find("more than 3 values") != std::string::npos);
  CHECK(as_json("[[1]]", {.depth = 2, .members = 100}) == "[[1]]");
  CHECK(as_json("[[1]]", {.depth = 1, .members = 100}).find("nested more than 1 deep") != std::string::npos);
  CHECK(as_json(std::string(5000, '[') + std::string(5000, ']')).find("nested more than 64 deep") != std::string::npos);
}

TEST_CASE("Malformed YAML is refused with its place", "[model][yaml]") {
  CHECK(as_json("") == "0: the text is empty");
  CHECK(as_json("a: b: c") != "");
  CHECK(as_json("a: [1, 2\n").find("end of sequence flow not found") != std::string::npos);
  CHECK(as_json("a: \xFF").find("not valid UTF-8") != std::string::npos);
  CHECK(as_json("a: \"x").find("11") == std::string::npos);
}
