// SPDX-License-Identifier: Apache-2.0
// Diagnostics: `diagnostics/<id>/diagnosticInformation.json` of the service, a workspace or an API: which requests are
// logged, and how much of them. What a diagnostic asks for in vain is said.
#include "model/read/reading.hpp"

namespace sluice::model {
namespace {

constexpr std::int64_t most_body_bytes = 8192;

void has_no_effect(Report& report, const JsonValue& at, const std::string& name, const std::string& why) {
  report.info("SL5004", at, "'" + name + "' of the diagnostic has no effect: " + why);
}

void read_masking(ObjectReader& side) {
  const JsonValue* value = side.find("dataMasking", JsonKind::object);
  if (value == nullptr) return;
  has_no_effect(side.report(), *value, "dataMasking", "what is known to be secret is masked, and nothing else");
}

void read_message(ObjectReader& side, std::string_view name, DiagnosticCapture& to) {
  const JsonValue* value = side.find(name, JsonKind::object);
  if (value == nullptr) return;
  ObjectReader message(*value, "the message's part", side.report());
  to.headers = message.texts("headers");
  if (const JsonValue* body = message.find("body", JsonKind::object)) {
    ObjectReader fields(*body, "the body", side.report());
    if (const auto bytes = fields.integer("bytes", 0, most_body_bytes))
      to.body_bytes = static_cast<std::size_t>(*bytes);
    if (to.body_bytes > 0) has_no_effect(side.report(), *body, "body", "bodies are not logged");
    fields.finish();
  }
  read_masking(message);
  message.finish();
}

void read_side(ObjectReader& fields, std::string_view name, DiagnosticCapture& request, DiagnosticCapture& response) {
  const JsonValue* value = fields.find(name, JsonKind::object);
  if (value == nullptr) return;
  ObjectReader side(*value, "the side of the gateway", fields.report());
  read_message(side, "request", request);
  read_message(side, "response", response);
  side.finish();
}

void read_sampling(ObjectReader& fields, ApiDiagnostic& diagnostic) {
  const JsonValue* value = fields.find("sampling", JsonKind::object);
  if (value == nullptr) return;
  ObjectReader sampling(*value, "the sampling", fields.report());
  sampling.one_of<bool>("samplingType", {{"fixed", true}}, true);
  if (const JsonValue* percentage = sampling.find("percentage", JsonKind::number)) {
    diagnostic.sampling_percentage = percentage->number().value_or(-1);
    if (!(diagnostic.sampling_percentage >= 0 && diagnostic.sampling_percentage <= 100)) {
      fields.report().error("SL5003", *percentage, "'percentage' of the sampling must be between 0 and 100");
      diagnostic.sampling_percentage = 100;
    }
  }
  sampling.finish();
}

void mention_what_has_no_effect(ObjectReader& fields) {
  struct Idle {
    std::string_view name;
    const char* why;
  };
  constexpr Idle all[] = {{"backend", "what goes to and comes from the backend is not logged"},
                          {"metrics", "metrics are always counted"},
                          {"httpCorrelationProtocol", "requests are not given correlation headers"},
                          {"largeLanguageModel", "prompts and answers are not logged"}};
  for (const Idle& idle : all) {
    const JsonValue* value = fields.find(idle.name);
    if (value != nullptr) has_no_effect(fields.report(), *value, std::string(idle.name), idle.why);
  }
}

void read_fields(ObjectReader& fields, ApiDiagnostic& diagnostic) {
  using Verbosity = ApiDiagnostic::Verbosity;
  using Correlation = ApiDiagnostic::Correlation;
  diagnostic.logger_id = last_segment(fields.required_text("loggerId"));
  diagnostic.always_log_errors = fields.one_of<bool>("alwaysLog", {{"allErrors", true}}, false);
  diagnostic.log_client_ip = fields.boolean("logClientIp", false);
  diagnostic.metrics = fields.boolean("metrics", false);
  diagnostic.verbosity = fields.one_of<Verbosity>(
      "verbosity",
      {{"verbose", Verbosity::verbose}, {"information", Verbosity::information}, {"error", Verbosity::error}},
      Verbosity::information);
  diagnostic.correlation = fields.one_of<Correlation>(
      "httpCorrelationProtocol",
      {{"None", Correlation::none}, {"Legacy", Correlation::legacy}, {"W3C", Correlation::w3c}}, Correlation::legacy);
  diagnostic.names_operations_by_url =
      fields.one_of<bool>("operationNameFormat", {{"Name", false}, {"Url", true}}, false);
  read_sampling(fields, diagnostic);
  read_side(fields, "frontend", diagnostic.frontend_request, diagnostic.frontend_response);
  read_side(fields, "backend", diagnostic.backend_request, diagnostic.backend_response);
  mention_what_has_no_effect(fields);
  fields.ignore({"provisioningState"});
}

}  // namespace

void read_diagnostics(Reading& reading, const std::filesystem::path& folder, std::vector<ApiDiagnostic>& to) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    ApiDiagnostic diagnostic;
    diagnostic.id = entry.name;
    diagnostic.workspace_id = reading.workspace_id;
    const std::filesystem::path file = entry.path / "diagnosticInformation.json";
    diagnostic.file = file.generic_string();
    read_information(reading, file, "the diagnostic", [&](ObjectReader& fields) { read_fields(fields, diagnostic); });
    to.push_back(std::move(diagnostic));
  });
}

void read_service_diagnostics(Reading& reading, const std::filesystem::path& folder) {
  read_diagnostics(reading, folder, reading.model.diagnostics);
}

}  // namespace sluice::model
