// SPDX-License-Identifier: Apache-2.0
// <publish-to-dapr>: publishes a message to a topic by way of the Dapr sidecar.
// Sections: inbound; outbound and on-error as the policy toolkit has it. All scopes.
// Source: API Management policy reference, publish-to-dapr; Dapr HTTP API, pub/sub.
#include <sluice/policy.hpp>

#include "base/dapr_parts.hpp"
#include "base/url.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "pubsub-name",
     .expressions = true,
     .doc = "Name of the pub/sub component; when absent, the topic is `component/topic`."},
    {.name = "pub-sub-name", .expressions = true, .doc = "As the policy toolkit spells pubsub-name."},
    {.name = "topic", .required = true, .expressions = true, .doc = "The topic."},
    parts::ignore_error_attribute,
    parts::response_variable_attribute,
    parts::dapr_timeout_attribute,
    parts::dapr_template_attribute,
    parts::dapr_content_type_attribute};

struct Config {
  Template component, topic, message;
  std::string content_type;
  parts::DaprPart dapr;
};

class PublishToDapr final : public WaitingStep {
 public:
  explicit PublishToDapr(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    const auto path = path_of(context);
    if (!path) co_return Outcome::fail(path.error());
    const auto message = parts::body_bytes(config_.message, context, ErrorCode::request_body_too_large);
    if (!message) co_return Outcome::fail(message.error());
    co_return co_await parts::post_to_dapr(config_.dapr, context, *path, config_.content_type, *message, cancellation);
  }

 private:
  Result<std::string_view> path_of(RequestContext& context) const {
    const auto topic = config_.topic.text(context);
    if (!topic) return fail(topic.error());
    std::string_view name = *topic, component;
    if (config_.component.is_set()) {
      const auto text = config_.component.text(context);
      if (!text) return fail(text.error());
      component = *text;
    } else {
      const std::size_t slash = name.find('/');
      if (slash != std::string_view::npos) component = name.substr(0, slash);
      name = name.substr(slash == std::string_view::npos ? 0 : slash + 1);
    }
    if (component.empty() || name.empty()) {
      return fail(ErrorCode::policy_value_invalid, "A message needs a pub/sub component and a topic.");
    }
    Arena& arena = context.arena;
    return arena.concat({"/publish/", percent_encode(component, {}, arena), "/", percent_encode(name, {}, arena)});
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  if (!parts::accept_spelling(element, "publish-to-dapr", context)) return {};
  const PolicyAttribute* misspelt = element.attribute("pub-sub-name");
  if (misspelt != nullptr && !context.behaviour().lenient_aliases) {
    context.error(*misspelt, "SL2104", "<publish-to-dapr> has no attribute 'pub-sub-name'", "write pubsub-name");
    return {};
  }
  if (misspelt != nullptr) context.warning(element, "SL2120", "'pub-sub-name' is not documented", "write pubsub-name");
  std::string content_type = context.literal(element, "content-type");
  if (content_type.empty()) content_type = "application/json";
  return make_step<PublishToDapr>(Config{context.value(element, misspelt != nullptr ? "pub-sub-name" : "pubsub-name"),
                                         context.value(element, "topic"),
                                         parts::compile_content(element, element, context), std::move(content_type),
                                         parts::compile_dapr(element, context)});
}

}  // namespace

SLUICE_POLICY(publish_to_dapr){
    .elements = "publish-to-dapr publish-to-darp",
    .sections = Sections::inbound | Sections::outbound | Sections::on_error,
    .text = TextRule::markup,
    .attributes = attributes,
    .compile = compile,
    .summary = "Publishes a message to a topic by way of the Dapr sidecar.",
    .differs = "The sidecar is http://localhost:3500; the host's setting `origins` sends its calls elsewhere."};

}  // namespace sluice::policies
