// SPDX-License-Identifier: Apache-2.0
// The message that a policy changes the body of: the request (inbound, backend) or the answer (outbound, on-error).
// Inline for the reason that message_parts.hpp gives.
#pragma once

#include "base/message_parts.hpp"

#include <string>
#include <string_view>

namespace sluice::parts {

struct CurrentMessage {
  Headers& headers;
  Body& body;
  ErrorCode too_large;

  /// There is nothing to work on: no body, or one without a byte.
  bool is_empty() const { return body.data().empty(); }
};

inline CurrentMessage current_message(RequestContext& context, bool on_request) {
  if (on_request) return {context.request.headers, context.request.body, ErrorCode::request_body_too_large};
  return {context.response.headers, context.response.body, ErrorCode::response_body_too_large};
}

/// What a step notes whose work needs the body in memory.
constexpr Effects reads_current_body(Section section) {
  return works_on_request(section) ? Effects::reads_request_body : Effects::reads_response_body;
}

/// Makes `bytes` the body. **Errors**: the message's `too_large` when there are more than a policy may buffer (L5).
inline Result<void> put_body(RequestContext& context, const CurrentMessage& message, std::string_view bytes) {
  const std::size_t limit = context.services.limits.request.buffered_body_bytes;
  if (bytes.size() > limit) {
    return fail(message.too_large, "The body has more than " + std::to_string(limit) + " bytes.");
  }
  replace_body(message.headers, message.body, context.arena.copy(bytes));
  return {};
}

}  // namespace sluice::parts
