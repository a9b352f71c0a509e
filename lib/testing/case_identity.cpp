// SPDX-License-Identifier: Apache-2.0
// `identity` of a case: sources of tokens and connections, with the field names of <sluice/identity.hpp>.
#include "testing/case_file.hpp"

namespace sluice::testing {
namespace {

ClientCredentials read_credentials(CaseMap& fields) {
  return {fields.text("token_url"), fields.text("client_id"), fields.text("client_secret"), fields.text("scope")};
}

}  // namespace

void read_identity(CaseMap& top, IdentitySettings& identity, CaseFindings& findings) {
  CaseMap fields(top.find("identity"), "the identity", findings);
  if (const YAML::Node node = fields.find("managed_identity")) {
    CaseMap service(node, "the managed identity", findings);
    identity.managed_identity = ManagedIdentityService{service.text("endpoint"), service.text("header")};
    service.finish();
  }
  if (const YAML::Node node = fields.find("client_credentials")) {
    CaseMap credentials(node, "the client credentials", findings);
    identity.client_credentials = read_credentials(credentials);
    credentials.finish();
  }
  fields.each("connections", [&](const YAML::Node& node) {
    CaseMap item(node, "a connection", findings);
    Connection connection{item.text("provider_id"), item.text("authorization_id"), read_credentials(item), {}};
    item.each("access", [&](const YAML::Node& entry) {
      CaseMap access(entry, "an access policy", findings);
      connection.access.push_back({access.text("tenant_id"), access.text("object_id")});
      access.finish();
    });
    item.finish();
    identity.connections.push_back(std::move(connection));
  });
  fields.finish();
}

}  // namespace sluice::testing
