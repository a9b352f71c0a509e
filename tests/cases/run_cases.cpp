// SPDX-License-Identifier: Apache-2.0
// run_cases [--root FOLDER] PATH...: runs the cases in files and folders. Exit code 0 when all passed, 1 when some
// failed, 2 when called wrongly.
#include "testing/case_runner.hpp"

#include <iostream>

int main(int argc, char** argv) {
  std::filesystem::path root = SLUICE_SOURCE_DIR;
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--root" && i + 1 < argc) {
      root = argv[++i];
    } else {
      paths.push_back(argument);
    }
  }
  if (paths.empty()) {
    std::cerr << "usage: run_cases [--root FOLDER] PATH...\n";
    return 2;
  }
  for (const std::string& path : paths) {
    if (std::filesystem::exists(path)) continue;
    std::cerr << "run_cases: there is no '" << path << "'\n";
    return 2;
  }
  return sluice::testing::run_cases(paths, root, std::cout) == 0 ? 0 : 1;
}
