// SPDX-License-Identifier: Apache-2.0
// Calls that a policy makes on its own account to a service that it knows, and what becomes of the answer: sidecars of
// Dapr, Service Bus. Inline for the reason that message_parts.hpp gives.
#pragma once

#include <sluice/policy.hpp>

#include "base/request_parts.hpp"
#include "base/variable_part.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::parts {

inline constexpr AttributeSpec response_variable_attribute = {.name = "response-variable-name",
                                                              .doc = "Variable that receives the answer."};
inline constexpr AttributeSpec ignore_error_attribute = {.name = "ignore-error",
                                                         .type = ValueType::boolean,
                                                         .fallback = "false",
                                                         .doc = "Whether to go on when the call fails."};

/// Sends the request and reads the whole answer. **Errors**: those of Backends::call, response_body_too_large.
inline Task<Result<Response>> call_whole(RequestContext& context, OutgoingRequest& request, std::string_view backend_id,
                                         Cancellation& cancellation) {
  Result<Response> answer = co_await context.services.backends.call(context, request, backend_id, cancellation);
  if (!answer) co_return answer;
  auto buffered = co_await buffer_body(answer->body, context.arena, context.services.limits.request.buffered_body_bytes,
                                       ErrorCode::response_body_too_large);
  if (!buffered) co_return fail(std::move(buffered.error()));
  co_return answer;
}

/// The error of an answer that is none of success: `who` answered.
inline Error refused_by(std::string_view who, const Response& answer) {
  constexpr int gateway_error = 500;
  return Error(ErrorCode::backend_error_status,
               std::string(who) + " answered with status " + std::to_string(answer.status) + ".")
      .with_status(gateway_error);
}

inline bool is_success(const Response& answer) { return answer.status >= 200 && answer.status < 300; }

inline Outcome set_value(RequestContext& context, const std::string& variable, const Value& value) {
  return variable.empty() ? Outcome::next() : end_with_variable(context, variable, value);
}

}  // namespace sluice::parts
