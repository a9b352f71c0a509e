// SPDX-License-Identifier: Apache-2.0
// <send-service-bus-message>: sends a message to a queue or topic, as the gateway's managed identity.
// Sections: inbound, outbound, on-error. All scopes.
// Source: API Management policy reference, send-service-bus-message; Service Bus REST, Send message.
#include <sluice/json_value.hpp>
#include <sluice/policy.hpp>

#include "base/guid_text.hpp"
#include "base/json.hpp"
#include "base/own_call.hpp"
#include "base/time.hpp"
#include "base/url.hpp"

namespace sluice::policies {
namespace {

constexpr std::string_view resource = "https://servicebus.azure.net";
constexpr std::chrono::seconds send_timeout{60};

constexpr AttributeSpec attributes[] = {
    {.name = "queue-name", .expressions = true, .doc = "The queue; or a topic is named."},
    {.name = "topic-name", .expressions = true, .doc = "The topic; or a queue is named."},
    {.name = "namespace", .expressions = true, .doc = "Host name of the Service Bus namespace."},
    {.name = "client-id", .expressions = true, .doc = "User-assigned identity; otherwise the gateway's own."},
    {.name = "message-id", .expressions = true, .doc = "Id of the message, a GUID; a new one when absent."},
    {.name = "session-id", .expressions = true, .doc = "Session of the message, a GUID."},
    {.name = "time-to-live", .type = ValueType::duration, .expressions = true, .doc = "How long the message lives."},
    parts::response_variable_attribute,
    parts::ignore_error_attribute};
constexpr AttributeSpec property_attributes[] = {
    {.name = "name", .required = true, .expressions = true, .doc = "Name of the property."}};
constexpr ElementSpec properties[] = {{.name = "message-property",
                                       .occurs = Occurs::many,
                                       .text = TextRule::expression,
                                       .attributes = property_attributes,
                                       .doc = "A property of the message."}};
constexpr ElementSpec children[] = {
    {.name = "message-properties", .occurs = Occurs::optional, .children = properties, .doc = "Custom properties."},
    {.name = "payload", .occurs = Occurs::once, .text = TextRule::expression, .doc = "What the message says."}};

struct Config {
  Template entity, host, client_id, message_id, session_id, time_to_live, payload;
  std::vector<std::pair<Template, Template>> properties;
  std::string variable;
  bool ignore_error = false;
};

/// What the policy's variable tells of a message that was sent.
struct Message {
  OutgoingRequest request;
  std::string_view client_id, message_id, session_id, time_to_live;
};

Result<std::string_view> optional_text(const Template& value, RequestContext& context) {
  return value.is_set() ? value.text(context) : Result<std::string_view>(std::string_view());
}

tl::unexpected<Error> unfit(std::string_view what, std::string_view found) {
  return fail(ErrorCode::policy_value_invalid,
              std::string(what) + ", found '" + std::string(found.substr(0, 100)) + "'.");
}

class SendServiceBusMessage final : public WaitingStep {
 public:
  explicit SendServiceBusMessage(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    Message message{OutgoingRequest(context.arena), {}, {}, {}, {}};
    auto built = build(context, message);
    if (!built) co_return Outcome::fail(std::move(built.error()));
    auto sent = co_await send(context, message, cancellation);
    const bool was_given_up = !sent && sent.error().code() == ErrorCode::cancelled;
    if (!sent && (!config_.ignore_error || was_given_up)) co_return Outcome::fail(std::move(sent.error()));
    if (config_.variable.empty()) co_return Outcome::next();
    const auto told = make_json_value(sent ? success_text(message) : failure_text(sent.error()), context);
    if (!told) co_return Outcome::fail(told.error());
    co_return parts::set_value(context, config_.variable, *told);
  }

 private:
  Result<void> build(RequestContext& context, Message& message) const {
    auto addressed = address(context, message.request);
    if (!addressed) return addressed;
    auto described = describe_message(context, message);
    if (!described) return described;
    for (const auto& [name, value] : config_.properties) {
      const auto name_text = name.text(context);
      if (!name_text) return fail(name_text.error());
      const auto value_text = value.text(context);
      if (!value_text) return fail(value_text.error());
      if (!is_token(*name_text)) return unfit("The name of a property must be a header name", *name_text);
      std::string quoted;
      append_json_string(quoted, *value_text);
      if (!is_field_text(quoted)) return unfit("The value of a property must be one line", *value_text);
      message.request.headers.append(HeaderName(*name_text), quoted);
    }
    const auto payload = parts::body_bytes(config_.payload, context, ErrorCode::request_body_too_large);
    if (!payload) return fail(payload.error());
    message.request.body = Body::bytes(*payload);
    return {};
  }

  Result<void> address(RequestContext& context, OutgoingRequest& request) const {
    const auto host = optional_text(config_.host, context);
    if (!host) return fail(host.error());
    if (!is_valid_authority(*host)) return unfit("The namespace must be a host name", *host);
    const auto entity = config_.entity.text(context);
    if (!entity) return fail(entity.error());
    if (entity->empty()) return unfit("The queue or topic must have a name", *entity);
    Arena& arena = context.arena;
    const std::string_view path = percent_encode(*entity, "/", arena);
    const auto url = parse_url(arena.concat({"https://", *host, "/", path, "/messages"}), arena);
    if (!url) return fail(url.error());
    request.method = "POST";
    request.url = *url;
    request.timeout = send_timeout;
    request.headers.set("Content-Type", "text/plain; charset=utf-8");
    return {};
  }

  /// BrokerProperties: a line of JSON. **Source**: Service Bus REST, message headers and properties.
  Result<void> describe_message(RequestContext& context, Message& message) const {
    const auto client = optional_text(config_.client_id, context);
    const auto id = optional_text(config_.message_id, context);
    const auto session = optional_text(config_.session_id, context);
    const auto life = optional_text(config_.time_to_live, context);
    for (const auto* text : {&client, &id, &session, &life}) {
      if (!*text) return fail(text->error());
    }
    if (config_.message_id.is_set() && !is_guid_text(*id)) return unfit("message-id must be a GUID", *id);
    if (config_.session_id.is_set() && !is_guid_text(*session)) return unfit("session-id must be a GUID", *session);
    const auto duration = life->empty() ? std::nullopt : parse_clock_duration(*life);
    if (config_.time_to_live.is_set() && !duration) return unfit("time-to-live must be hh:mm:ss", *life);
    message.client_id = *client;
    message.message_id =
        config_.message_id.is_set() ? *id : context.arena.copy(random_guid_text(context.services.random));
    message.session_id = *session;
    message.time_to_live = *life;
    JsonWriter broker;
    broker.begin_object();
    broker.key("MessageId");
    broker.value(message.message_id);
    if (!session->empty()) {
      broker.key("SessionId");
      broker.value(*session);
    }
    if (duration) {
      broker.key("TimeToLive");
      broker.value(std::chrono::ceil<std::chrono::seconds>(*duration).count());
    }
    broker.end_object();
    message.request.headers.set("BrokerProperties", broker.text());
    return {};
  }

  Task<Result<void>> send(RequestContext& context, Message& message, Cancellation& cancellation) const {
    const auto token = co_await context.services.tokens.token(resource, message.client_id, cancellation);
    if (!token) co_return fail(token.error());
    message.request.headers.set("Authorization", "Bearer " + token->value);
    const auto answer = co_await parts::call_whole(context, message.request, {}, cancellation);
    if (!answer) co_return fail(answer.error());
    if (!parts::is_success(*answer)) co_return fail(parts::refused_by("Service Bus", *answer));
    co_return Result<void>();
  }

  static std::string success_text(const Message& message) {
    JsonWriter text;
    text.begin_object();
    text.key("MessageId");
    text.value(message.message_id);
    text.key("SessionId");
    text.value(message.session_id);
    text.key("TimeToLive");
    text.value(message.time_to_live);
    text.end_object();
    return std::string(text.text());
  }
  static std::string failure_text(const Error& error) {
    JsonWriter text;
    text.begin_object();
    text.key("Error");
    text.begin_object();
    text.key("Reason");
    text.value(error.reason());
    text.key("Message");
    text.value(error.message());
    text.end_object();
    text.end_object();
    return std::string(text.text());
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  if (element.has("queue-name") == element.has("topic-name")) {
    context.error(element, "SL2115",
                  "<send-service-bus-message> needs one of the attributes queue-name and topic-name");
    return {};
  }
  if (!element.has("namespace")) {
    context.warning(element, "SL2105", "<send-service-bus-message> sends nothing without attribute 'namespace'",
                    "the host name of the Service Bus namespace");
  }
  Config config;
  config.entity = context.value(element, element.has("queue-name") ? "queue-name" : "topic-name");
  config.host = context.value(element, "namespace");
  config.client_id = context.value(element, "client-id");
  config.message_id = context.value(element, "message-id");
  config.session_id = context.value(element, "session-id");
  config.time_to_live = context.value(element, "time-to-live");
  config.variable = context.literal(element, "response-variable-name");
  config.ignore_error = context.literal_boolean(element, "ignore-error");
  for (const PolicyElement& child : element.children) {
    if (child.name == "payload") config.payload = context.text(child);
    if (child.name != "message-properties") continue;
    for (const PolicyElement& property : child.children)
      config.properties.emplace_back(context.value(property, "name"), context.text(property));
  }
  return make_step<SendServiceBusMessage>(std::move(config));
}

}  // namespace

SLUICE_POLICY(send_service_bus_message){
    .elements = "send-service-bus-message",
    .sections = Sections::inbound | Sections::outbound | Sections::on_error,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Sends a message to a queue or topic of Service Bus.",
    .differs =
        "The message goes over the REST interface, its properties as texts. The namespace must be given: without it "
        "the document is warned of, and the policy fails when it runs. The variable holds a JObject."};

}  // namespace sluice::policies
