// SPDX-License-Identifier: Apache-2.0
#include "ai/model_price.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::ai;

TEST_CASE("a price stands for the versions of its model", "[ai][model_price]") {
  AiSettings settings;
  settings.prices["gpt-4o"] = {2.5, 1.25, 10};
  settings.prices["gpt-4o-mini"] = {0.15, 0.075, 0.6};
  CHECK(price_of("gpt-4o", settings) == &settings.prices["gpt-4o"]);
  CHECK(price_of("GPT-4o-2024-08-06", settings) == &settings.prices["gpt-4o"]);
  CHECK(price_of("gpt-4o-mini-2024-07-18", settings) == &settings.prices["gpt-4o-mini"]);
  CHECK(price_of("gpt-4omni", settings) == nullptr);
  CHECK(price_of("gpt-4", settings) == nullptr);
  CHECK(price_of("", settings) == nullptr);
}

TEST_CASE("a cost is that of prompt, cached prompt and completion", "[ai][model_price]") {
  const ModelPrice price{2, 1, 10};
  TokenUsage usage;
  usage.prompt = 1'000'000;
  usage.completion = 500'000;
  CHECK(cost_of(usage, price) == Approx(7));
  usage.cached = 400'000;
  CHECK(cost_of(usage, price) == Approx(6.6));
  usage.cached = 99'000'000;
  CHECK(cost_of(usage, price) == Approx(6));
}
