// SPDX-License-Identifier: Apache-2.0
// Backends: `backends/<id>/backendInformation.json` in ARM's shape (single backends and pools), or a pool as the
// reference architecture writes it (`{ "backends": [...], "circuitBreaker": ... }`), as the whole file or under
// `properties`; url_pools.cpp makes members of that one's URLs.
#include "base/text.hpp"
#include "model/read/backend_parts.hpp"
#include "model/read/circuit_breaker.hpp"
#include "model/read/reading.hpp"

namespace sluice::model {
namespace {

namespace fs = std::filesystem;

/// `{ "sessionId": { "source": "Cookie", "name": "x" } }`: the cookie that names a caller's member.
void read_affinity(ObjectReader& pool, Backend& backend) {
  const JsonValue* value = pool.find("sessionAffinity", JsonKind::object);
  if (value == nullptr) return;
  ObjectReader affinity(*value, "the session affinity", pool.report());
  if (!affinity.has("sessionId")) return affinity.missing("sessionId");
  if (const JsonValue* found = affinity.find("sessionId", JsonKind::object)) {
    ObjectReader session(*found, "the session id", pool.report());
    session.one_of<bool>("source", {{"Cookie", true}}, true);
    backend.affinity_cookie = session.required_text("name");
    if (!backend.affinity_cookie.empty() && !is_token(backend.affinity_cookie)) {
      pool.report().error(
          "SL5003", *session.find("name"),
          "'name' of the session id must be the name of a cookie, found '" + backend.affinity_cookie + "'");
    }
    session.finish();
  }
  affinity.finish();
}

void read_pool(ObjectReader& fields, Backend& backend) {
  if (!fields.has("pool")) return fields.missing("pool");
  const JsonValue* value = fields.find("pool", JsonKind::object);
  if (value == nullptr) return;
  ObjectReader pool(*value, "the pool", fields.report());
  const JsonValue* services = pool.find("services", JsonKind::array);
  if (services == nullptr || services->items.empty()) pool.missing("services", "at least one member");
  if (services != nullptr && services->items.size() > pool_members) {
    fields.report().error("SL5003", *services,
                          "a pool has at most " + std::to_string(pool_members) + " members, found " +
                              std::to_string(services->items.size()));
  }
  for (std::size_t i = 0; services != nullptr && i < services->items.size() && i < pool_members; ++i) {
    ObjectReader service(services->items[i], "the pool's member", fields.report());
    PoolMember member;
    member.backend_id = last_segment(service.required_text("id"));
    if (const auto priority = service.integer("priority", 0, 100))
      member.priority = static_cast<std::uint32_t>(*priority);
    if (const auto weight = service.integer("weight", 0, 100)) member.weight = static_cast<std::uint32_t>(*weight);
    service.ignore({"preferredCarbonEmission"});
    service.finish();
    if (!member.backend_id.empty()) backend.pool.push_back(std::move(member));
  }
  read_affinity(pool, backend);
  backend.pool_failure_status = read_failure_status(pool);
  pool.finish();
}

void read_backend(ObjectReader& fields, Backend& backend) {
  backend.title = fields.text("title");
  backend.description = fields.text("description");
  backend.azure_region = fields.text("azureRegion");
  const bool is_pool = fields.one_of<bool>("type", {{"Single", false}, {"Pool", true}}, false);
  if (is_pool) {
    read_pool(fields, backend);
    fields.ignore({"url"});
  } else {
    backend.url = fields.required_text("url");
    fields.warn_unsupported({"pool"});
  }
  read_credentials(fields, backend.credentials);
  read_tls(fields, backend);
  read_proxy(fields, backend);
  backend.circuit_breaker = read_circuit_breaker(fields);
  fields.ignore({"protocol", "provisioningState"});
  if (const JsonValue* id = fields.find("resourceId", JsonKind::string)) {
    fields.report().info("SL5004", *id, "'resourceId' of the backend has no effect here: its 'url' is called");
  }
  read_properties_of(fields, backend);
}

/// The reference architecture's form. `url_pools` takes the members; the pool itself gets them when all are known.
void read_url_pool(Reading& reading, ObjectReader& fields, Backend& backend) {
  UrlPool pool;
  pool.backend = reading.model.backends.size();
  backend.title = fields.text("title");
  backend.description = fields.text("description");
  fields.ignore({"type"});
  const JsonValue* members = fields.find("backends", JsonKind::array);
  if (members != nullptr && members->items.empty()) {
    fields.report().error("SL5002", *members, "a pool needs at least one member");
  }
  if (members != nullptr && members->items.size() > pool_members) {
    fields.report().error("SL5003", *members,
                          "a pool has at most " + std::to_string(pool_members) + " members, found " +
                              std::to_string(members->items.size()));
  }
  for (std::size_t i = 0; members != nullptr && i < members->items.size() && i < pool_members; ++i) {
    ObjectReader item(members->items[i], "the pool's member", fields.report());
    UrlPool::Member member;
    member.url = item.required_text("url");
    if (const auto priority = item.integer("priority", 0, 100)) member.priority = static_cast<std::uint32_t>(*priority);
    if (const auto weight = item.integer("weight", 0, 100)) member.weight = static_cast<std::uint32_t>(*weight);
    item.finish();
    if (!member.url.empty()) pool.members.push_back(std::move(member));
  }
  pool.circuit_breaker = read_circuit_breaker(fields);
  reading.url_pools.push_back(std::move(pool));
}

}  // namespace

void read_backends(Reading& reading, const fs::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    Backend backend;
    backend.id = entry.name;
    backend.workspace_id = reading.workspace_id;
    const fs::path file = entry.path / "backendInformation.json";
    backend.file = file.generic_string();
    const auto read_fields = [&](ObjectReader& fields) {
      if (fields.has("backends")) {
        read_url_pool(reading, fields, backend);
      } else {
        read_backend(fields, backend);
      }
    };
    read_json(reading, file, [&](const JsonValue& resource, Report& report) {
      if (resource.find("backends") == nullptr || resource.find("properties") != nullptr) {
        return read_properties(resource, "the backend", report, read_fields);
      }
      ObjectReader whole(resource, "the backend pool", report);
      read_fields(whole);
      whole.finish();
    });
    reading.model.backends.push_back(std::move(backend));
  });
}

}  // namespace sluice::model
