// SPDX-License-Identifier: Apache-2.0
// The elements that describe parts of a message (set-header, set-status, set-method, set-body): they are policies of
// their own and also children of return-response and send-request. Here are their tables, their compiled form and
// their effect, once for all. All of it is inline: the room base is linked without the pipeline that implements
// CompileContext and Template.
#pragma once

#include <sluice/bytes_value.hpp>
#include <sluice/liquid.hpp>
#include <sluice/policy.hpp>

#include "base/head_syntax.hpp"
#include "base/text.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::parts {

constexpr std::int64_t min_status = 200;
constexpr std::int64_t max_status = 599;

/// Whether a named value that is not known here still stands in the text: such a literal cannot be checked.
inline bool has_placeholder(std::string_view text) { return text.find("{{") != std::string_view::npos; }

inline constexpr AttributeSpec header_attributes[] = {
    {.name = "name", .required = true, .expressions = true, .doc = "Name of the header; compared without case."},
    {.name = "exists-action",
     .expressions = true,
     .one_of = exists_action_names,
     .fallback = "override",
     .doc = "What to do when the header is there: replace it, leave it, add the values to it, or remove it."}};
inline constexpr ElementSpec header_children[] = {
    {.name = "value", .occurs = Occurs::many, .text = TextRule::expression, .doc = "A value of the header."}};

inline constexpr AttributeSpec status_attributes[] = {
    {.name = "code",
     .type = ValueType::integer,
     .required = true,
     .expressions = true,
     .min = min_status,
     .max = max_status,
     .doc = "Status code of the answer."},
    {.name = "reason", .expressions = true, .doc = "Reason phrase; the standard one of the code when absent."}};

inline constexpr AttributeSpec body_attributes[] = {
    {.name = "template", .one_of = "liquid none", .fallback = "none", .doc = "Language of the content."},
    {.name = "xsi-nil",
     .one_of = "blank null",
     .fallback = "blank",
     .doc = "How Liquid sees XML elements with xsi:nil=\"true\"."},
    {.name = "parse-date",
     .type = ValueType::boolean,
     .fallback = "true",
     .doc = "Whether Liquid sees dates as dates."}};

/// An edit that is the same for every request, checked when it was compiled: the line is set, or removed.
struct ConstantEdit {
  std::string text;  ///< As it stands in a head: `name: value CR LF`.
  Header line;
  bool removes = false;
};

/// set-header.
struct HeaderPart {
  Template name;
  Template action;
  std::optional<ExistsAction> constant_action;  ///< When every request has the same.
  std::optional<EditedField> constant_field;    ///< Likewise.
  std::vector<Template> values;
  std::shared_ptr<const ConstantEdit> constant_edit;
};

inline std::shared_ptr<const ConstantEdit> constant_edit(const HeaderPart& part) {
  const auto name = part.name.constant_text();
  if (!name || !part.constant_field || part.constant_field->is_immutable) return nullptr;
  const EditedField& field = *part.constant_field;
  std::string value;
  const bool removes = part.constant_action == ExistsAction::remove && part.values.empty() && !field.is_server;
  if (!removes) {
    const bool sets = part.constant_action == ExistsAction::replace && part.values.size() == 1 && !field.keeps_lines;
    if (!sets || part.values.front().is_expression()) return nullptr;
    const auto text = part.values.front().constant_text();
    if (!text || !is_field_text(*text)) return nullptr;
    value = strip_blanks(*text);
  }
  auto edit = std::make_shared<ConstantEdit>(ConstantEdit{*name + ": " + value + "\r\n", {}, removes});
  edit->line = ready_field(edit->text);
  return edit;
}

inline HeaderPart compile_header(const PolicyElement& element, CompileContext& context) {
  HeaderPart part{context.value(element, "name"), context.value(element, "exists-action"), {}, {}, {}, {}};
  if (const auto action = part.action.constant_text()) part.constant_action = exists_action(*action);
  const auto name = part.name.constant_text();
  if (name) part.constant_field = edited_field(*name);
  if (const PolicyAttribute* attribute = element.attribute("name");
      attribute && name && !is_token(*name) && !has_placeholder(*name)) {
    context.error(*attribute, "SL2106",
                  "attribute 'name' of <" + element.name + "> must be a header name, found '" + *name + "'");
  }
  for (const PolicyElement& child : element.children) {
    if (child.name == "value") part.values.push_back(context.text(child));
  }
  part.constant_edit = constant_edit(part);
  return part;
}

/// The texts of `values`, without those that are null.
inline Result<std::span<const std::string_view>> texts(const std::vector<Template>& values, RequestContext& context) {
  const auto list = context.arena.make_array<std::string_view>(values.size());
  std::size_t count = 0;
  for (const Template& value : values) {
    if (!value.is_expression()) {
      auto literal = value.text(context);
      if (!literal) return fail(std::move(literal.error()));
      list[count++] = *literal;
      continue;
    }
    const auto computed = value.value(context);
    if (!computed) return fail(computed.error());
    if (!computed->is_null()) list[count++] = to_text(*computed, context.arena);
  }
  return std::span<const std::string_view>(list.data(), count);
}

inline Result<void> apply(const HeaderPart& part, RequestContext& context, Headers& headers) {
  if (const ConstantEdit* edit = part.constant_edit.get()) {
    if (edit->removes) {
      headers.remove(edit->line.key());
    } else {
      headers.set_line(edit->line);
    }
    return {};
  }
  const auto name = part.name.text(context);
  if (!name) return fail(name.error());
  auto action = part.constant_action;
  if (!action) {
    const auto chosen = part.action.choice(context, exists_action_names);
    if (!chosen) return fail(chosen.error());
    action = static_cast<ExistsAction>(*chosen);
  }
  const auto field = part.constant_field ? part.constant_field : edited_field(*name);
  if (!field) {
    return fail(ErrorCode::policy_value_invalid,
                "'" + std::string(name->substr(0, 100)) + "' is not a valid header name.");
  }
  const auto values = texts(part.values, context);
  if (!values) return fail(values.error());
  return edit_header(headers, *name, *field, *action, *values);
}

/// set-status.
struct StatusPart {
  Template code;
  Template reason;
};

inline StatusPart compile_status(const PolicyElement& element, CompileContext& context) {
  StatusPart part{context.value(element, "code"), context.value(element, "reason")};
  const auto reason = part.reason.constant_text();
  if (const PolicyAttribute* attribute = element.attribute("reason"); attribute && reason && !is_field_text(*reason)) {
    context.error(*attribute, "SL2106",
                  "attribute 'reason' of <" + element.name + "> holds characters that a status line may not hold");
  }
  return part;
}

inline Result<void> apply(const StatusPart& part, RequestContext& context, Response& response) {
  const auto code = part.code.integer(context, min_status, max_status);
  if (!code) return fail(code.error());
  std::string_view reason;
  if (part.reason.is_set()) {
    const auto text = part.reason.text(context);
    if (!text) return fail(text.error());
    if (!is_field_text(*text)) {
      return fail(ErrorCode::policy_value_invalid, "The reason holds characters that a status line may not hold.");
    }
    reason = context.arena.copy(*text);
  }
  response.status = static_cast<int>(*code);
  response.reason = reason;
  return {};
}

/// set-method: the element's text.
inline Template compile_method(const PolicyElement& element, CompileContext& context) {
  Template method = context.text(element);
  const auto text = method.constant_text();
  if (text && !is_token(*text) && !has_placeholder(*text)) {
    context.error(element, "SL2106",
                  "the text of <" + element.name + "> must be an HTTP method, found '" + *text + "'");
  }
  return method;
}

inline Result<std::string_view> method_text(const Template& method, RequestContext& context) {
  const auto text = method.text(context);
  if (!text) return fail(text.error());
  if (!is_token(*text)) {
    return fail(ErrorCode::policy_value_invalid,
                "'" + std::string(text->substr(0, 100)) + "' is not a valid HTTP method.");
  }
  return context.arena.copy(*text);
}

/// Whether policies of the section work on the request; otherwise on the answer.
constexpr bool works_on_request(Section section) { return section == Section::inbound || section == Section::backend; }

/// The text of an element as a Liquid template; `of`: what it calls `body`.
inline Template compile_template(const PolicyElement& element, LiquidBody of, CompileContext& context) {
  LiquidOptions options{of, equal_ignoring_case(context.literal(element, "xsi-nil"), "null"),
                        !equal_ignoring_case(context.literal(element, "parse-date"), "false"),
                        context.limits().expression, context.limits().liquid};
  CompiledExpression compiled = compile_liquid(element.text.text, options);
  for (ExpressionFinding& finding : compiled.findings) context.finding(element.text, std::move(finding));
  if (compiled.expression == nullptr) return Template();
  context.needs(compiled.expression->effects());
  return Template(std::move(compiled.expression));
}

/// set-body: the element's text or markup. A template calls `body` what policies of the section work on, or nothing
/// (`has_body`).
inline Template compile_body(const PolicyElement& element, CompileContext& context, bool has_body = true) {
  const bool is_template = equal_ignoring_case(context.literal(element, "template"), "liquid");
  if (!is_template || element.text.is_expression) return context.text(element);
  const LiquidBody current = works_on_request(context.section()) ? LiquidBody::request : LiquidBody::response;
  return compile_template(element, has_body ? current : LiquidBody::none, context);
}

/// The bytes of a body, in the arena: `byte[]` as it is, text as UTF-8, null as nothing.
/// **Errors**: `too_large` when there are more than the limit for buffered bodies (L5).
inline Result<std::string_view> body_bytes(const Template& body, RequestContext& context, ErrorCode too_large) {
  const auto value = body.value(context);
  if (!value) return fail(value.error());
  const auto binary = bytes_of(*value);
  const std::string_view bytes = binary ? *binary : to_text(*value, context.arena);
  const std::size_t limit = context.services.limits.request.buffered_body_bytes;
  if (bytes.size() > limit) return fail(too_large, "The body has more than " + std::to_string(limit) + " bytes.");
  return context.arena.copy(bytes);
}

/// Puts new content into a message. A field that tells the old length is corrected; Content-Type stays.
inline void replace_body(Headers& headers, Body& body, std::string_view bytes) {
  body.set_bytes(bytes);
  if (headers.contains("Content-Length")) headers.set("Content-Length", std::to_string(bytes.size()));
}

}  // namespace sluice::parts
