// SPDX-License-Identifier: Apache-2.0
// Loggers: `loggers/<id>/loggerInformation.json`. Event hubs are what log-to-eventhub writes to; loggers of other types
// are kept so that a policy that names one is told what is wrong.
#include "base/text.hpp"
#include "model/read/reading.hpp"

namespace sluice::model {
namespace {

/// `{ name, connectionString }`, or `{ name, endpointAddress, identityClientId }`.
void read_credentials(ObjectReader& fields, Logger& logger) {
  const JsonValue* value = fields.find("credentials", JsonKind::object);
  if (value == nullptr) return;
  Report report = fields.report().hiding();
  ObjectReader credentials(*value, "the credentials", report);
  logger.event_hub = credentials.text("name");
  logger.connection_string = credentials.text("connectionString");
  logger.endpoint = credentials.text("endpointAddress");
  logger.client_id = credentials.text("identityClientId");
  if (equal_ignoring_case(logger.client_id, "SystemAssigned")) logger.client_id.clear();
  credentials.ignore({"instrumentationKey"});
  credentials.finish();
}

}  // namespace

void read_loggers(Reading& reading, const std::filesystem::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    Logger logger;
    logger.id = entry.name;
    logger.workspace_id = reading.workspace_id;
    const std::filesystem::path file = entry.path / "loggerInformation.json";
    logger.file = file.generic_string();
    read_information(reading, file, "the logger", [&](ObjectReader& fields) {
      if (!fields.has("loggerType")) fields.missing("loggerType", "azureEventHub, applicationInsights or azureMonitor");
      logger.type = fields.one_of<Logger::Type>("loggerType",
                                                {{"azureEventHub", Logger::Type::event_hub},
                                                 {"applicationInsights", Logger::Type::application_insights},
                                                 {"azureMonitor", Logger::Type::azure_monitor}},
                                                Logger::Type::event_hub);
      logger.description = fields.text("description");
      read_credentials(fields, logger);
      fields.ignore({"isBuffered", "resourceId"});
    });
    reading.model.loggers.push_back(std::move(logger));
  });
}

}  // namespace sluice::model
