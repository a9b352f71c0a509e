// SPDX-License-Identifier: Apache-2.0
// What llm-semantic-cache-lookup leaves for llm-semantic-cache-store in the request's context.
#pragma once

#include <sluice/arena.hpp>

#include <string_view>
#include <vector>

namespace sluice::ai {

struct SemanticCaching {
  explicit SemanticCaching(Arena&) {}
  std::string_view key;        ///< Of the answer in the cache; empty: this request's answer is not kept.
  std::string_view partition;  ///< Of its vector.
  std::vector<float> vector;   ///< Empty: there is none, and the answer is found by the same words alone.
};

}  // namespace sluice::ai
