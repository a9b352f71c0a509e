// SPDX-License-Identifier: Apache-2.0
// <return-response>: ends the pipeline with an answer of its own, or with one that a variable holds.
// Sections and scopes: all. Its children see the answer so far in context.Response, not the one they build.
// Source: API Management policy reference, return-response.
#include <sluice/policy.hpp>
#include <sluice/response_value.hpp>

#include "base/message_parts.hpp"

#include <string>
#include <variant>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "response-variable-name",
     .doc = "Variable with the answer to start from, as send-request leaves it; otherwise an empty 200."}};

constexpr ElementSpec children[] = {{.name = "set-status",
                                     .occurs = Occurs::optional,
                                     .attributes = parts::status_attributes,
                                     .doc = "Status code and reason phrase."},
                                    {.name = "set-header",
                                     .occurs = Occurs::many,
                                     .attributes = parts::header_attributes,
                                     .children = parts::header_children,
                                     .doc = "A header of the answer."},
                                    {.name = "set-body",
                                     .occurs = Occurs::optional,
                                     .text = TextRule::markup,
                                     .attributes = parts::body_attributes,
                                     .doc = "The body of the answer."}};

/// set-status, set-header or set-body.
using Part = std::variant<parts::StatusPart, parts::HeaderPart, Template>;

Result<void> apply_part(const Part& part, RequestContext& context, Response& answer) {
  if (const auto* status = std::get_if<parts::StatusPart>(&part)) return parts::apply(*status, context, answer);
  if (const auto* header = std::get_if<parts::HeaderPart>(&part)) return parts::apply(*header, context, answer.headers);
  const auto bytes = parts::body_bytes(std::get<Template>(part), context, ErrorCode::response_body_too_large);
  if (!bytes) return fail(bytes.error());
  parts::replace_body(answer.headers, answer.body, *bytes);
  return {};
}

class ReturnResponse final : public Step {
 public:
  ReturnResponse(std::string variable, std::vector<Part> parts)
      : variable_(std::move(variable)), key_(variable_), parts_(std::move(parts)) {}

  Outcome run(RequestContext& context) const override {
    Response answer(context.arena);
    if (!variable_.empty()) {
      auto taken = take_variable(context, answer);
      if (!taken) return Outcome::fail(std::move(taken.error()));
    }
    for (const Part& part : parts_) {
      auto done = apply_part(part, context, answer);
      if (!done) return Outcome::fail(std::move(done.error()));
    }
    // Only now: the expressions of the children may have read the answer that this one replaces.
    context.replace_response() = std::move(answer);
    return Outcome::respond();
  }

 private:
  Result<void> take_variable(RequestContext& context, Response& answer) const {
    const Value* value = context.variables.find(key_);
    const Response* held = value != nullptr ? response_of(*value) : nullptr;
    if (held == nullptr) {
      return fail(ErrorCode::policy_value_invalid, "The variable '" + variable_ + "' holds no response.");
    }
    answer.status = held->status;
    answer.reason = held->reason;
    answer.headers.assign(held->headers);
    answer.body = Body::bytes(held->body.data());
    return {};
  }

  std::string variable_;
  VariableName key_;
  std::vector<Part> parts_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  std::vector<Part> compiled;
  for (const PolicyElement& child : element.children) {
    if (child.name == "set-status") compiled.emplace_back(parts::compile_status(child, context));
    if (child.name == "set-header") compiled.emplace_back(parts::compile_header(child, context));
    if (child.name == "set-body") compiled.emplace_back(parts::compile_body(child, context, false));
  }
  return make_step<ReturnResponse>(context.literal(element, "response-variable-name"), std::move(compiled));
}

}  // namespace

SLUICE_POLICY(return_response){.elements = "return-response",
                               .sections = Sections::all,
                               .attributes = attributes,
                               .children = children,
                               .compile = compile,
                               .summary = "Ends the pipeline with an answer of its own.",
                               .differs = "Its children may stand in any order and take effect in that order."};

}  // namespace sluice::policies
