// SPDX-License-Identifier: Apache-2.0
// Reading, checking and compiling policy documents: what start and reload cost.
#include "bench.hpp"

#include <sluice/policy_document.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

namespace sluice::bench {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "sluice_bench: cannot read %s\n", path.c_str());
    std::exit(1);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

void add_document_stages(Bench& bench) {
  const auto registry = std::make_shared<PolicyRegistry>(PolicyRegistry::with_builtins());
  for (const char* name : {"priority-routing", "retry-and-on-error", "token-metrics"}) {
    const std::string file = std::string(SLUICE_SOURCE_DIR "/policies/") + name + ".xml";
    const PolicySource source{read_file(file), file};
    bench.add(std::string("document.check.") + name,
              "reads, checks and compiles policies/" + std::string(name) + ".xml",
              [registry, source] { keep(check_policy_document(source, *registry, {}).size()); });
  }
}

}  // namespace sluice::bench
