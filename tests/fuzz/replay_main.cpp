// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over stored inputs: every file of the folders given, each also cut at every tenth of its length.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int count, char** arguments) {
  int replayed = 0;
  for (int i = 1; i < count; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(arguments[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string text((std::istreambuf_iterator<char>(file)), {});
      for (int tenth = 1; tenth <= 10; ++tenth) {
        // A copy of exactly that size, so that a sanitizer sees a read beyond it.
        const std::string part = text.substr(0, text.size() * static_cast<std::size_t>(tenth) / 10);
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(part.data()), part.size());
      }
      ++replayed;
    }
  }
  std::printf("%d inputs replayed\n", replayed);
  return replayed > 0 ? 0 : 1;
}
