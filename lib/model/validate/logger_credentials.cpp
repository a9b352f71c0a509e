// SPDX-License-Identifier: Apache-2.0
// An event hub needs a name and either a connection string or the address of its namespace; named values in them must
// exist. A folder that was extracted may leave secrets out: that is a warning, and messages for the hub are dropped.
#include "base/entity_lookup.hpp"
#include "base/event_hub.hpp"
#include "model/named_value_text.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

namespace sluice::model {
namespace {

/// What is wrong with the credentials; empty: nothing.
std::string mistake_of(const Logger& logger, const ServiceModel& model) {
  const std::string texts = logger.connection_string + '\n' + logger.event_hub + '\n' + logger.endpoint;
  const std::vector<std::string> names = named_value_references(texts);
  for (const std::string& name : names) {
    if (find_named_value(model, logger.workspace_id, name) == nullptr)
      return "use the named value '" + name + "', which does not exist";
  }
  if (!names.empty()) return {};
  const bool is_whole = !logger.connection_string.empty()
                            ? read_connection_string(logger.connection_string, logger.event_hub).has_value()
                            : !logger.endpoint.empty() && !logger.event_hub.empty();
  return is_whole ? "" : "are not those of an event hub";
}

}  // namespace

void check_logger_credentials(const ServiceModel& model, Diagnostics& diagnostics) {
  for (const Logger& logger : model.loggers) {
    if (logger.type != Logger::Type::event_hub) continue;
    const std::string mistake = mistake_of(logger, model);
    if (mistake.empty()) continue;
    // The texts are secrets: neither they nor their line are told.
    Diagnostic finding = model_finding(Severity::warning, "SL5005", logger.file, "logger " + logger.id, {"credentials"},
                                       {}, "the credentials of logger '" + entity_key(logger) + "' " + mistake,
                                       "name and connectionString, or name and endpointAddress");
    finding.source_line.clear();
    diagnostics.add(std::move(finding));
  }
}

}  // namespace sluice::model
