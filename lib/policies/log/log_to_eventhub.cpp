// SPDX-License-Identifier: Apache-2.0
// <log-to-eventhub>: sends a message to the event hub that a logger names. The request does not wait for it.
// Sections and scopes: all.
// Source: API Management policy reference, log-to-eventhub.
#include <sluice/policy.hpp>

#include "base/events.hpp"
#include "base/message_parts.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "logger-id", .required = true, .expressions = true, .doc = "Id of a logger entity."},
    {.name = "partition-id", .doc = "Partition of the hub that the message goes to."},
    {.name = "partition-key",
     .expressions = true,
     .doc = "Messages of one key go to one partition. Not together with partition-id."}};

const Logger* find_logger(const ServiceModel* model, std::string_view id) {
  if (model == nullptr) return nullptr;
  const auto found = std::find_if(model->loggers.begin(), model->loggers.end(),
                                  [&](const Logger& logger) { return equal_ignoring_case(logger.id, id); });
  return found != model->loggers.end() ? &*found : nullptr;
}

struct Config {
  Template logger, partition_key, message;
  std::string partition_id;
};

class LogToEventhub final : public Step {
 public:
  explicit LogToEventhub(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    const auto id = config_.logger.text(context);
    if (!id) return Outcome::fail(id.error());
    const Logger* logger = find_logger(context.model, *id);
    if (logger == nullptr || logger->type != Logger::Type::event_hub) {
      return Outcome::fail(Error(ErrorCode::policy_value_invalid,
                                 "There is no logger '" + std::string(id->substr(0, 100)) + "' that is an event hub."));
    }
    EventPartition partition{config_.partition_id, {}};
    if (config_.partition_key.is_set()) {
      const auto key = config_.partition_key.text(context);
      if (!key) return Outcome::fail(key.error());
      partition.key = *key;
    }
    const auto message = config_.message.text(context);
    if (!message) return Outcome::fail(message.error());
    context.services.events.post(*logger, partition, *message);
    return Outcome::next();
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
  const Logger* logger = find_logger(context.model(), id);
  if (logger != nullptr && logger->type == Logger::Type::event_hub) return;
  if (logger != nullptr) {
    context.error(*element.attribute("logger-id"), "SL2126", "the logger '" + name + "' is no event hub");
    return;
  }
  std::vector<std::string_view> known;
  for (const Logger& one : context.model()->loggers) known.push_back(one.id);
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
                context.literal(element, "partition-id")};
  const auto id = config.logger.constant_text();
  if (id && !parts::has_placeholder(*id)) check_logger(element, *id, context);
  return make_step<LogToEventhub>(std::move(config));
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
