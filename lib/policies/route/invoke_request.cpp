// SPDX-License-Identifier: Apache-2.0
// <invoke-request>: sends a request of its own; its answer goes into a variable, or becomes the answer.
// Sections and scopes: all.
// Source: the policy authoring toolkit; there is no public reference.
#include <sluice/policy.hpp>
#include <sluice/response_value.hpp>

#include "base/own_call.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "url", .expressions = true, .doc = "Absolute URL, or what follows the URL of the backend."},
    {.name = "method", .expressions = true, .fallback = "GET", .doc = "Method."},
    {.name = "backend-id", .expressions = true, .doc = "Backend entity that the request goes to."},
    parts::response_variable_attribute};
constexpr AttributeSpec field_attributes[] = {
    {.name = "name", .required = true, .expressions = true, .doc = "Name of the header."},
    {.name = "value", .required = true, .expressions = true, .doc = "Its value."}};
constexpr ElementSpec children[] = {
    {.name = "header", .occurs = Occurs::many, .attributes = field_attributes, .doc = "A header of the request."},
    {.name = "body", .occurs = Occurs::optional, .text = TextRule::markup, .doc = "The body of the request."}};

struct Config {
  Template url, method, backend, body;
  std::vector<std::pair<Template, Template>> headers;
  std::string variable;
};

class InvokeRequest final : public WaitingStep {
 public:
  explicit InvokeRequest(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    parts::BuiltRequest built{OutgoingRequest(context.arena), {}};
    auto complete = build(context, built);
    if (!complete) co_return Outcome::fail(std::move(complete.error()));
    Result<Response> answer = co_await parts::call_whole(context, built.request, built.backend_id, cancellation);
    if (!answer) co_return Outcome::fail(std::move(answer.error()));
    if (!config_.variable.empty()) {
      co_return parts::set_value(context, config_.variable, make_response_value(context, std::move(*answer)));
    }
    context.replace_response() = std::move(*answer);
    co_return Outcome::respond();
  }

 private:
  Result<void> build(RequestContext& context, parts::BuiltRequest& built) const {
    auto addressed = address(context, built);
    if (!addressed) return addressed;
    const auto method = parts::method_text(config_.method, context);
    if (!method) return fail(method.error());
    built.request.method = *method;
    for (const auto& [name, value] : config_.headers) {
      const auto name_text = name.text(context);
      if (!name_text) return fail(name_text.error());
      const auto value_text = value.text(context);
      if (!value_text) return fail(value_text.error());
      const auto field = edited_field(*name_text);
      if (!field) return fail(ErrorCode::policy_value_invalid, "A name is not a valid header name.");
      auto set = edit_header(built.request.headers, *name_text, *field, ExistsAction::replace, {&*value_text, 1});
      if (!set) return set;
    }
    if (!config_.body.is_set()) return {};
    const auto body = parts::body_bytes(config_.body, context, ErrorCode::request_body_too_large);
    if (!body) return fail(body.error());
    built.request.body = Body::bytes(*body);
    return {};
  }

  Result<void> address(RequestContext& context, parts::BuiltRequest& built) const {
    std::string_view url;
    if (config_.url.is_set()) {
      const auto text = config_.url.text(context);
      if (!text) return fail(text.error());
      url = *text;
    }
    if (!config_.backend.is_set()) {
      auto parsed = parse_url(url, context.arena);
      if (!parsed) return fail(std::move(parsed.error()));
      built.request.url = *parsed;
      return {};
    }
    const auto backend = config_.backend.text(context);
    if (!backend) return fail(backend.error());
    built.backend_id = context.arena.copy(*backend);
    // Only path and query of it are used: the rest is the backend's.
    const bool is_rooted = url.empty() || url.front() == '/';
    auto parsed = parse_url(context.arena.concat({"http://backend", is_rooted ? "" : "/", url}), context.arena);
    if (!parsed) return fail(std::move(parsed.error()));
    built.request.url = *parsed;
    return {};
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{context.value(element, "url"),
                context.value(element, "method"),
                context.value(element, "backend-id"),
                {},
                {},
                context.literal(element, "response-variable-name")};
  if (!config.url.is_set() && !config.backend.is_set()) {
    context.error(element, "SL2105", "<invoke-request> needs attribute 'url' or 'backend-id'");
    return {};
  }
  for (const PolicyElement& child : element.children) {
    if (child.name == "header")
      config.headers.emplace_back(context.value(child, "name"), context.value(child, "value"));
    if (child.name == "body") config.body = context.text(child);
  }
  return make_step<InvokeRequest>(std::move(config));
}

}  // namespace

SLUICE_POLICY(invoke_request){.elements = "invoke-request",
                              .sections = Sections::all,
                              .attributes = attributes,
                              .children = children,
                              .compile = compile,
                              .summary = "Sends a request of its own; its answer goes into a variable, or out.",
                              .differs =
                                  "Known from the policy toolkit only. With a backend the URL is what follows the "
                                  "backend's. Without a variable the pipeline ends with the answer."};

}  // namespace sluice::policies
