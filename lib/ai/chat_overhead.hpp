// SPDX-License-Identifier: Apache-2.0
// What a chat request takes beside the tokens of its texts: marks around messages, and the definitions of functions,
// which models get as types of TypeScript.
//
// Published are: 3 tokens for each message with those of its role and name, 1 for a name, 3 to start the answer
// (OpenAI's cookbook, "How to count tokens with tiktoken"); what functions become and take has been found out by
// comparing with reported usage (https://hmarr.com/blog/counting-openai-tokens/), and agrees with the cookbook's counts
// of requests with tools for models of cl100k_base and of o200k_base. Results of tools and calls of tools are counted
// as those of functions, of which that is known. Nothing is known of other tools; they count nothing.
#pragma once

#include "ai/prompt.hpp"
#include "tokenizer/tokenizer.hpp"

#include <array>
#include <string>
#include <string_view>

namespace sluice::ai {

/// Schemas within schemas in the definition of a function; those below are `any`.
inline constexpr unsigned max_schema_depth = 32;

/// The roles of nearly all messages, each of which is a token of cl100k_base and of o200k_base.
inline constexpr std::array<std::string_view, 6> roles_of_one_token = {"user",      "assistant", "system",
                                                                       "developer", "tool",      "function"};

/// What there is beside the texts of a prompt and its definitions.
struct ChatOverhead {
  static constexpr std::size_t none = SIZE_MAX;
  std::int64_t tokens = 0;
  bool has_definitions = false;          ///< `definitions_text` has to be counted too.
  std::size_t text_with_newline = none;  ///< Of `prompt.texts`: the one that gets a newline at its end.
};

ChatOverhead chat_overhead(const Prompt& prompt, const tokenizer::Tokenizer& tokens);

/// The definitions of the functions of a request (`tools` or `functions`), as models get them; empty when there are
/// none.
std::string definitions_text(const JsonValue& request);

}  // namespace sluice::ai
