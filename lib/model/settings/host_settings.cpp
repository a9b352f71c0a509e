// SPDX-License-Identifier: Apache-2.0
// Reads a settings file. The line of a syntax error is not shown: it may hold a key.
#include <sluice/host_settings.hpp>

#include "base/text.hpp"
#include "model/bounds.hpp"
#include "model/folder_reader.hpp"
#include "model/settings/sections.hpp"

namespace sluice {
namespace {

constexpr std::int64_t most_workers = 1'024;
constexpr std::int64_t most_poll_microseconds = 1'000;  // more than a wake-up costs anywhere

void read_settings(model::ObjectReader& reader, HostSettings& settings) {
  reader.ignore({"$schema", "$comment"});
  model::read_network(reader, settings);
  model::read_tls(reader, settings);
  model::read_management(reader, settings.management);
  if (const auto workers = reader.integer("workers", 0, most_workers)) {
    settings.workers = static_cast<unsigned>(*workers);
  }
  if (const auto poll = reader.integer("pollMicroseconds", 0, most_poll_microseconds)) {
    settings.poll_time = std::chrono::microseconds(*poll);
  }
  settings.io_uring = reader.boolean("ioUring", settings.io_uring);
  model::read_deployment(reader, settings.deployment);
  model::read_behaviour(reader, settings.behaviour);
  model::read_ai(reader, settings.ai);
  model::read_limits(reader, settings.limits);
  model::read_stores(reader, settings.stores);
  model::read_secrets(reader, settings);
  model::read_identity(reader, settings);
  reader.belongs_in("ai", {"tokenLimits", "askUsage", "spillThrottled", "capacities", "prices"});
  reader.belongs_in("behaviour", {"rateWindow", "missingSectionIsBase", "gatewayStatusCodes", "expressionNewline",
                                  "tolerateConsumedBody", "lenientAliases", "forwardSubscriptionKey"});
  reader.belongs_in("deployment", {"serviceId", "serviceName", "gatewayId", "gatewayInstanceId"});
  reader.belongs_in("identity", {"managedIdentity", "clientCredentials", "connections", "authenticationEndpoint"});
  reader.belongs_in("limits", {"http", "expression", "document", "content", "request"});
  reader.belongs_in("management", {"token", "tokenFile", "writeBack", "allowPlainHttp"});
  reader.belongs_in("overload", {"adaptiveConcurrency"});
  reader.belongs_in("stores", {"counters", "cache", "cacheCapacityBytes"});
  reader.finish(model::UnknownFields::error);
}

/// What policies and backends are shown of files. The certificates of the listener are for the listener, which reads
/// them again on reload.
void read_tls_files(HostSettings& settings, Diagnostics& diagnostics) {
  model::FolderReader files(model::ReadBounds{}, diagnostics);
  const auto text_of = [&](const std::string& file) {
    return files.read(file, files.bounds().information_bytes).value_or(std::string());
  };
  for (const CertificateSettings& from : settings.certificates) {
    ServiceCertificate certificate{from.id, text_of(from.certificate_file), {}};
    if (!from.key_file.empty()) certificate.bytes += '\n' + text_of(from.key_file);
    settings.deployment.certificates.push_back(std::move(certificate));
  }
  if (settings.listen_tls && !settings.listen_tls->client_ca_file.empty())
    settings.deployment.caller_authorities = text_of(settings.listen_tls->client_ca_file);
  for (const auto& [id, file] : settings.tls.backend_ca_files) settings.tls.backend_authorities[id] = text_of(file);
}

/// A file may end in a line end, a token does not.
void read_token_file(ManagementSettings& management, Diagnostics& diagnostics) {
  if (management.token_file.empty()) return;
  model::FolderReader files(model::ReadBounds{}, diagnostics);
  const auto text = files.read(management.token_file, files.bounds().information_bytes);
  if (text) management.token = trim(*text);
}

}  // namespace

LoadedSettings parse_host_settings(std::string_view text, const std::string& file) {
  LoadedSettings loaded;
  const auto document = model::parse_data(file, std::string(text), model::DataFormat::json, JsonLimits{},
                                          loaded.diagnostics, model::SourceLines::hidden);
  if (document != nullptr) {
    HostSettings settings;
    settings.file = file;
    model::Report report(document->source, loaded.diagnostics);
    model::ObjectReader reader(*document->root, "the settings", report);
    read_settings(reader, settings);
    if (!loaded.diagnostics.has_errors()) loaded.settings = std::move(settings);
  }
  loaded.diagnostics.sort();
  return loaded;
}

LoadedSettings load_host_settings(const std::filesystem::path& file) {
  LoadedSettings loaded;
  model::FolderReader files(model::ReadBounds{}, loaded.diagnostics);
  const std::optional<std::string> text = files.read(file, files.bounds().information_bytes);
  if (!text) return loaded;
  loaded = parse_host_settings(*text, file.generic_string());
  if (loaded.settings) read_tls_files(*loaded.settings, loaded.diagnostics);
  if (loaded.settings) read_token_file(loaded.settings->management, loaded.diagnostics);
  if (loaded.diagnostics.has_errors()) loaded.settings.reset();
  return loaded;
}

}  // namespace sluice
