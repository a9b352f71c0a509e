// SPDX-License-Identifier: Apache-2.0
// `identity`: the managed identity or the application whose tokens the gateway shows, and the connections of its
// credential manager.
#include "base/provider_url.hpp"
#include "model/settings/sections.hpp"

namespace sluice::model {
namespace {

constexpr std::size_t most_connections = 1'000;
constexpr std::size_t most_access = 100;

/// A URL that secrets are sent to.
std::string read_url(ObjectReader& reader, std::string_view name) {
  std::string url = reader.required_text(name);
  Arena arena;
  const JsonValue* value = reader.find(name);
  if (value != nullptr && !url.empty() && !parse_provider_url(url, arena))
    reader.report().error("SL5003", *value,
                          "'" + std::string(name) + "' must be an https:// URL, or http:// to this machine");
  return url;
}

ClientCredentials read_credentials(ObjectReader& reader) {
  ClientCredentials read;
  read.token_url = read_url(reader, "tokenUrl");
  read.client_id = reader.required_text("clientId");
  read.client_secret = reader.required_text("clientSecret");
  read.scope = reader.text("scope");
  return read;
}

void read_managed_identity(ObjectReader& identity, HostSettings& to) {
  const JsonValue* value = identity.find("managedIdentity", JsonKind::object);
  if (value == nullptr) return;
  enum class Source : std::uint8_t { environment, instance_metadata, endpoint, none };
  ObjectReader reader(*value, "the managed identity", identity.report());
  reader.ignore({"$comment"});
  const Source source = reader.one_of<Source>("source",
                                              {{"environment", Source::environment},
                                               {"instanceMetadata", Source::instance_metadata},
                                               {"endpoint", Source::endpoint},
                                               {"none", Source::none}},
                                              Source::environment);
  to.identity_by_environment = source == Source::environment;
  if (source == Source::instance_metadata) to.identity.managed_identity = ManagedIdentityService{};
  if (source == Source::endpoint)
    to.identity.managed_identity = ManagedIdentityService{read_url(reader, "endpoint"), reader.required_text("header")};
  reader.finish(UnknownFields::error);
}

/// The objects of the array `name`.
template <class Read>
void read_objects(ObjectReader& owner, std::string_view name, std::string_view what, std::size_t most, Read read) {
  const JsonValue* list = owner.find(name, JsonKind::array);
  if (list == nullptr) return;
  if (list->items.size() > most) {
    owner.report().error("SL5003", *list,
                         "'" + std::string(name) + "' must hold at most " + std::to_string(most) + ", found " +
                             std::to_string(list->items.size()));
    return;
  }
  for (const JsonValue& item : list->items) {
    ObjectReader reader(item, what, owner.report());
    reader.ignore({"$comment"});
    read(reader);
    reader.finish(UnknownFields::error);
  }
}

Connection read_connection(ObjectReader& reader) {
  Connection read;
  read.provider_id = reader.required_text("providerId");
  read.authorization_id = reader.required_text("authorizationId");
  read.credentials = read_credentials(reader);
  read_objects(reader, "accessPolicies", "the access policy", most_access, [&](ObjectReader& access) {
    std::string tenant = access.required_text("tenantId");
    read.access.push_back({std::move(tenant), access.required_text("objectId")});
  });
  return read;
}

}  // namespace

void read_identity(ObjectReader& settings, HostSettings& to) {
  const JsonValue* value = settings.find("identity", JsonKind::object);
  if (value == nullptr) return;
  Report report = settings.report().hiding();
  ObjectReader identity(*value, "identity", report);
  identity.ignore({"$comment"});
  read_managed_identity(identity, to);
  if (const JsonValue* found = identity.find("clientCredentials", JsonKind::object)) {
    ObjectReader reader(*found, "the client credentials", report);
    reader.ignore({"$comment"});
    to.identity.client_credentials = read_credentials(reader);
    to.identity_by_environment = false;
    reader.finish(UnknownFields::error);
  }
  read_objects(identity, "connections", "the connection", most_connections,
               [&](ObjectReader& reader) { to.identity.connections.push_back(read_connection(reader)); });
  if (identity.has("authenticationEndpoint"))
    to.identity.authentication_endpoint = read_url(identity, "authenticationEndpoint");
  identity.finish(UnknownFields::error);
}

}  // namespace sluice::model
