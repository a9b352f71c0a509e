// SPDX-License-Identifier: Apache-2.0
// Answer: what a simulated model says, whatever format it is written in. Its words are one token each in OpenAI's
// encodings (cl100k_base, o200k_base); the arguments of a call count one for each piece that a stream gives, at most
// 4 bytes. So `usage` tells exactly how many events with text a stream has.
#pragma once

#include "ask.hpp"
#include "deployment_settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::simulated {

struct ToolCall {
  std::string id, name, arguments;
  std::vector<std::string_view> pieces() const;
};

struct Answer {
  std::string id;  ///< Without the prefix of a format.
  std::string model;
  std::int64_t created = 0;
  std::int64_t choices = 1;
  std::int64_t words = 0;  ///< Of each choice; none when it calls tools.
  std::vector<ToolCall> calls;
  bool is_cut_short = false;  ///< By the bound of the request.
  std::int64_t prompt = 0, completion = 0, cached = 0, audio = 0, reasoning = 0;
  bool reports_usage = true;
};

/// The words of an answer, again and again.
std::string_view word(std::int64_t index);
std::string words_of(const Answer& answer);

Answer make_answer(const Ask& ask, const DeploymentSettings& settings, std::string id, std::string_view model,
                   std::int64_t created);
/// What a request may take, as limits count it before the answer is known.
std::int64_t estimated_tokens(const Ask& ask, const DeploymentSettings& settings);

}  // namespace sluice::simulated
