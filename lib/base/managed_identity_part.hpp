// SPDX-License-Identifier: Apache-2.0
// <authentication-managed-identity>: a policy of its own, and a child of those that send requests: its table, its
// compiled form and its effect. Inline for the reason that message_parts.hpp gives.
#pragma once

#include <sluice/policy.hpp>

#include "base/message_parts.hpp"
#include "base/variable_part.hpp"

#include <string>
#include <string_view>

namespace sluice::parts {

inline constexpr AttributeSpec managed_identity_attributes[] = {
    {.name = "resource",
     .required = true,
     .expressions = true,
     .doc = "What the token is for: an application's id or a resource's URI."},
    {.name = "client-id",
     .expressions = true,
     .doc = "The user-assigned identity; without it, the one that the machine has."},
    {.name = "output-token-variable-name", .doc = "Variable that receives the token; no header is set then."},
    {.name = "ignore-error",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "false",
     .doc = "Whether to go on without a token after a failure."}};

struct ManagedIdentityPart {
  Template resource, client_id, ignore_error;
  std::string variable;
  bool is_set() const { return resource.is_set(); }
};

inline ManagedIdentityPart compile_managed_identity(const PolicyElement& element, CompileContext& context) {
  return {context.value(element, "resource"), context.value(element, "client-id"),
          context.value(element, "ignore-error"), context.literal(element, "output-token-variable-name")};
}

/// The token goes into the variable, or into `headers` as Authorization.
inline Result<void> keep_access_token(const ManagedIdentityPart& part, RequestContext& context, std::string_view token,
                                      Headers& headers) {
  if (part.variable.empty()) {
    headers.set("Authorization", context.arena.concat({"Bearer ", token}));
    return {};
  }
  return put_variable(context, part.variable, Value::string(context.arena.copy(token)));
}

/// Asks for the token. **Errors**: those of TokenSource, unless they are to be ignored; policy_value_invalid.
inline Task<Result<void>> show_managed_identity(const ManagedIdentityPart& part, RequestContext& context,
                                                Headers& headers, Cancellation& cancellation) {
  const auto resource = part.resource.text(context);
  if (!resource) co_return fail(resource.error());
  std::string_view client_id;
  if (part.client_id.is_set()) {
    const auto text = part.client_id.text(context);
    if (!text) co_return fail(text.error());
    client_id = *text;
  }
  const auto ignores_errors = part.ignore_error.boolean(context);
  if (!ignores_errors) co_return fail(ignores_errors.error());
  Result<AccessToken> token = co_await context.services.tokens.token(*resource, client_id, cancellation);
  if (!token) {
    // Nobody waits for a request that was given up: its error is never ignored.
    const bool is_ignored = *ignores_errors && token.error().code() != ErrorCode::cancelled;
    if (!is_ignored) co_return fail(std::move(token.error()));
    context.trace("authentication-managed-identity", "information", token.error().message());
    co_return Result<void>();
  }
  if (!is_field_text(token->value))
    co_return fail(ErrorCode::access_token_unavailable,
                   "The access token holds characters that a header may not hold.");
  co_return keep_access_token(part, context, token->value, headers);
}

}  // namespace sluice::parts
