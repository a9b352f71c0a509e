// SPDX-License-Identifier: Apache-2.0
// The program in the README is the one that is built and run as an example.
#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string read(const char* file) {
  std::ifstream stream(std::string(SLUICE_SOURCE_DIR "/") + file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  REQUIRE(from != std::string::npos);
  const std::size_t start = from + begin.size();
  const std::size_t stop = text.find(end, start);
  REQUIRE(stop != std::string::npos);
  return text.substr(start, stop - start);
}

}  // namespace

TEST_CASE("the README shows the example as it is built", "[cli][readme]") {
  CHECK(between(read("README.md"), "```cpp\n", "```") ==
        between(read("examples/embed_minimal/main.cpp"), "// [readme]\n", "// [/readme]"));
}
