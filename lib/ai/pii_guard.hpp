// SPDX-License-Identifier: Apache-2.0
// Keeps personal data out of the prompt or the answer of a running request, or lets neither pass.
#pragma once

#include <sluice/context.hpp>

#include "ai/finding_filter.hpp"

#include <memory>
#include <string_view>

namespace sluice::ai {

struct GuardRules {
  std::shared_ptr<const pii::Detector> detector;  ///< Of placeholders alone where a service detects.
  FindingAction action = FindingAction::block;
  std::size_t keep_last = 0;
  bool fails_open = false;  ///< What cannot be read or checked goes on as it is.
  int blocked_status = 403;
  std::string_view backend_id;  ///< Of a service that detects; empty: none.
};

/// Looks at the prompt in the request's body, which must be in memory, and changes it. **Errors**:
/// personal_data_blocked, with the rules' status; bad_request where fields that decide stand twice; cancelled.
Task<Result<void>> guard_prompt(RequestContext& context, const GuardRules& rules, Cancellation& cancellation);

/// Looks at the answer and changes it: at once one that is whole, on its way an event stream. Placeholders that
/// `guard_prompt` has put into this request become what they stand for. `rules` lives as long as the request.
/// **Errors**: personal_data_blocked, for an answer that is whole; an event stream ends with an event that says so.
/// cancelled.
Task<Result<void>> guard_answer(RequestContext& context, const GuardRules& rules, Cancellation& cancellation);

/// `guard_prompt` has put placeholders into this request.
bool has_placeholders(RequestContext& context);

}  // namespace sluice::ai
