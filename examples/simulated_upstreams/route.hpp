// SPDX-License-Identifier: Apache-2.0
// Which service a path means: the endpoint, and whose dialect its errors and heads are written in.
//
//   /openai/deployments/NAME/…  /openai/v1/…  /openai/responses      Azure OpenAI
//   /v1/chat/completions  /v1/completions  /v1/embeddings  /v1/responses  /v1/models      OpenAI
//   …/assistants  …/threads and what is under them      both
//   …/v1/messages      Anthropic
//   /models/chat/completions  /models/embeddings  /models/info, also without /models      Azure AI Model Inference
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::simulated {

enum class Dialect : std::uint8_t { azure, openai, anthropic, inference };
enum class Endpoint : std::uint8_t {
  none,
  chat,
  completions,
  embeddings,
  responses,
  messages,
  assistants,
  models,
  info
};

struct Route {
  Dialect dialect = Dialect::openai;
  Endpoint endpoint = Endpoint::none;
  std::string_view rest;        ///< Of assistants: from `assistants` or `threads` on.
  std::string_view deployment;  ///< Named by the path; empty: the body's model.
};

Route route_of(std::string_view path);

}  // namespace sluice::simulated
