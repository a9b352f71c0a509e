// SPDX-License-Identifier: Apache-2.0
// Built-in answers. Blanks, order and texts of the bodies are as clients see them from the service: some compare them.
#include "pipeline/run/executor.hpp"

#include "base/json.hpp"

namespace sluice {
namespace {

struct WireText {
  std::string_view reason;   ///< Reason phrase; empty: the standard one.
  std::string_view message;  ///< Empty: the error's own message.
};

WireText wire_text(const Error& error) {
  switch (error.code()) {
    case ErrorCode::operation_not_found: return {"", "Resource not found"};
    case ErrorCode::subscription_key_not_found:
      return {"Access Denied",
              "Access denied due to missing subscription key. Make sure to include subscription key when making "
              "requests to an API."};
    case ErrorCode::subscription_key_invalid:
      return {"Access Denied",
              "Access denied due to invalid subscription key. Make sure to provide a valid key for an active "
              "subscription."};
    case ErrorCode::caller_ip_not_parsed:
    case ErrorCode::caller_ip_not_allowed:
    case ErrorCode::caller_ip_blocked: return {"", "Forbidden"};
    default: return {};
  }
}

std::string_view request_id_text(const RequestContext& context) {
  static constexpr char digits[] = "0123456789abcdef";
  char text[36];
  char* at = text;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
    *at++ = digits[context.request_id[i] >> 4];
    *at++ = digits[context.request_id[i] & 15];
  }
  return context.arena.copy({text, sizeof text});
}

}  // namespace

std::string_view error_body(Arena& arena, int status, std::string_view message) {
  std::string quoted;
  append_json_string(quoted, message);
  return arena.concat({"{ \"statusCode\": ", std::to_string(status), ", \"message\": ", quoted, " }"});
}

void make_error_response(RequestContext& context, const Error& error) {
  const int status = error.status();
  const WireText wire = wire_text(error);
  const Error::Detail& detail = error.detail();
  Response& response = context.replace_response();
  response.status = status;
  response.reason = detail.status_reason.empty() ? wire.reason : context.arena.copy(detail.status_reason);
  response.headers.append_view({"Content-Type"}, "application/json");
  for (const auto& [name, value] : detail.headers) response.headers.set(std::string_view(name), value);
  std::string_view message = !detail.wire_message.empty() ? std::string_view(detail.wire_message)
                             : !wire.message.empty()      ? wire.message
                                                          : error.message();
  // What went wrong inside is for the log and LastError, not for the caller (K4).
  if (status == 500 && detail.wire_message.empty()) {
    response.body = Body::bytes(
        context.arena.concat({"{ \"statusCode\": 500, \"message\": \"Internal server error\", \"activityId\": \"",
                              request_id_text(context), "\" }"}));
    return;
  }
  response.body = Body::bytes(error_body(context.arena, status, message));
}

}  // namespace sluice
