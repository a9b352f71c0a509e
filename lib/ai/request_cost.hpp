// SPDX-License-Identifier: Apache-2.0
// About how many tokens a running request will cost, worked out once for all who ask: queues, meters of backends.
#pragma once

#include <sluice/context.hpp>

#include <cstdint>

namespace sluice::ai {

/// What an answer is taken to cost when its request does not bound it, and the most where it does.
inline constexpr std::int64_t expected_completion_tokens = 256;

/// Prompt and expected answer; 1 for what is no request to a model, or not in memory. **Errors**: bad_request, as
/// `prompt_of`.
Task<Result<std::int64_t>> expected_tokens(RequestContext& context);

/// What `expected_tokens` has said of this request last; 1 when nobody has asked.
std::int64_t known_cost(RequestContext& context);

}  // namespace sluice::ai
