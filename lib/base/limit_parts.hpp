// SPDX-License-Identifier: Apache-2.0
// What the policies that limit calls and tokens share: the attributes that name headers and variables, how the numbers
// get there, and the built-in refusals. Inline for the same reason as message_parts.hpp.
#pragma once

#include <sluice/policy.hpp>

#include "base/message_parts.hpp"
#include "base/time.hpp"
#include "base/variable_part.hpp"

#include <string>
#include <string_view>

namespace sluice::parts {

inline constexpr AttributeSpec retry_after_header_attribute = {
    .name = "retry-after-header-name", .fallback = "Retry-After", .doc = "Header that tells the seconds to wait."};
inline constexpr AttributeSpec retry_after_variable_attribute = {.name = "retry-after-variable-name",
                                                                 .doc = "Variable that tells the seconds to wait."};
inline constexpr AttributeSpec remaining_calls_header_attribute = {
    .name = "remaining-calls-header-name", .doc = "Header of the answer with the calls that are left."};
inline constexpr AttributeSpec remaining_calls_variable_attribute = {.name = "remaining-calls-variable-name",
                                                                     .doc = "Variable with the calls that are left."};
inline constexpr AttributeSpec total_calls_header_attribute = {
    .name = "total-calls-header-name", .doc = "Header of the answer with the number of calls allowed."};

/// A header and a variable that receive one number; either may be empty.
struct NumberNames {
  std::string header, variable;
  bool any() const { return !header.empty() || !variable.empty(); }
};

/// Reads two attributes that name a header and a variable.
inline NumberNames compile_names(const PolicyElement& element, CompileContext& context, std::string_view header,
                                 std::string_view variable) {
  NumberNames names;
  if (!header.empty()) names.header = context.literal(element, header);
  if (!variable.empty()) names.variable = context.literal(element, variable);
  if (!names.header.empty() && !is_token(names.header) && !has_placeholder(names.header)) {
    const PolicyAttribute* attribute = element.attribute(header);
    context.error(*attribute, "SL2106",
                  "attribute '" + attribute->name + "' of <" + element.name + "> must be a header name, found '" +
                      names.header + "'");
  }
  return names;
}

inline Value number_value(std::int64_t number) {
  return number >= INT32_MIN && number <= INT32_MAX ? Value::int32(static_cast<std::int32_t>(number))
                                                    : Value::int64(number);
}

inline Result<void> set_variable(RequestContext& context, const std::string& name, std::int64_t number) {
  return put_variable(context, name, number_value(number));
}

/// Tells `number` to expressions, and to the caller whatever answer goes out.
inline Result<void> tell(const NumberNames& names, RequestContext& context, std::int64_t number) {
  if (!names.header.empty()) context.final_headers.set(HeaderName(names.header), std::to_string(number));
  if (names.variable.empty()) return {};
  return set_variable(context, names.variable, number);
}

/// The refusal of a limit: `message` for the caller ends with the time to wait, unless waiting does not help.
/// `wait` is what Retry-After says.
inline Error refusal(ErrorCode code, const NumberNames& retry_after, RequestContext& context, std::string wire_message,
                     std::string message, std::optional<std::chrono::microseconds> wait) {
  Error error(code, std::move(message));
  error.edit().wire_message = std::move(wire_message);
  if (!wait) return error;
  const std::int64_t seconds = retry_after_seconds(*wait);
  error.edit().headers.emplace_back(retry_after.header, std::to_string(seconds));
  if (!retry_after.variable.empty()) {
    if (auto set = set_variable(context, retry_after.variable, seconds); !set) return std::move(set.error());
  }
  return error;
}

/// `Rate limit is exceeded. Try again in 5 seconds.`
inline Error rate_refusal(const NumberNames& retry_after, RequestContext& context, std::chrono::microseconds wait) {
  return refusal(ErrorCode::rate_limit_exceeded, retry_after, context,
                 "Rate limit is exceeded. Try again in " + std::to_string(retry_after_seconds(wait)) + " seconds.", {},
                 wait);
}

/// `Out of call volume quota. Quota will be replenished in 01:02:03.`; without a time when it never is.
inline Error quota_refusal(std::string_view what, RequestContext& context, std::chrono::microseconds wait) {
  std::string message = "Out of " + std::string(what) + " quota.";
  if (wait == CounterState::never)
    return refusal(ErrorCode::quota_exceeded, {}, context, message, message, std::nullopt);
  message += " Quota will be replenished in " + format_clock_duration(wait) + ".";
  return refusal(ErrorCode::quota_exceeded, {"Retry-After", {}}, context, message, message, wait);
}

/// Notes what went wrong where the request cannot be told any more, or where going on is right.
inline void note_failure(RequestContext& context, std::string_view policy, const Error& error) {
  context.trace(policy, "error", error.message());
  const Label fields[] = {{"policy", policy}, {"reason", error.reason()}, {"message", error.message()}};
  context.services.telemetry.log(LogLevel::warning, "a policy could not count", fields);
}

/// What a limit that cannot be counted means: rates let the request pass, so that the gateway survives its store;
/// quotas refuse it (threat model, section 9).
inline CounterState uncounted_rate(RequestContext& context, std::string_view policy, const Error& error,
                                   std::int64_t limit) {
  note_failure(context, policy, error);
  return {true, limit, {}};
}

/// A number of calls or seconds that an expression gave.
inline constexpr std::int64_t max_calls = std::int64_t{1} << 40;
inline constexpr std::int64_t max_rate_period_seconds = 300;

}  // namespace sluice::parts
