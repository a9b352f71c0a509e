// SPDX-License-Identifier: Apache-2.0
// What the policies that talk to a Dapr sidecar share: attributes, content, the call.
// Source: API Management policy reference, publish-to-dapr and invoke-dapr-binding; Dapr HTTP API.
#pragma once

#include <sluice/policy.hpp>
#include <sluice/response_value.hpp>

#include "base/own_call.hpp"
#include "base/url.hpp"

#include <string>
#include <string_view>

namespace sluice::parts {

/// Where the sidecar of a gateway listens.
constexpr std::string_view dapr_base = "http://localhost:3500/v1.0";

inline constexpr AttributeSpec dapr_timeout_attribute = {.name = "timeout",
                                                         .type = ValueType::number,
                                                         .expressions = true,
                                                         .fallback = "5",
                                                         .min = 1,
                                                         .max = max_timeout_seconds,
                                                         .doc = "Seconds to the end of the answer's head."};
inline constexpr AttributeSpec dapr_template_attribute = {
    .name = "template", .one_of = "Liquid none", .fallback = "none", .doc = "Language of the content."};
inline constexpr AttributeSpec dapr_content_type_attribute = {.name = "content-type",
                                                              .doc = "Type of the content: application/json."};

/// The policy toolkit misspells these elements: `publish-to-darp`. False after an error.
inline bool accept_spelling(const PolicyElement& element, std::string_view documented, CompileContext& context) {
  if (element.name == documented) return true;
  const std::string hint = "write " + std::string(documented);
  if (context.behaviour().lenient_aliases) {
    context.warning(element, "SL2120", "<" + element.name + "> is not documented", hint);
  } else {
    context.error(element, "SL2101", "<" + element.name + "> is not a known policy", hint);
  }
  return context.behaviour().lenient_aliases;
}

/// How the sidecar is called, and what its answer means.
struct DaprPart {
  Template timeout;
  std::string variable;
  bool ignore_error = false;
};

/// The longest timeout, in seconds, that the service takes.
constexpr std::int64_t documented_timeout = 240;

inline DaprPart compile_dapr(const PolicyElement& element, CompileContext& context) {
  Template timeout = context.value(element, "timeout");
  if (timeout.constant_integer().value_or(0) > documented_timeout) {
    context.warning(element, "SL2106",
                    "the timeout of <" + element.name + "> is longer than the " + std::to_string(documented_timeout) +
                        " seconds that the service takes");
  }
  return {std::move(timeout), context.literal(element, "response-variable-name"),
          context.literal_boolean(element, "ignore-error")};
}

/// The text of `content`, in the language that the policy's element names.
inline Template compile_content(const PolicyElement& element, const PolicyElement& content, CompileContext& context) {
  const bool is_template = equal_ignoring_case(context.literal(element, "template"), "liquid");
  if (!is_template || content.text.is_expression) return context.text(content);
  return compile_template(content, works_on_request(context.section()) ? LiquidBody::request : LiquidBody::response,
                          context);
}

/// Posts to the sidecar. An answer, of whatever status, is kept in the variable; one that is none of success is an
/// error, unless errors are ignored.
inline Task<Outcome> post_to_dapr(const DaprPart& part, RequestContext& context, std::string_view path,
                                  std::string_view content_type, std::string_view body, Cancellation& cancellation) {
  const auto timeout = timeout_seconds(part.timeout, context);
  if (!timeout) co_return Outcome::fail(timeout.error());
  OutgoingRequest request(context.arena);
  const auto url = parse_url(context.arena.concat({dapr_base, path}), context.arena);
  if (!url) co_return Outcome::fail(url.error());
  request.method = "POST";
  request.url = *url;
  request.timeout = *timeout;
  request.headers.set("Content-Type", content_type);
  request.body = Body::bytes(body);
  Result<Response> answer = co_await call_whole(context, request, {}, cancellation);
  const bool was_given_up = !answer && answer.error().code() == ErrorCode::cancelled;
  const bool is_ignored = part.ignore_error && !was_given_up;
  if (!answer && !is_ignored) co_return Outcome::fail(std::move(answer.error()));
  const bool succeeded = answer && is_success(*answer);
  std::optional<Error> refusal;
  if (answer && !succeeded) refusal = refused_by("Dapr", *answer);
  const Value value = answer ? make_response_value(context, std::move(*answer)) : Value();
  Outcome outcome = set_value(context, part.variable, value);
  if (refusal && !is_ignored) outcome = Outcome::fail(std::move(*refusal));
  co_return outcome;
}

/// Where a method of an application is invoked: `<sidecar>/invoke/<app>[.<namespace>]/method[/<method>]`. Names that
/// are not set, or empty, are left out, but for the application's.
inline Result<Url> dapr_invoke_url(const Template& app_id, const Template& name_space, const Template& method_name,
                                   RequestContext& context) {
  Arena& arena = context.arena;
  const auto app = app_id.text(context);
  if (!app) return fail(app.error());
  if (app->empty()) return fail(ErrorCode::policy_value_invalid, "dapr-app-id must not be empty.");
  std::string_view url = arena.concat({dapr_base, "/invoke/", percent_encode(*app, {}, arena)});
  if (name_space.is_set()) {
    const auto name = name_space.text(context);
    if (!name) return fail(name.error());
    if (!name->empty()) url = arena.concat({url, ".", percent_encode(*name, {}, arena)});
  }
  url = arena.concat({url, "/method"});
  if (method_name.is_set()) {
    const auto method = method_name.text(context);
    if (!method) return fail(method.error());
    if (!method->empty()) url = arena.concat({url, "/", percent_encode(*method, "/", arena)});
  }
  return parse_url(url, arena);
}

}  // namespace sluice::parts
