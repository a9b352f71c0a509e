// SPDX-License-Identifier: Apache-2.0
#include "testing/case_runner.hpp"

#include "testing/case_compare.hpp"
#include "testing/case_file.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace sluice::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view case_suffix = ".test.yaml";

/// One case in its own gateway.
class CaseRun {
 public:
  CaseRun(PolicyCase parsed, CaseResult& result) : case_(std::move(parsed)), result_(result), bench_(case_.options) {}

  void run() {
    const Diagnostics diagnostics = bench_.load(std::move(case_.model));
    if (case_.diagnostics) {
      add(compare_diagnostics(*case_.diagnostics, case_.diagnostics_line, diagnostics));
      return;
    }
    if (diagnostics.has_errors()) {
      for (const Diagnostic& diagnostic : diagnostics) {
        add({{1, "the service does not load: " + diagnostic_text(diagnostic) + ": " + diagnostic.message}});
      }
      return;
    }
    for (ScriptEntry& entry : case_.script) bench_.transport.add(std::move(entry));
    for (const CaseRequest& request : case_.requests) send(request);
  }

 private:
  void send(const CaseRequest& request) {
    bench_.clock.advance(request.advance);
    for (std::int64_t i = 0; i < request.repeat; ++i) {
      const std::size_t unexpected = bench_.transport.unexpected_calls();
      const BenchAnswer answer = bench_.send(request.send);
      CaseFindings findings = compare_answer(request.expect, answer, bench_.telemetry);
      if (!findings.empty() && bench_.transport.unexpected_calls() != unexpected) {
        findings.push_back({request.line, "the script had no answer left for a call"});
      }
      if (findings.empty()) continue;
      if (request.repeat > 1) {
        findings.push_back(
            {request.line, "this was request " + std::to_string(i + 1) + " of " + std::to_string(request.repeat)});
      }
      add(findings);
      return;
    }
  }

  void add(const CaseFindings& findings) {
    for (const CaseFinding& finding : findings) {
      result_.failures.push_back(case_.file + ":" + std::to_string(finding.line) + ": " + finding.message);
    }
  }

  PolicyCase case_;
  CaseResult& result_;
  PolicyBench bench_;
};

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

}  // namespace

CaseResult run_case(const std::string& file, const std::string& text, const fs::path& root) {
  CaseResult result{file, {}};
  CaseFindings findings;
  PolicyCase parsed = parse_case(file, text, root, findings);
  for (const CaseFinding& finding : findings) {
    result.failures.push_back(file + ":" + std::to_string(finding.line) + ": " + finding.message);
  }
  if (result.failures.empty()) CaseRun(std::move(parsed), result).run();
  return result;
}

std::vector<fs::path> find_cases(const std::vector<std::string>& paths) {
  std::vector<fs::path> found;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      found.emplace_back(path);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file() && entry.path().filename().string().ends_with(case_suffix))
        found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::size_t run_cases(const std::vector<std::string>& paths, const fs::path& root, std::ostream& out) {
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const fs::path& path : find_cases(paths)) {
    CaseResult result = run_case(path.generic_string(), read_file(path), root);
    ++(result.failures.empty() ? passed : failed);
    for (const std::string& failure : result.failures) out << failure << '\n';
  }
  out << passed << " passed, " << failed << " failed\n";
  return failed;
}

}  // namespace sluice::testing
