// SPDX-License-Identifier: Apache-2.0
// Prompt: what a request to a model says, taken out of its JSON body. Understood are chat completions, completions,
// embeddings, responses, and threads and runs of assistants of OpenAI and Azure OpenAI, Azure AI Model Inference, and
// Anthropic messages.
#pragma once

#include <sluice/arena.hpp>

#include "base/json.hpp"
#include "tokenizer/encoding.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sluice::ai {

/// Whose words a piece of text is.
enum class PromptRole : std::uint8_t {
  system,  ///< system, developer, instructions
  user     ///< Everything else of the conversation: user, assistant, tool.
};

struct PromptText {
  PromptRole role;
  std::string_view text;
  std::uint32_t offset = 0;  ///< In the body: of the string's opening quote.
  bool is_json = false;      ///< The text is JSON itself: arguments of a call.
};

/// One message of a chat, and where its texts begin among those of the prompt.
struct PromptMessage {
  const JsonValue* message;
  std::size_t first_text;
};

/// Everything lives in the arena of the parse or in the body. Definitions of tools are no texts: what models get of
/// them is not what stands there (chat_overhead.hpp).
struct Prompt {
  bool readable = false;  ///< The body is a JSON object.
  bool stream = false;    ///< `"stream": true`
  std::string_view model;
  tokenizer::ModelEncoding encoding;  ///< By the model; `prompt_of` looks at the deployment too.
  std::span<const PromptText> texts;
  std::span<const PromptMessage> chat;
  const JsonValue* root = nullptr;  ///< The whole request; null when it is not readable.
  std::int64_t messages = 0;
  std::int64_t images = 0;
  std::int64_t audio_tokens = 0;     ///< Of sounds, about.
  std::int64_t token_ids = 0;        ///< Tokens given as numbers.
  std::string_view doubled_field;    ///< A field that decides and stands twice (M3); empty: none.
  std::string_view disguised_field;  ///< One whose name is written with escapes; empty: none.
};

/// Tokens that each image counts (documented).
inline constexpr std::int64_t tokens_per_image = 1200;

/// Reads a request's body, which has to live as long as the arena's use. A body that is no JSON object gives a prompt
/// that is not `readable`.
Prompt read_prompt(std::string_view body, Arena& arena, const JsonLimits& limits = {});

}  // namespace sluice::ai
