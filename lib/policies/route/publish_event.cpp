// SPDX-License-Identifier: Apache-2.0
// <publish-event>: tells the subscribers of GraphQL subscriptions that a resolver has got a value.
// In the response of a resolver's data source alone.
// Source: API Management policy reference, publish-event.
#include <sluice/policy.hpp>

#include "base/published_events.hpp"
#include "graphql/schema.hpp"

#include <algorithm>
#include <vector>

namespace sluice::policies {
namespace {

constexpr AttributeSpec subscription_attributes[] = {
    {.name = "id", .required = true, .doc = "A field of the schema's subscription type."}};
constexpr ElementSpec targets[] = {{.name = "graphql-subscription",
                                    .occurs = Occurs::at_least_once,
                                    .attributes = subscription_attributes,
                                    .doc = "A subscription."}};
constexpr ElementSpec children[] = {
    {.name = "targets", .occurs = Occurs::once, .children = targets, .doc = "Who is told."}};

class PublishEvent final : public Step {
 public:
  explicit PublishEvent(std::vector<std::string> subscriptions) : subscriptions_(std::move(subscriptions)) {}

  /// Their subscribers are told when the resolver has its value: policies that follow may still make it.
  Outcome run(RequestContext& context) const override {
    std::vector<std::string_view>& named = context.state<PublishedEvents>().subscriptions;
    for (const std::string& subscription : subscriptions_) {
      const bool is_new = std::find(named.begin(), named.end(), subscription) == named.end();
      if (is_new) named.push_back(subscription);
    }
    return Outcome::next();
  }

 private:
  std::vector<std::string> subscriptions_;
};

/// The names of the subscriptions that the API has. Nothing where its schema is not known, or has mistakes, which are
/// reported with the API.
std::optional<std::vector<std::string>> known_subscriptions(CompileContext& context) {
  const Api* api = context.api();
  if (api == nullptr) return std::nullopt;
  const auto source = std::find_if(api->schemas.begin(), api->schemas.end(),
                                   [](const auto& each) { return each.kind == Schema::Kind::graphql; });
  if (source == api->schemas.end()) return std::nullopt;
  std::vector<graphql::Fault> faults;
  const SchemaLimits& limits = context.limits().schema;
  const auto schema = graphql::Schema::make(source->text, limits.bytes, limits.depth, faults);
  if (schema == nullptr) return std::nullopt;
  std::vector<std::string> names;
  if (const auto* root = schema->root(graphql::OperationKind::subscription)) {
    for (const graphql::Field& field : root->fields) names.emplace_back(field.name);
  }
  return names;
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  const auto known = known_subscriptions(context);
  std::vector<std::string> ids;
  for (const PolicyElement& target : element.child("targets")->children) {
    std::string id = context.literal(target, "id");
    if (known && std::find(known->begin(), known->end(), id) == known->end()) {
      context.error(*target.attribute("id"), "SL2106",
                    "attribute 'id' of <graphql-subscription> must be a field of the API's subscription type, found '" +
                        id + "'");
    }
    ids.push_back(std::move(id));
  }
  return make_step<PublishEvent>(std::move(ids));
}

}  // namespace

SLUICE_POLICY(publish_event){
    .elements = "publish-event",
    .sections = Sections::outbound,
    .scopes = Scopes::resolver,
    .children = children,
    .compile = compile,
    .summary = "Tells the subscribers of GraphQL subscriptions of a resolver's value.",
    .differs =
        "Subscribers are told once the whole resolver has ended well, of the value that its field gets then. The event "
        "goes to all subscribers of the field at this instance of the gateway, whatever arguments they gave; nothing "
        "is "
        "kept for those who come later. They subscribe over a WebSocket that speaks graphql-transport-ws (graphql-ws); "
        "who does not take events in time is closed with 1013."};

}  // namespace sluice::policies
