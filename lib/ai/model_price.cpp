// SPDX-License-Identifier: Apache-2.0
#include "ai/model_price.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::ai {
namespace {

constexpr double priced_tokens = 1e6;

bool stands_for(std::string_view name, std::string_view model) {
  if (model.size() < name.size() || !equal_ignoring_case(model.substr(0, name.size()), name)) return false;
  return model.size() == name.size() || std::string_view("-:@").find(model[name.size()]) != std::string_view::npos;
}

}  // namespace

const ModelPrice* price_of(std::string_view model, const AiSettings& settings) {
  const ModelPrice* best = nullptr;
  std::size_t longest = 0;
  for (const auto& [name, price] : settings.prices) {
    if (name.size() < longest || !stands_for(name, model)) continue;
    best = &price;
    longest = name.size();
  }
  return best;
}

double cost_of(const TokenUsage& usage, const ModelPrice& price) {
  const auto of = [](std::int64_t tokens, double each) { return static_cast<double>(tokens) * each; };
  const std::int64_t cached = std::clamp<std::int64_t>(usage.cached, 0, usage.prompt);
  return (of(usage.prompt - cached, price.prompt) + of(cached, price.cached_prompt) +
          of(usage.completion, price.completion)) /
         priced_tokens;
}

}  // namespace sluice::ai
