// SPDX-License-Identifier: Apache-2.0
// Fuzz target: a policy document, read, checked and compiled with the built-in policies.
#include <sluice/policy_document.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sluice::PolicyRegistry registry = sluice::PolicyRegistry::with_builtins();
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto format : {sluice::PolicyFormat::rawxml, sluice::PolicyFormat::xml}) {
    for (const auto& finding : sluice::check_policy_document({text, "fuzz.xml", format}, registry, {})) {
      if (finding.pos.line == 0) std::abort();  // every finding has a place
      render_text(finding);
    }
  }
  return 0;
}
