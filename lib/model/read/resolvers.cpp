// SPDX-License-Identifier: Apache-2.0
// Resolvers of a GraphQL API: `apis/<id>/resolvers/<id>/resolverInformation.json` and `policy.xml`.
#include "model/read/reading.hpp"

#include <algorithm>

namespace sluice::model {
namespace {

/// `Type/field`
bool is_field_path(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < path.size() &&
         path.find('/', slash + 1) == std::string_view::npos;
}

void read_fields(ObjectReader& fields, Resolver& resolver) {
  resolver.display_name = fields.text("displayName", resolver.id);
  resolver.path = fields.required_text("path");
  if (const JsonValue* path = fields.find("path"); path != nullptr && !is_field_path(resolver.path)) {
    fields.report().error("SL5003", *path, "a resolver's path must be Type/field, found '" + resolver.path + "'");
  }
  fields.ignore({"description", "provisioningState"});
}

}  // namespace

void read_resolvers(Reading& reading, const std::filesystem::path& folder, Api& api) {
  if (api.type != ApiType::graphql) {
    reading.files.add(Severity::warning, "SL5004", folder, "has no effect: the API is not of type graphql");
    return;
  }
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    Resolver resolver;
    resolver.id = entry.name;
    read_information(reading, entry.path / "resolverInformation.json", "the resolver",
                     [&](ObjectReader& fields) { read_fields(fields, resolver); });
    if (std::optional<PolicySource> policy = read_policy(reading, entry.path)) {
      resolver.policy = std::move(*policy);
    } else if (!reading.files.has_file(entry.path / "policy.xml")) {
      reading.files.add(Severity::error, "SL5008", entry.path / "policy.xml", "the resolver's policy.xml is missing");
    }
    api.resolvers.push_back(std::move(resolver));
  });
}

}  // namespace sluice::model
