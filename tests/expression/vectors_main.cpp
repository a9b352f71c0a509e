// SPDX-License-Identifier: Apache-2.0
// expression_vectors FILE.jsonl...: evaluates golden vectors, prints the id of each that fails with what was expected
// and got, and closes with `N passed, N failed`. Fixtures stand in `fixtures/` beside the file. Every vector that
// compiles runs twice, as a compiled program and in the tree walker, and both must agree.
// --known FILE: ids (first word of a line) that are known to differ; with it the exit code tells whether others do, or
// one of these no longer does.
#include "expression/compilation.hpp"
#include "expression/eval.hpp"
#include "expression/library/json.hpp"
#include "expression/objects.hpp"
#include "expression/reference_eval.hpp"
#include "testing/expression_fixture.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

namespace {

using namespace sluice;
using namespace sluice::expression;

struct Outcome {
  std::string outcome, type, text, json, items, error;
};

std::string field(const JsonValue& from, std::string_view name) {
  const JsonValue* found = from.find(name);
  return found == nullptr ? std::string() : std::string(found->text);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The name that vectors use for the type of a value.
std::string type_text(const Value& value) {
  const Type* type = type_of(value);
  if (type->definition != nullptr &&
      (type->definition->name == "IEnumerable" || type->definition->name == "IOrderedEnumerable"))
    return "<enumerable>";
  return type->full;
}

Outcome describe_value(Evaluation& run, const Value& value) {
  Outcome outcome;
  if (run.failed()) {
    outcome.outcome = "runtime-error";
    outcome.error = static_cast<const Type*>(run.raised->type)->full;
    return outcome;
  }
  outcome.outcome = "value";
  outcome.type = value.is_null() ? "null" : type_text(value);
  outcome.text = std::string(to_text(value, run.arena));
  if (is_json(value)) {
    ArenaText json(&run.arena);
    write_json(run, json, static_cast<const JsonToken*>(value.as_object()), false);
    outcome.json = json;
  } else if (value.kind() == ValueKind::object && element_of(type_of(value)) != nullptr) {
    ArenaText items(&run.arena);
    serialize_value(run, items, value, false);
    outcome.items = items;
    if (type_of(value) == core().byte_array) outcome.items = outcome.items.substr(1, outcome.items.size() - 2);
  }
  return outcome;
}

template <class Run>
Outcome evaluate(const JsonValue& fixture, const Compilation& compilation, Run run_it) {
  testing::ExpressionFixture context(fixture);
  Evaluation run(context.context().arena, &context.context(), compilation.limits);
  const Value value = run_it(run);
  return describe_value(run, value);
}

/// What differs from the vector; empty when nothing does.
std::string difference(const JsonValue& vector, const Outcome& got) {
  const std::string wanted = field(vector, "outcome");
  if (wanted != got.outcome)
    return "expected " + wanted + " " + field(vector, "text") + ", got " + got.outcome + " " + got.text + got.error;
  if (wanted == "runtime-error") {
    const JsonValue* error = vector.find("error");
    const std::string type = error == nullptr ? std::string() : field(*error, "type");
    if (type.find("BodyConsumed") != std::string::npos || type == got.error) return {};
    return "expected " + type + ", got " + got.error;
  }
  if (wanted != "value") return {};
  if (field(vector, "type") != got.type) return "expected type " + field(vector, "type") + ", got " + got.type;
  const bool has_text = vector.find("text") != nullptr && vector.find("text")->is_string();
  const bool opaque = vector.find("items") != nullptr;
  if (has_text && !opaque && field(vector, "text") != got.text &&
      !(vector.find("textShortest") != nullptr && field(vector, "textShortest") == got.text)) {
    return "expected '" + field(vector, "text") + "', got '" + got.text + "'";
  }
  if (vector.find("json") != nullptr && field(vector, "json") != got.json)
    return "expected json " + field(vector, "json") + ", got " + got.json;
  if (opaque && field(vector, "items") != got.items)
    return "expected items " + field(vector, "items") + ", got " + got.items;
  return {};
}

std::string check(const JsonValue& vector, const JsonValue& fixture) {
  const std::string text = field(vector, "expression");
  Findings findings;
  const auto compilation = compile(text, {}, findings);
  if (compilation == nullptr) {
    if (field(vector, "outcome") == "compile-error") return {};
    const auto all = std::move(findings).take();
    return "does not compile: " +
           (all.empty() ? std::string("no finding") : std::string(all[0].code) + " " + all[0].message);
  }
  if (field(vector, "outcome") == "compile-error") return "expected compile-error, but it compiles";
  const Outcome compiled =
      evaluate(fixture, *compilation, [&](Evaluation& run) { return run_program(run, *compilation->program); });
  const Outcome walked =
      evaluate(fixture, *compilation, [&](Evaluation& run) { return reference_eval(run, *compilation->tree.main); });
  const std::string wrong = difference(vector, compiled);
  if (!wrong.empty()) return wrong;
  if (walked.outcome != compiled.outcome || walked.error != compiled.error || walked.type != compiled.type ||
      (walked.text != compiled.text && text.find("NewGuid") == std::string::npos)) {
    return "the engines differ: program " + compiled.outcome + " " + compiled.text + compiled.error + ", walker " +
           walked.outcome + " " + walked.text + walked.error;
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t passed = 0, failed = 0, surprises = 0;
  std::set<std::string> known;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--known" && i + 1 < argc) {
      std::ifstream list(argv[++i]);
      for (std::string id, rest; list >> id && std::getline(list, rest);) known.insert(id);
      continue;
    }
    const std::filesystem::path path = argv[i];
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
      if (line.empty()) continue;
      Arena arena;
      const auto vector = parse_json(line, arena);
      if (!vector) {
        std::cout << path.string() << ": a line that is not JSON: " << vector.error().message << "\n";
        ++failed;
        continue;
      }
      const std::string name = field(**vector, "fixture");
      const auto fixture = parse_json(arena.copy(read_file(path.parent_path() / "fixtures" / (name + ".json"))), arena);
      const std::string wrong = fixture ? check(**vector, **fixture) : "the fixture '" + name + "' cannot be read";
      if (wrong.empty() == known.contains(field(**vector, "id"))) ++surprises;
      if (wrong.empty()) {
        ++passed;
        continue;
      }
      ++failed;
      std::cout << field(**vector, "id") << ": " << wrong << "\n    " << field(**vector, "expression") << "\n";
    }
  }
  std::cout << passed << " passed, " << failed << " failed\n";
  return surprises == 0 ? 0 : 1;
}
