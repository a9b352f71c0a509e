// SPDX-License-Identifier: Apache-2.0
// sluice_bench [--list] [name-prefix...]: runs stage benchmarks and prints one JSON line each:
//   name, median_ns, p10_ns, p90_ns (per operation), operations_per_second, allocations_per_operation, compiler;
//   megabytes_per_second where an operation reads a text.
// The stages:
//   document.*    reading, checking and compiling policy documents
//   expression.*  compiling and evaluating expressions
//   counter.*     the memory counter store
//   tokenizer.*   counting tokens
//   pii.*         the detector of personal data: an event, long prompts
//   vectors.*     the semantic cache's vectors: one by one, by index
//   gateway.*     whole requests through Gateway::handle with a scripted backend, no socket
// Times on a shared machine move; allocations do not.
#include "bench.hpp"

#include <algorithm>
#include <cstdio>

namespace sluice::bench {

void Bench::add(std::string name, std::string what, std::function<void()> run, std::size_t bytes) {
  entries_.push_back({std::move(name), std::move(what), std::move(run), bytes});
}

namespace {

void print(const Bench::Entry& entry) {
  const Measured got = measure(entry.run);
  std::printf(
      "{\"name\":\"%s\",\"median_ns\":%.1f,\"p10_ns\":%.1f,\"p90_ns\":%.1f,\"operations_per_second\":%.0f,"
      "\"allocations_per_operation\":%.2f,",
      entry.name.c_str(), got.median_ns, got.p10_ns, got.p90_ns, 1e9 / got.median_ns, got.allocations);
  if (entry.bytes > 0)
    std::printf("\"megabytes_per_second\":%.1f,", static_cast<double>(entry.bytes) * 1e3 / got.median_ns);
  std::printf("\"compiler\":\"%s\"}\n", __VERSION__);
  std::fflush(stdout);
}

}  // namespace
}  // namespace sluice::bench

int main(int count, char** arguments) {
  using namespace sluice::bench;
  Bench bench;
  add_document_stages(bench);
  add_expression_stages(bench);
  add_counter_stages(bench);
  add_routing_stages(bench);
  add_tokenizer_stages(bench);
  add_pii_stages(bench);
  add_vector_stages(bench);
  add_prompt_stages(bench);
  add_llm_stages(bench);
  add_gateway_stages(bench);
  bool list = false;
  std::vector<std::string_view> wanted;
  for (int i = 1; i < count; ++i) {
    if (std::string_view(arguments[i]) == "--list") {
      list = true;
    } else {
      wanted.push_back(arguments[i]);
    }
  }
  int ran = 0;
  for (const auto& entry : bench.entries()) {
    const bool chosen = wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](std::string_view prefix) {
                          return std::string_view(entry.name).substr(0, prefix.size()) == prefix;
                        });
    if (!chosen) continue;
    ++ran;
    if (list) {
      std::printf("%-40s %s\n", entry.name.c_str(), entry.what.c_str());
    } else {
      print(entry);
    }
  }
  if (ran == 0) {
    std::fprintf(stderr, "sluice_bench: no benchmark has a name that begins so; --list shows all\n");
    return 2;
  }
  return 0;
}
