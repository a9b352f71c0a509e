// SPDX-License-Identifier: Apache-2.0
#include "stages/texts.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace sluice::bench {

std::string mixed_text() {
  const std::filesystem::path root(SLUICE_SOURCE_DIR);
  std::vector<std::filesystem::path> files = {root / "LICENSE", root / "README.md", root / "CONTRIBUTING.md"};
  for (const char* folder : {"docs", "lib"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() == ".md") files.push_back(entry.path());
    }
  }
  for (const char* name : {"context", "more", "linq"}) {
    files.push_back(root / "tests/expression/vectors" / (std::string(name) + ".jsonl"));
  }
  std::string text;
  for (const auto& file : files) {
    std::ifstream stream(file);
    text.append(std::istreambuf_iterator<char>(stream), {});
  }
  return text;
}

}  // namespace sluice::bench
