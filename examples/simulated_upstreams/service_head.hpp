// SPDX-License-Identifier: Apache-2.0
// How the services word their refusals, and what the heads of their answers tell about capacity.
#pragma once

#include "capacity.hpp"
#include "route.hpp"

#include <sluice/message.hpp>

#include <string>
#include <string_view>

namespace sluice::simulated {

/// Why a request is refused.
struct Refusal {
  int status = 400;
  std::string_view code;  ///< Of Azure, or OpenAI's `code`.
  std::string_view type;  ///< Of OpenAI and Anthropic.
  std::string message;
  std::string_view parameter;  ///< Of OpenAI.
};

/// The body of a refusal.
std::string refusal_body(Dialect dialect, const Refusal& refusal);
Refusal throttled(Dialect dialect, const Capacity::Verdict& verdict);
/// `Retry-After` in whole seconds and, of Azure and OpenAI, `retry-after-ms`.
void add_retry_after(Headers& headers, Dialect dialect, Capacity::Duration wait);
/// `azure-openai-deployment-utilization` of reserved capacity; otherwise `x-ratelimit-…` or `anthropic-ratelimit-…`.
void add_capacity(Headers& headers, Dialect dialect, bool is_reserved, const Capacity::State& state);

}  // namespace sluice::simulated
