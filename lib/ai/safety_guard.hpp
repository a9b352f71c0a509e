// SPDX-License-Identifier: Apache-2.0
// Lets prompt and completion of a running request pass when they have been found clean, and only then.
#pragma once

#include <sluice/context.hpp>

#include "ai/safety_service.hpp"

namespace sluice::ai {

/// Windows of one streamed completion; a longer one ends there.
inline constexpr std::size_t max_stream_windows = 4'096;

/// Looks at the prompt in the request's body, which must be in memory: system text and the rest apart. Texts to embed
/// are not looked at (observed). **Errors**: content_safety_blocked, for whatever reason; bad_request where fields that
/// decide stand twice; cancelled.
Task<Result<void>> check_prompt(RequestContext& context, const SafetyCheck& check, Cancellation& cancellation);

/// Looks at the answer: at once at one that is whole, on its way at an event stream. Answers from status 400 on are
/// not looked at. `check` lives as long as the request. **Errors**: content_safety_blocked, for an answer that is
/// whole; an event stream ends as if the model's own filter had ended it. cancelled.
Task<Result<void>> check_completion(RequestContext& context, const SafetyCheck& check, Cancellation& cancellation);

}  // namespace sluice::ai
