// SPDX-License-Identifier: Apache-2.0
// sluice test PATH...: runs policy test cases (*.test.yaml) offline, with a virtual clock and scripted backends.
#include "cli/commands.hpp"
#include "testing/case_runner.hpp"

#include <cstdio>
#include <filesystem>
#include <iostream>

namespace sluice::cli {

int test(const TestArguments& arguments) {
  std::error_code error;
  for (const std::string& path : arguments.paths) {
    if (std::filesystem::exists(path, error)) continue;
    std::fprintf(stderr, "sluice test: '%s' does not exist\n", path.c_str());
    return exit_usage;
  }
  if (testing::find_cases(arguments.paths).empty()) {
    std::fprintf(stderr, "sluice test: there is no file '*.test.yaml' in what was given\n");
    return exit_usage;
  }
  return testing::run_cases(arguments.paths, arguments.root, std::cout) == 0 ? exit_ok : exit_errors;
}

}  // namespace sluice::cli
