// SPDX-License-Identifier: Apache-2.0
// The stages: each registers named operations with a `Bench`.
#pragma once

#include "measure.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::bench {

class Bench {
 public:
  /// Adds the operation `name`, which `what` explains. `run` does it once, on `bytes` where that is said.
  void add(std::string name, std::string what, std::function<void()> run, std::size_t bytes = 0);

  struct Entry {
    std::string name, what;
    std::function<void()> run;
    std::size_t bytes;
  };
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

// One function a file of stages/.
void add_document_stages(Bench& bench);
void add_expression_stages(Bench& bench);
void add_gateway_stages(Bench& bench);
void add_counter_stages(Bench& bench);
void add_routing_stages(Bench& bench);
void add_tokenizer_stages(Bench& bench);
void add_pii_stages(Bench& bench);
void add_vector_stages(Bench& bench);
void add_prompt_stages(Bench& bench);
void add_llm_stages(Bench& bench);

}  // namespace sluice::bench
