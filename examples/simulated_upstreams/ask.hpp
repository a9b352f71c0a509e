// SPDX-License-Identifier: Apache-2.0
// Ask: what a request wants of a model, whatever format it is written in.
//
// How tokens of a prompt are counted, for `usage`, limits and utilisation alike:
//   4 for each message; 1 for each started 4 bytes of a text, of a tool's name, description and parameters' names;
//   85 for each image; 1 for each started 4,800 bytes of a sound; 1 for each token given as a number.
#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::simulated {

/// A tool that the model decides to call.
struct WantedCall {
  std::string_view name;
  const JsonValue* parameters = nullptr;  ///< JSON Schema; may be null.
};

struct Ask {
  std::int64_t prompt_tokens = 0;
  std::int64_t audio_tokens = 0;      ///< Part of these.
  std::optional<std::int64_t> bound;  ///< On tokens of each answer.
  std::int64_t choices = 1;
  bool stream = false;
  bool include_usage = false;
  std::vector<WantedCall> calls;
};

inline constexpr std::int64_t max_choices = 128;

std::int64_t tokens_of(std::string_view text);

/// Reads a body. Tools are called when the last message is the user's and names them, and when `tool_choice` says so.
Ask read_ask(const JsonValue& body);

}  // namespace sluice::simulated
