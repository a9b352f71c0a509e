// SPDX-License-Identifier: Apache-2.0
// Runs case files: builds the service of each, sends its requests through a PolicyBench, and says what differed.
// What `run_cases` and `sluice test` are made of.
#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

namespace sluice::testing {

/// The outcome of one case.
struct CaseResult {
  std::string file;
  std::vector<std::string> failures;  ///< `file:line: expected …, got …`; empty: passed.
};

/// Runs one case whose text is given. `root` is what `{file: …}` in it is relative to.
CaseResult run_case(const std::string& file, const std::string& text, const std::filesystem::path& root);

/// The files that end in `.test.yaml` in `paths` (files, or folders with all below them), sorted.
std::vector<std::filesystem::path> find_cases(const std::vector<std::string>& paths);

/// Runs all of them, prints failures and the closing line `N passed, N failed`; returns how many failed.
std::size_t run_cases(const std::vector<std::string>& paths, const std::filesystem::path& root, std::ostream& out);

}  // namespace sluice::testing
