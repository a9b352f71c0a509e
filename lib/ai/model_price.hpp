// SPDX-License-Identifier: Apache-2.0
// What the tokens of an answer cost by the operator's price table (setting `ai.prices`).
#pragma once

#include <sluice/ai_settings.hpp>
#include <sluice/context.hpp>

#include "ai/usage.hpp"

#include <optional>
#include <string_view>

namespace sluice::ai {

/// The price of the model, or of the longest name in the table that the model's name begins with up to a `-`, `:` or
/// `@`: gpt-4o stands for gpt-4o-2024-08-06, and not for gpt-4omni. Null: there is none.
const ModelPrice* price_of(std::string_view model, const AiSettings& settings);

double cost_of(const TokenUsage& usage, const ModelPrice& price);

}  // namespace sluice::ai
