// SPDX-License-Identifier: Apache-2.0
// bench_expressions [--compile] [--fixtures FOLDER] FILE.jsonl...: evaluates the expressions of a file, warm, on one
// thread, and prints one JSON line each: id, median_ns and allocations of one evaluation. With --compile it is the
// compilation that is measured. A line of the file has `name` (or `id`),
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
#include <string_view>
#include <vector>

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

void print(const std::string& id, const bench::Measured& got) {
  std::printf("{\"id\":\"%s\",\"median_ns\":%.1f,\"allocations\":%.2f}\n", id.c_str(), got.median_ns, got.allocations);
  std::fflush(stdout);
}

/// What the command line asks for.
struct Options {
  bool compilation = false;      ///< Measure compiling instead of evaluating.
  std::filesystem::path folder;  ///< Of the fixtures; empty: beside each file.
  std::vector<const char*> files;
};

/// Prints the line of one expression; what is wrong with it instead, if something is.
std::string measure_expression(const Options& options, const std::string& id, const std::string& text,
                               const JsonValue& fixture) {
  Findings findings;
  const auto compilation = compile(text, {}, findings);
  if (compilation == nullptr) return "does not compile: " + std::move(findings).take().front().message;
  if (options.compilation) {
    print(id, bench::measure([&] {
            Findings none;
            bench::keep(compile(text, {}, none));
          }));
    return {};
  }
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
  print(id, bench::measure(evaluate));
  return {};
}

std::string measure_line(const Options& options, const std::filesystem::path& folder, const std::string& line,
                         std::string& id) {
  Arena arena;
  const auto row = parse_json(line, arena);
  if (!row) return "is not JSON: " + row.error().message;
  id = field(**row, (*row)->find("id") != nullptr ? "id" : "name");
  const std::string name = field(**row, "fixture");
  const auto text = read_fixture(folder, name);
  if (!text) return "there is no fixture '" + name + "'";
  const auto fixture = parse_json(*text, arena);
  if (!fixture) return "fixture '" + name + "' is not JSON: " + fixture.error().message;
  return measure_expression(options, id, field(**row, "expression"), **fixture);
}

Options read_options(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--compile")
      options.compilation = true;
    else if (argument == "--fixtures" && i + 1 < count)
      options.folder = arguments[++i];
    else
      options.files.push_back(arguments[i]);
  }
  return options;
}

/// Measures the expressions of one file; how many could not be.
int measure_file(const Options& options, const char* name) {
  std::ifstream file(name);
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", name);
    return 1;
  }
  const std::filesystem::path folder =
      options.folder.empty() ? std::filesystem::path(name).parent_path() : options.folder;
  int failures = 0;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    std::string id;
    const std::string problem = measure_line(options, folder, line, id);
    if (problem.empty()) continue;
    std::fprintf(stderr, "%s:%d: %s %s\n", name, number, id.c_str(), problem.c_str());
    ++failures;
  }
  return failures;
}

}  // namespace

int main(int count, char** arguments) {
  const Options options = read_options(count, arguments);
  if (options.files.empty()) {
    std::fprintf(stderr, "usage: bench_expressions [--compile] [--fixtures FOLDER] FILE.jsonl...\n");
    return 2;
  }
  int failures = 0;
  for (const char* file : options.files) failures += measure_file(options, file);
  return failures == 0 ? 0 : 1;
}
