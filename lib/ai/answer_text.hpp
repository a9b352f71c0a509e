// SPDX-License-Identifier: Apache-2.0
// The words of an answer: what a model's answer, or one event of a streamed answer, carries for its reader. Messages,
// deltas, refusals, arguments of tool calls and completions of the formats that prompt.hpp names.
#pragma once

#include <sluice/arena.hpp>

#include "base/json.hpp"

#include <string_view>
#include <vector>

namespace sluice::ai {

/// The pieces of text, in the arena. Nothing when `json` is not JSON, or more than `limits` allow.
struct AnswerText {
  bool readable = false;
  std::vector<std::string_view> pieces;
};

AnswerText read_answer(std::string_view json, Arena& arena, const JsonLimits& limits = {});

}  // namespace sluice::ai
