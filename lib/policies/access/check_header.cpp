// SPDX-License-Identifier: Apache-2.0
// <check-header>: refuses a request that lacks a header, or whose header has none of the listed values.
// Sections: inbound. All scopes.
// Source: API Management policy reference, check-header.
#include <sluice/policy.hpp>

#include "base/message_parts.hpp"

#include <string>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "name", .required = true, .expressions = true, .doc = "Name of the header; compared without case."},
    {.name = "failed-check-httpcode",
     .type = ValueType::integer,
     .required = true,
     .expressions = true,
     .min = parts::min_status,
     .max = parts::max_status,
     .doc = "Status code of the refusal."},
    {.name = "failed-check-error-message", .expressions = true, .doc = "Message in the body of the refusal."},
    {.name = "ignore-case",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "false",
     .doc = "Whether values are compared without case."}};

constexpr ElementSpec children[] = {{.name = "value",
                                     .occurs = Occurs::many,
                                     .text = TextRule::expression,
                                     .doc = "An allowed value; without any, the header only has to be there."}};

struct Config {
  Template name, status, message, ignore_case;
  std::vector<Template> values;
};

class CheckHeader final : public Step {
 public:
  explicit CheckHeader(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    const auto name = config_.name.text(context);
    if (!name) return Outcome::fail(name.error());
    const HeaderName header(*name);
    const std::string_view found = context.request.headers.get(header);
    if (found.empty()) {
      return refuse(context, ErrorCode::header_not_found,
                    "Header " + std::string(*name) + " was not found in the request. Access denied.");
    }
    if (config_.values.empty()) return Outcome::next();
    // A header that comes twice is two readings of one decision: it matches nothing (P6).
    if (context.request.headers.count(header) == 1) {
      const auto allowed = is_allowed(context, found);
      if (!allowed) return Outcome::fail(allowed.error());
      if (*allowed) return Outcome::next();
    }
    return refuse(
        context, ErrorCode::header_value_not_allowed,
        "Header " + std::string(*name) + " value of " + std::string(found) + " is not allowed. Access denied.");
  }

 private:
  Result<bool> is_allowed(RequestContext& context, std::string_view found) const {
    const auto ignores_case = config_.ignore_case.boolean(context);
    if (!ignores_case) return fail(ignores_case.error());
    for (const Template& value : config_.values) {
      const auto text = value.text(context);
      if (!text) return fail(text.error());
      if (*ignores_case ? equal_ignoring_case(*text, found) : *text == found) return true;
    }
    return false;
  }

  Outcome refuse(RequestContext& context, ErrorCode code, std::string reason) const {
    const auto status = config_.status.integer(context, parts::min_status, parts::max_status);
    if (!status) return Outcome::fail(status.error());
    std::string message = reason;
    if (config_.message.is_set()) {
      const auto text = config_.message.text(context);
      if (!text) return Outcome::fail(text.error());
      message = *text;
    }
    return Outcome::fail(
        Error(code, std::move(reason)).with_status(static_cast<int>(*status)).with_wire_message(std::move(message)));
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{context.value(element, "name"),
                context.value(element, "failed-check-httpcode"),
                context.value(element, "failed-check-error-message"),
                context.value(element, "ignore-case"),
                {}};
  for (const PolicyElement& child : element.children) config.values.push_back(context.text(child));
  return make_step<CheckHeader>(std::move(config));
}

}  // namespace

SLUICE_POLICY(check_header){
    .elements = "check-header",
    .sections = Sections::inbound,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Refuses a request that lacks a header or one of its allowed values.",
    .differs =
        "failed-check-error-message and ignore-case may be left out, as real documents do: the message is then "
        "that of context.LastError, and case matters."};

}  // namespace sluice::policies
