// SPDX-License-Identifier: Apache-2.0
#include "model/read/backend_parts.hpp"

#include "model/read/reading.hpp"

namespace sluice::model {
namespace {

constexpr std::size_t most_certificates = 32;  // The service's own bound.
constexpr std::size_t most_endpoints = 32;
constexpr std::int64_t most_retries = 50;  // As of <retry>.

/// `{ "x-key": ["a", "b"] }` or `{ "x-key": "a" }`: one line per value.
void read_lists(ObjectReader& credentials, std::string_view field,
                std::vector<std::pair<std::string, std::string>>& to) {
  const JsonValue* value = credentials.find(field, JsonKind::object);
  if (value == nullptr) return;
  for (const JsonMember& member : value->members) {
    if (member.value.is_string())
      to.emplace_back(member.name, member.value.text);
    else if (!member.value.is_array())
      credentials.report().error("SL5003", member.value,
                                 "a list of strings is wanted, found " + std::string(name_of(member.value.kind)));
    for (const JsonValue& item : member.value.items) {
      if (item.is_string()) {
        to.emplace_back(member.name, item.text);
      } else {
        credentials.report().error("SL5003", item, "a string is wanted, found " + std::string(name_of(item.kind)));
      }
    }
  }
}

/// `certificateIds` as ids of resources, or `certificate` as thumbprints.
void read_certificates(ObjectReader& credentials, std::string_view field, std::vector<std::string>& to) {
  const JsonValue* value = credentials.find(field, JsonKind::array);
  if (value == nullptr) return;
  if (value->items.size() > most_certificates) {
    return credentials.report().error("SL5003", *value,
                                      "'" + std::string(field) + "' must hold at most " +
                                          std::to_string(most_certificates) + " certificates, found " +
                                          std::to_string(value->items.size()));
  }
  for (const JsonValue& item : value->items) {
    if (item.is_string()) {
      to.push_back(last_segment(item.text));
    } else {
      credentials.report().error("SL5003", item, "a string is wanted, found " + std::string(name_of(item.kind)));
    }
  }
}

void read_managed_identity(ObjectReader& credentials, BackendCredentials& to) {
  const JsonValue* value = credentials.find("managedIdentity", JsonKind::object);
  if (value == nullptr) return;
  ObjectReader identity(*value, "the managed identity", credentials.report());
  to.managed_identity = ManagedIdentityCredentials{identity.required_text("resource"), identity.text("clientId")};
  if (to.authorization) {
    credentials.report().warning("SL5003", *value, "the token of 'managedIdentity' replaces what 'authorization' says");
  }
  identity.finish();
}

/// `[ { "name": "...", "issuerCertificateThumbprint": "..." } ]`
void read_names(ObjectReader& owner, std::vector<std::pair<std::string, std::string>>& to) {
  const JsonValue* value = owner.find("serverX509Names", JsonKind::array);
  if (value == nullptr) return;
  for (const JsonValue& item : value->items) {
    ObjectReader name(item, "the name of a certificate", owner.report());
    std::string text = name.required_text("name");
    std::string issuer = name.required_text("issuerCertificateThumbprint");
    name.finish();
    if (!text.empty() && !issuer.empty()) to.emplace_back(std::move(text), std::move(issuer));
  }
}

ServiceFabricCluster read_cluster(ObjectReader& fields) {
  ServiceFabricCluster cluster;
  cluster.management_endpoints = fields.texts("managementEndpoints");
  const JsonValue* listed = fields.find("managementEndpoints");
  if (listed == nullptr || (listed->is_array() && listed->items.empty())) {
    fields.missing("managementEndpoints", "at least one URL");
  } else if (cluster.management_endpoints.size() > most_endpoints) {
    fields.report().error("SL5003", *listed,
                          "a cluster has at most " + std::to_string(most_endpoints) + " management endpoints, found " +
                              std::to_string(cluster.management_endpoints.size()));
  }
  cluster.client_certificate = last_segment(fields.text("clientCertificateId"));
  // ARM's own spelling, and that of its documentation.
  for (const std::string_view name : {"clientCertificatethumbprint", "clientCertificateThumbprint"}) {
    const std::string thumbprint = fields.text(name);
    if (cluster.client_certificate.empty()) cluster.client_certificate = thumbprint;
  }
  cluster.certificate_thumbprints = fields.texts("serverCertificateThumbprints");
  read_names(fields, cluster.certificate_names);
  if (const auto retries = fields.integer("maxPartitionResolutionRetries", 0, most_retries))
    cluster.resolution_retries = static_cast<unsigned>(*retries);
  return cluster;
}

}  // namespace

void read_credentials(ObjectReader& fields, BackendCredentials& credentials) {
  const JsonValue* value = fields.find("credentials", JsonKind::object);
  if (value == nullptr) return;
  Report report = fields.report().hiding();
  ObjectReader reader(*value, "the credentials", report);
  if (const JsonValue* found = reader.find("authorization", JsonKind::object)) {
    ObjectReader authorization(*found, "the authorization", report);
    const std::string scheme = authorization.required_text("scheme");
    credentials.authorization = {scheme, authorization.text("parameter")};
    authorization.finish();
  }
  read_lists(reader, "header", credentials.headers);
  read_lists(reader, "query", credentials.query);
  read_certificates(reader, "certificateIds", credentials.certificates);
  read_certificates(reader, "certificate", credentials.certificates);
  read_managed_identity(reader, credentials);
  reader.finish();
}

void read_tls(ObjectReader& fields, Backend& backend) {
  const JsonValue* value = fields.find("tls", JsonKind::object);
  if (value == nullptr) return;
  ObjectReader tls(*value, "the TLS settings", fields.report());
  backend.validate_certificate_chain = tls.boolean("validateCertificateChain", true);
  backend.validate_certificate_name = tls.boolean("validateCertificateName", true);
  backend.certificate_thumbprints = tls.texts("serverCertificateThumbprints");
  read_names(tls, backend.certificate_names);
  tls.finish();
  // Who says which certificates are right wants them looked at.
  if (backend.certificate_thumbprints.empty() && backend.certificate_names.empty()) return;
  backend.validate_certificate_chain = backend.validate_certificate_name = true;
}

void read_proxy(ObjectReader& fields, Backend& backend) {
  const JsonValue* value = fields.find("proxy", JsonKind::object);
  if (value == nullptr) return;
  Report report = fields.report().hiding();
  ObjectReader proxy(*value, "the proxy", report);
  backend.proxy = BackendProxy{proxy.required_text("url"), proxy.text("username"), proxy.text("password")};
  proxy.finish();
}

void read_properties_of(ObjectReader& fields, Backend& backend) {
  const JsonValue* value = fields.find("properties", JsonKind::object);
  if (value == nullptr) return;
  ObjectReader properties(*value, "the backend's properties", fields.report());
  if (const JsonValue* found = properties.find("serviceFabricCluster", JsonKind::object)) {
    ObjectReader reader(*found, "the Service Fabric cluster", fields.report());
    backend.cluster = read_cluster(reader);
    reader.finish();
    if (backend.is_pool()) {
      backend.cluster.reset();
      fields.report().warning("SL5003", *found,
                              "'serviceFabricCluster' of a pool has no effect: its members have theirs");
    }
  }
  properties.finish();
}

}  // namespace sluice::model
