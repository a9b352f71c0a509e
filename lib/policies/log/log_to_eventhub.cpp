// SPDX-License-Identifier: Apache-2.0
// <log-to-eventhub>: sends a message to the event hub that a logger names. The request does not wait for it.
// Sections and scopes: all.
// Source: API Management policy reference, log-to-eventhub.
#include <sluice/policy.hpp>

#include "base/document_workspace.hpp"
#include "base/events.hpp"
#include "base/message_parts.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

constexpr std::string_view resource = "https://eventhubs.azure.net";

constexpr AttributeSpec attributes[] = {
    {.name = "logger-id", .required = true, .expressions = true, .doc = "Id of a logger entity."},
    {.name = "partition-id", .doc = "Partition of the hub that the message goes to."},
    {.name = "partition-key",
     .expressions = true,
     .doc = "Messages of one key go to one partition. Not together with partition-id."}};

const Logger* find_logger(const ServiceModel* model, const parts::DocumentWorkspace& workspace, std::string_view id) {
  return model != nullptr ? find_entity(model->loggers, workspace.id(), id) : nullptr;
}

struct Config {
  Template logger, partition_key, message;
  std::string partition_id;
  parts::DocumentWorkspace workspace;
};

/// What one execution sends where.
struct Event {
  const Logger* logger = nullptr;
  EventPartition partition;
  std::string_view message;
};

Result<Event> evaluate(const Config& config, RequestContext& context) {
  const auto id = config.logger.text(context);
  if (!id) return fail(id.error());
  Event event{find_logger(context.model, config.workspace, *id), {config.partition_id, {}}, {}};
  if (event.logger == nullptr || event.logger->type != Logger::Type::event_hub) {
    return fail(ErrorCode::policy_value_invalid,
                "There is no logger '" + std::string(id->substr(0, 100)) + "' that is an event hub.");
  }
  if (config.partition_key.is_set()) {
    const auto key = config.partition_key.text(context);
    if (!key) return fail(key.error());
    event.partition.key = *key;
  }
  const auto message = config.message.text(context);
  if (!message) return fail(message.error());
  event.message = *message;
  return event;
}

/// For a logger that brings the key of its hub.
class LogWithKey final : public Step {
 public:
  explicit LogWithKey(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    auto event = evaluate(config_, context);
    if (!event) return Outcome::fail(std::move(event.error()));
    context.services.events.post(*event->logger, event->partition, event->message, {});
    return Outcome::next();
  }

 private:
  Config config_;
};

/// For hubs that want a token of the gateway's identity. The token source keeps tokens: hardly any request waits.
class LogWithToken final : public WaitingStep {
 public:
  explicit LogWithToken(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    auto event = evaluate(config_, context);
    if (!event) co_return Outcome::fail(std::move(event.error()));
    const Logger& logger = *event->logger;
    std::string token;
    if (logger.connection_string.empty()) {
      auto given = co_await context.services.tokens.token(resource, logger.client_id, cancellation);
      const bool was_given_up = !given && given.error().code() == ErrorCode::cancelled;
      if (was_given_up) co_return Outcome::fail(std::move(given.error()));
      if (given) token = std::move(given->value);
    }
    context.services.events.post(logger, event->partition, event->message, token);
    co_return Outcome::next();
  }

 private:
  Config config_;
};

void check_logger(const PolicyElement& element, std::string_view id, CompileContext& context) {
  const std::string name(id);
  if (context.model() == nullptr) {
    context.warning(element, "SL2126", "the logger '" + name + "' of <log-to-eventhub> is not known here",
                    "check the folder that the document belongs to");
    return;
  }
  const Logger* logger = find_logger(context.model(), parts::DocumentWorkspace(context), id);
  if (logger != nullptr && logger->type == Logger::Type::event_hub) return;
  if (logger != nullptr) {
    context.error(*element.attribute("logger-id"), "SL2126", "the logger '" + name + "' is no event hub");
    return;
  }
  const auto known = ids_in(context.model()->loggers, parts::DocumentWorkspace(context).id());
  const std::string_view near = nearest_name(id, known);
  context.error(*element.attribute("logger-id"), "SL2126",
                "the logger '" + name + "' of <log-to-eventhub> does not exist",
                near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?");
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  if (element.has("partition-id") && element.has("partition-key")) {
    context.error(element, "SL2115", "<log-to-eventhub> takes one of the attributes partition-id and partition-key");
    return {};
  }
  Config config{context.value(element, "logger-id"), context.value(element, "partition-key"), context.text(element),
                context.literal(element, "partition-id"), parts::DocumentWorkspace(context)};
  const auto id = config.logger.constant_text();
  if (id && !parts::has_placeholder(*id)) check_logger(element, *id, context);
  const Logger* logger = id ? find_logger(context.model(), config.workspace, *id) : nullptr;
  if (logger != nullptr && !logger->connection_string.empty()) return make_step<LogWithKey>(std::move(config));
  return make_step<LogWithToken>(std::move(config));
}

}  // namespace

SLUICE_POLICY(log_to_eventhub){
    .elements = "log-to-eventhub",
    .sections = Sections::all,
    .text = TextRule::expression,
    .attributes = attributes,
    .compile = compile,
    .summary = "Sends a message to the event hub that a logger names.",
    .differs =
        "Messages go over the hub's REST interface, one by one, and are dropped when too many wait "
        "(`limits.events`); sluice_events_total counts what became of them."};

}  // namespace sluice::policies
