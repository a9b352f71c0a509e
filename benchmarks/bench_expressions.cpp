// SPDX-License-Identifier: Apache-2.0
// bench_expressions [--fixtures FOLDER] FILE.jsonl...: evaluates the expressions of a file, warm, on one thread, and
// prints one JSON line each: id, median_ns and allocations of one evaluation. A line of the file has `name` (or `id`),
// `fixture` and `expression`; fixtures stand in that folder, or in `fixtures/` beside the file, or in
// `expressions/fixtures/`.
#include "measure.hpp"

#include "expression/compilation.hpp"
#include "expression/eval.hpp"
#include "testing/expression_fixture.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace {

using namespace sluice;
using namespace sluice::expression;

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::optional<std::string> read_fixture(const std::filesystem::path& folder, const std::string& name) {
  for (const char* place : {".", "fixtures", "expressions/fixtures"}) {
    if (auto text = read_file(folder / place / (name + ".json"))) return text;
  }
  return std::nullopt;
}

std::string field(const JsonValue& from, std::string_view name) {
  const JsonValue* found = from.find(name);
  return found == nullptr ? std::string() : std::string(found->text);
}

/// Prints the line of one expression; what is wrong with it instead, if something is.
std::string measure_expression(const std::string& id, const std::string& text, const JsonValue& fixture) {
  Findings findings;
  const auto compilation = compile(text, {}, findings);
  if (compilation == nullptr) return "does not compile: " + std::move(findings).take().front().message;
  testing::ExpressionFixture context(fixture);
  Arena arena;  // The request's, reset between evaluations; what the fixture holds lives elsewhere.
  std::string problem;
  const auto evaluate = [&] {
    Evaluation run(arena, &context.context(), compilation->limits);
    const Value value = compilation->constant ? *compilation->constant : run_program(run, *compilation->program);
    bench::keep(value);
    if (run.failed()) problem = run.raised->message;
    arena.reset();
  };
  evaluate();
  if (!problem.empty()) return "fails: " + problem;
  const bench::Measured got = bench::measure(evaluate);
  std::printf("{\"id\":\"%s\",\"median_ns\":%.1f,\"allocations\":%.2f}\n", id.c_str(), got.median_ns, got.allocations);
  std::fflush(stdout);
  return {};
}

std::string measure_line(const std::filesystem::path& folder, const std::string& line, std::string& id) {
  Arena arena;
  const auto row = parse_json(line, arena);
  if (!row) return "is not JSON: " + row.error().message;
  id = field(**row, (*row)->find("id") != nullptr ? "id" : "name");
  const std::string name = field(**row, "fixture");
  const auto text = read_fixture(folder, name);
  if (!text) return "there is no fixture '" + name + "'";
  const auto fixture = parse_json(*text, arena);
  if (!fixture) return "fixture '" + name + "' is not JSON: " + fixture.error().message;
  return measure_expression(id, field(**row, "expression"), **fixture);
}

}  // namespace

int main(int count, char** files) {
  const bool has_folder = count > 2 && std::string_view(files[1]) == "--fixtures";
  const int first = has_folder ? 3 : 1;
  if (count <= first) {
    std::fprintf(stderr, "usage: bench_expressions [--fixtures FOLDER] FILE.jsonl...\n");
    return 2;
  }
  int failures = 0;
  for (int i = first; i < count; ++i) {
    std::ifstream file(files[i]);
    if (!file) {
      std::fprintf(stderr, "%s: cannot be read\n", files[i]);
      ++failures;
      continue;
    }
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
      if (line.empty()) continue;
      std::string id;
      const std::string problem = measure_line(
          has_folder ? std::filesystem::path(files[2]) : std::filesystem::path(files[i]).parent_path(), line, id);
      if (problem.empty()) continue;
      std::fprintf(stderr, "%s:%d: %s %s\n", files[i], number, id.c_str(), problem.c_str());
      ++failures;
    }
  }
  return failures == 0 ? 0 : 1;
}
