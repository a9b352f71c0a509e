// SPDX-License-Identifier: Apache-2.0
// The wire formats: an answer as one JSON text, and as the script of a stream. A format is a file.
#pragma once

#include "answer.hpp"
#include "event_stream.hpp"
#include "route.hpp"

#include <memory>
#include <string>
#include <vector>

namespace sluice::simulated {

/// What of a format a request chooses.
struct Style {
  Dialect dialect = Dialect::openai;
  bool include_usage = false;
};

/// Chat completions of OpenAI, Azure OpenAI (with the results of its content filter) and Azure AI Model Inference.
std::string chat_answer(const Answer& answer, const Style& style);
std::unique_ptr<Script> chat_script(Answer answer, const Style& style);

std::string completions_answer(const Answer& answer);
std::unique_ptr<Script> completions_script(Answer answer, const Style& style);

std::string responses_answer(const Answer& answer);
std::unique_ptr<Script> responses_script(Answer answer);

/// Anthropic.
std::string messages_answer(const Answer& answer);
std::unique_ptr<Script> messages_script(Answer answer);

/// `tool_calls` as messages and runs of assistants have them.
void write_calls(JsonWriter& writer, const std::vector<ToolCall>& calls);
/// The members of one; leaves its function open, as what it gave may follow.
void begin_call(JsonWriter& writer, const ToolCall& call, std::string_view arguments);

/// `usage` with its details, as chat completions and completions tell it.
void write_chat_usage(JsonWriter& writer, const Answer& answer);

}  // namespace sluice::simulated
