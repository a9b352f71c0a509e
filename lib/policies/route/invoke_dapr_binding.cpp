// SPDX-License-Identifier: Apache-2.0
// <invoke-dapr-binding>: calls an output binding by way of the Dapr sidecar.
// Sections: inbound, outbound, on-error. Scopes: all; documented without workspace.
// Source: API Management policy reference, invoke-dapr-binding; Dapr HTTP API, bindings.
#include <sluice/policy.hpp>

#include "base/dapr_parts.hpp"
#include "base/json.hpp"
#include "base/url.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "name", .required = true, .expressions = true, .doc = "Name of the binding."},
    {.name = "operation", .doc = "What the binding is to do; those that do one thing need none."},
    parts::ignore_error_attribute,
    parts::response_variable_attribute,
    parts::dapr_timeout_attribute,
    parts::dapr_template_attribute,
    parts::dapr_content_type_attribute};
constexpr AttributeSpec item_attributes[] = {{.name = "key", .required = true, .doc = "Name of the detail."}};
constexpr ElementSpec items[] = {{.name = "item",
                                  .occurs = Occurs::many,
                                  .text = TextRule::expression,
                                  .attributes = item_attributes,
                                  .doc = "A detail for the binding."}};
constexpr ElementSpec children[] = {
    {.name = "metadata", .occurs = Occurs::optional, .children = items, .doc = "Details for the binding."},
    {.name = "data", .occurs = Occurs::optional, .text = TextRule::expression, .doc = "What the binding gets."}};

struct Config {
  Template name, data;
  std::string operation;
  std::vector<std::pair<std::string, Template>> metadata;
  parts::DaprPart dapr;
};

class InvokeDaprBinding final : public WaitingStep {
 public:
  explicit InvokeDaprBinding(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    const auto name = config_.name.text(context);
    if (!name) co_return Outcome::fail(name.error());
    if (name->empty()) {
      co_return Outcome::fail(Error(ErrorCode::policy_value_invalid, "The name of a binding must not be empty."));
    }
    const auto body = message(context);
    if (!body) co_return Outcome::fail(body.error());
    const std::string_view path = context.arena.concat({"/bindings/", percent_encode(*name, {}, context.arena)});
    co_return co_await parts::post_to_dapr(config_.dapr, context, path, "application/json", *body, cancellation);
  }

 private:
  /// `{"operation": …, "metadata": {…}, "data": …}`. Data that is JSON goes as it is, other text as a string.
  Result<std::string_view> message(RequestContext& context) const {
    std::string text = "{";
    const auto member = [&](std::string_view name) {
      if (text.size() > 1) text += ',';
      append_json_string(text, name);
      text += ':';
    };
    if (!config_.operation.empty()) {
      member("operation");
      append_json_string(text, config_.operation);
    }
    if (!config_.metadata.empty()) {
      member("metadata");
      for (std::size_t i = 0; i < config_.metadata.size(); ++i) {
        const auto value = config_.metadata[i].second.text(context);
        if (!value) return fail(value.error());
        text += i == 0 ? '{' : ',';
        append_json_string(text, config_.metadata[i].first);
        text += ':';
        append_json_string(text, *value);
      }
      text += '}';
    }
    if (config_.data.is_set()) {
      const auto data = parts::body_bytes(config_.data, context, ErrorCode::request_body_too_large);
      if (!data) return fail(data.error());
      member("data");
      if (parse_json(*data, context.arena)) {
        text += *data;
      } else {
        append_json_string(text, *data);
      }
    }
    return context.arena.copy(text + "}");
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  if (!parts::accept_spelling(element, "invoke-dapr-binding", context)) return {};
  Config config{context.value(element, "name"),
                {},
                context.literal(element, "operation"),
                {},
                parts::compile_dapr(element, context)};
  for (const PolicyElement& child : element.children) {
    if (child.name == "data") config.data = parts::compile_content(element, child, context);
    if (child.name != "metadata") continue;
    for (const PolicyElement& item : child.children)
      config.metadata.emplace_back(context.literal(item, "key"), context.text(item));
  }
  return make_step<InvokeDaprBinding>(std::move(config));
}

}  // namespace

SLUICE_POLICY(invoke_dapr_binding){
    .elements = "invoke-dapr-binding invoke-darp-binding",
    .sections = Sections::inbound | Sections::outbound | Sections::on_error,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Calls an output binding by way of the Dapr sidecar.",
    .differs =
        "The sidecar is http://localhost:3500; the host's setting `origins` sends its calls elsewhere. Data that is "
        "JSON becomes part of the message as it is, other text a string; content-type changes nothing."};

}  // namespace sluice::policies
