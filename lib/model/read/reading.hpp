// SPDX-License-Identifier: Apache-2.0
// What the readers of all kinds of entity share: the folder, the model they fill, and the shape of information files
// (`{ "properties": { ... } }`, with the resource's name and id beside it when a tool wrote them). One kind of entity,
// one file; artifacts_reader.cpp lists them.
#pragma once

#include "model/folder_reader.hpp"
#include "model/object_reader.hpp"

#include <sluice/model.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::model {

/// A pool as the reference architecture writes it: members by URL. Resolved when all backends are known.
struct UrlPool {
  struct Member {
    std::string url;
    std::optional<std::uint32_t> priority, weight;
  };
  std::size_t backend = 0;  ///< Index of the pool in ServiceModel::backends.
  std::vector<Member> members;
  std::optional<CircuitBreakerRule> circuit_breaker;
};

/// A tag's folder names what has the tag; they know it when all of them are there.
struct TagLink {
  enum class To : std::uint8_t { api, product };
  To to = To::api;
  std::string workspace_id, id, tag_id;
  std::filesystem::path file;
};

/// Which documents may not leave out `<base />`.
struct PolicyRestriction {
  std::string id;
  std::string scope;  ///< Below the service; empty: everything.
  std::filesystem::path file;
};

struct Reading {
  FolderReader& files;
  ServiceModel& model;
  std::string workspace_id;  ///< Of what is being read; empty: the service itself.
  std::vector<UrlPool> url_pools;
  std::vector<TagLink> tag_links;
  std::vector<PolicyRestriction> restrictions;
  std::vector<std::string> blocked_users;
};

/// One API, in a folder of its own.
void read_api(Reading& reading, const FolderEntry& folder);
void read_apis(Reading& reading, const std::filesystem::path& folder);
void read_backends(Reading& reading, const std::filesystem::path& folder);
void read_certificates(Reading& reading, const std::filesystem::path& folder);
/// Of the service or a workspace: `diagnostics/<id>`; the same folder of an API.
void read_service_diagnostics(Reading& reading, const std::filesystem::path& folder);
void read_diagnostics(Reading& reading, const std::filesystem::path& folder, std::vector<ApiDiagnostic>& to);
void read_fragments(Reading& reading, const std::filesystem::path& folder);
void read_gateways(Reading& reading, const std::filesystem::path& folder);
void read_groups(Reading& reading, const std::filesystem::path& folder);
void read_loggers(Reading& reading, const std::filesystem::path& folder);
void read_named_values(Reading& reading, const std::filesystem::path& folder);
void read_policy_restrictions(Reading& reading, const std::filesystem::path& folder);
/// Of one API: `apis/<id>/resolvers`.
void read_resolvers(Reading& reading, const std::filesystem::path& folder, Api& api);
void read_products(Reading& reading, const std::filesystem::path& folder);
/// Schemas of the service: `schemas/<id>`.
void read_service_schemas(Reading& reading, const std::filesystem::path& folder);
/// The same folder of an API.
void read_schemas(Reading& reading, const std::filesystem::path& folder, std::vector<Schema>& to);
void read_subscriptions(Reading& reading, const std::filesystem::path& folder);
void read_tags(Reading& reading, const std::filesystem::path& folder);
void read_users(Reading& reading, const std::filesystem::path& folder);
void read_version_sets(Reading& reading, const std::filesystem::path& folder);

/// Makes members of `url_pools`: backends with that URL, or new ones.
void resolve_url_pools(Reading& reading);
/// Gives APIs and products the tags whose folders name them.
void resolve_tag_links(Reading& reading);
/// Warns of documents that leave out `<base />` where a restriction wants it.
void check_policy_restrictions(Reading& reading);
/// Suspends the subscriptions of users that are blocked.
void suspend_blocked_users(Reading& reading);
/// The names that an entity holds, when `entry` is such a part of its folder: `<kind>/<id>`, or a list `<kind>.json`.
bool read_links(Reading& reading, const FolderEntry& entry, std::string_view kind, std::vector<std::string>& to);

/// Calls `read` with every folder in `folder`; files beside them are mentioned.
void for_each_folder(Reading& reading, const std::filesystem::path& folder,
                     const std::function<void(const FolderEntry&)>& read);

/// Reads an information file and calls `read` with its `properties`. True when the file was there and was JSON.
bool read_information(Reading& reading, const std::filesystem::path& file, std::string_view what,
                      const std::function<void(ObjectReader&)>& read, SourceLines lines = SourceLines::shown);
/// The same without unwrapping `properties`: `read` gets the whole value.
bool read_json(Reading& reading, const std::filesystem::path& file,
               const std::function<void(const JsonValue&, Report&)>& read, SourceLines lines = SourceLines::shown);
/// Calls `read` with the `properties` of a resource that was read already.
void read_properties(const JsonValue& resource, std::string_view what, Report& report,
                     const std::function<void(ObjectReader&)>& read);

/// The policy.xml of a folder, if there is one. Other XML files in it are warned of: they have no effect.
std::optional<PolicySource> read_policy(Reading& reading, const std::filesystem::path& folder);

/// What follows the service's own part of a whole ARM id (`/products/x`); ids below the service stay as they are.
std::string_view below_service(std::string_view id);
/// The name at the end of a resource id (`/apiVersionSets/v1`, or a whole ARM id); a bare name is itself.
std::string last_segment(std::string_view id);
/// An API's id without its revision.
std::string without_revision(std::string_view id);

}  // namespace sluice::model
