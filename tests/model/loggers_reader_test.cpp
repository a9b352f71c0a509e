// SPDX-License-Identifier: Apache-2.0
#include "model/artifacts_reader.hpp"

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using testing::TemporaryFolder;

namespace {

std::string with_rules(const TemporaryFolder& folder, LoadedModel& loaded) {
  validate_model(*loaded.model, loaded.diagnostics);
  return testing::short_forms(loaded.diagnostics, &folder, Severity::warning);
}

}  // namespace

TEST_CASE("Loggers are read with the credentials of their hubs", "[model][loggers]") {
  TemporaryFolder folder;
  folder
      .write("loggers/keyed/loggerInformation.json",
             R"({"properties": {"loggerType": "azureEventHub", "isBuffered": true,
        "description": "d", "credentials": {"name": "hub",
        "connectionString": "Endpoint=sb://h/;SharedAccessKeyName=n;SharedAccessKey=k"}}})")
      .write("loggers/identity/loggerInformation.json", R"({"properties": {"loggerType": "AzureEventHub",
        "credentials": {"name": "hub", "endpointAddress": "h.test", "identityClientId": "SystemAssigned"}}})")
      .write("loggers/insights/loggerInformation.json", R"({"properties": {"loggerType": "applicationInsights",
        "resourceId": "/x", "credentials": {"instrumentationKey": "{{key}}"}}})");
  LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK(with_rules(folder, loaded).empty());
  const auto& loggers = loaded.model->loggers;
  REQUIRE(loggers.size() == 3);
  CHECK(loggers[0].id == "identity");
  CHECK(loggers[0].endpoint == "h.test");
  CHECK(loggers[0].client_id.empty());
  CHECK(loggers[1].type == Logger::Type::application_insights);
  CHECK(loggers[2].event_hub == "hub");
  CHECK(loggers[2].description == "d");
  CHECK(loggers[2].connection_string.starts_with("Endpoint=sb://h/;"));
}

TEST_CASE("A logger without a type, or of an unknown one, is an error", "[model][loggers]") {
  TemporaryFolder folder;
  folder.write("loggers/a/loggerInformation.json", R"({"properties": {}})")
      .write("loggers/b/loggerInformation.json", R"({"properties": {"loggerType": "paper"}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK_FALSE(loaded.model);
  const std::string found = testing::short_forms(loaded.diagnostics, &folder, Severity::error);
  CHECK(found.find("SL5002") != std::string::npos);
  CHECK(found.find("SL5003") != std::string::npos);
}

TEST_CASE("Credentials that name no hub are warned of, and their secrets are not told", "[model][loggers]") {
  TemporaryFolder folder;
  folder
      .write("loggers/half/loggerInformation.json", R"({"properties": {"loggerType": "azureEventHub",
        "credentials": {"name": "hub", "connectionString": "SharedAccessKey=verysecret"}}})")
      .write("loggers/marks/loggerInformation.json", R"({"properties": {"loggerType": "azureEventHub",
        "credentials": {"name": "hub", "connectionString": "{{nobody}}"}}})");
  LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  validate_model(*loaded.model, loaded.diagnostics);
  REQUIRE(loaded.diagnostics.size() == 2);
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    CHECK(diagnostic.code == "SL5005");
    CHECK(diagnostic.severity == Severity::warning);
    CHECK(render_text(diagnostic).find("verysecret") == std::string::npos);
  }
}

TEST_CASE("Named values in the credentials of loggers are put in", "[model][loggers]") {
  ServiceModel model;
  model.named_values.push_back({.id = "id", .display_name = "connection", .value = "Endpoint=sb://h/", .secret = true});
  model.loggers.emplace_back();
  model.loggers[0].connection_string = "{{connection}};EntityPath=e";
  resolve_backend_values(model);
  CHECK(model.loggers[0].connection_string == "Endpoint=sb://h/;EntityPath=e");
}
