// SPDX-License-Identifier: Apache-2.0
// APIs: `apis/<id>[;rev=n]/apiInformation.json`, `policy.xml`, `specification.*` and `operations/<id>/policy.xml`,
// `schemas/<id>`, `resolvers/<id>`, `diagnostics/<id>`, `tags/<id>`. The folder without `;rev=` is the current revision
// unless its file says otherwise.
#include "model/openapi/import.hpp"
#include "model/read/operation_resource.hpp"
#include "model/read/reading.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <map>

namespace sluice::model {
namespace {

namespace fs = std::filesystem;

std::string trimmed_path(std::string path) {
  std::string_view rest = path;
  while (rest.starts_with('/')) rest.remove_prefix(1);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  return std::string(rest);
}

ApiType read_type(ObjectReader& fields) {
  const std::string_view name = fields.has("type") ? "type" : "apiType";
  fields.ignore({"type", "apiType"});
  return fields.one_of<ApiType>(name,
                                {{"http", ApiType::http},
                                 {"soap", ApiType::soap},
                                 {"websocket", ApiType::websocket},
                                 {"graphql", ApiType::graphql},
                                 {"odata", ApiType::odata},
                                 {"grpc", ApiType::grpc}},
                                ApiType::http);
}

void read_protocols(ObjectReader& fields, Api& api) {
  const JsonValue* protocols = fields.find("protocols", JsonKind::array);
  if (protocols == nullptr) return;
  api.protocols.clear();
  for (const JsonValue& item : protocols->items) {
    const std::string word = item.is_string() ? to_lower(item.text) : std::string();
    if (word == "http" || word == "https" || word == "ws" || word == "wss") {
      api.protocols.push_back(word);
    } else {
      fields.report().error("SL5003", item, "a protocol must be one of http, https, ws, wss");
    }
  }
}

void read_key_names(ObjectReader& fields, Api& api) {
  const JsonValue* value = fields.find("subscriptionKeyParameterNames", JsonKind::object);
  if (value == nullptr) return;
  ObjectReader names(*value, "the subscription key's names", fields.report());
  api.subscription_key_parameter_names.header = names.text("header", api.subscription_key_parameter_names.header);
  api.subscription_key_parameter_names.query = names.text("query", api.subscription_key_parameter_names.query);
  if (!is_token(api.subscription_key_parameter_names.header)) {
    names.report().error("SL5003", *names.find("header"), "is not a header's name");
  }
  names.finish();
}

void read_version(ObjectReader& fields, Api& api) {
  api.version = fields.text("apiVersion");
  if (fields.has("apiVersionSetId")) api.version_set_id = last_segment(fields.text("apiVersionSetId"));
  if (const JsonValue* set = fields.find("apiVersionSet", JsonKind::object);
      set != nullptr && api.version_set_id.empty()) {
    ObjectReader inner(*set, "the version set", fields.report());
    api.version_set_id = last_segment(inner.text("id"));
  }
  fields.ignore({"apiVersionSetId", "apiVersionDescription"});
}

void read_revision(ObjectReader& fields, Api& api, std::string_view folder_revision) {
  const JsonValue* written = fields.find("apiRevision", JsonKind::string);
  if (written != nullptr && !folder_revision.empty() && written->text != folder_revision) {
    fields.report().error("SL5003", *written,
                          "'apiRevision' is '" + std::string(written->text) +
                              "', the folder says ';rev=" + std::string(folder_revision) + "'");
  }
  if (written != nullptr) api.revision = written->text;
  api.is_current = fields.boolean("isCurrent", folder_revision.empty());
  api.is_online = fields.boolean("isOnline", true);
  fields.ignore({"apiRevisionDescription"});
}

void read_fields(ObjectReader& fields, Api& api, std::string_view folder_revision) {
  api.display_name = fields.text("displayName", api.id);
  api.description = fields.text("description");
  if (!fields.has("path")) fields.missing("path", "the first segments of the API's URLs; may be empty text");
  api.path = trimmed_path(fields.text("path", api.path));
  api.service_url = fields.text("serviceUrl");
  api.type = read_type(fields);
  api.subscription_required = fields.boolean("subscriptionRequired", true);
  read_protocols(fields, api);
  read_key_names(fields, api);
  read_version(fields, api);
  read_revision(fields, api, folder_revision);
  // Metadata of portals and imports; the gateway of the service does not enforce any of it either.
  fields.ignore({"authenticationSettings", "sourceApiId", "format", "value", "contact", "license", "termsOfServiceUrl",
                 "provisioningState", "wsdlSelector", "translateRequiredQueryParameters"});
}

bool is_specification(const FolderEntry& entry) {
  return !entry.is_folder && to_lower(entry.name).starts_with("specification.");
}

/// True when all operations of the API are known.
bool read_specifications(Reading& reading, const std::vector<FolderEntry>& entries, Api& api) {
  std::size_t found = 0;
  bool complete = false;
  for (const FolderEntry& entry : entries) {
    if (!is_specification(entry)) continue;
    if (++found > 1) {
      reading.files.add(Severity::warning, "SL5006", entry.path,
                        "the API has another specification; this one has no effect");
      continue;
    }
    complete = import_specification(reading.files, entry.path, api);
  }
  return found == 0 ? add_operations_without_specification(reading.files, api) : complete;
}

/// Operations that stand in files of their own, as the management interface writes them: they take the place of those
/// of the specification with their ids, or come in addition.
void read_operation_resources(Reading& reading, const fs::path& folder, Api& api) {
  OperationResources resources(api);
  std::vector<Operation> own;
  for (const FolderEntry& entry : reading.files.list(folder)) {
    const fs::path file = entry.path / "operationInformation.json";
    if (!entry.is_folder || !reading.files.has_file(file)) continue;
    read_information(reading, file, "the operation",
                     [&](ObjectReader& fields) { own.push_back(resources.read(fields, entry.name)); });
  }
  for (Operation& operation : own) {
    const auto same = [&](const Operation& each) { return equal_ignoring_case(each.id, operation.id); };
    const auto known = std::find_if(api.operations.begin(), api.operations.end(), same);
    if (known != api.operations.end()) {
      *known = std::move(operation);
    } else {
      api.operations.push_back(std::move(operation));
    }
  }
}

/// `complete`: all operations of the API are known, so that a folder for another one is a mistake.
void read_operation_policies(Reading& reading, const fs::path& folder, Api& api, bool complete) {
  std::map<std::string, Operation*> operations;  // Ids are compared without case, as folders are on some systems.
  for (Operation& operation : api.operations) operations.emplace(to_lower(operation.id), &operation);
  std::size_t hints_left = 20;  // Looking for near names is slow when an API has thousands.
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    std::optional<PolicySource> policy = read_policy(reading, entry.path);
    if (const auto found = operations.find(to_lower(entry.name)); found != operations.end()) {
      found->second->policy = std::move(policy);
      for (const FolderEntry& part : reading.files.list(entry.path))
        read_links(reading, part, "tags", found->second->tag_ids);
      return;
    }
    std::vector<std::string_view> ids;
    if (hints_left > 0) {
      --hints_left;
      for (const Operation& operation : api.operations) ids.push_back(operation.id);
    }
    const std::string_view near = nearest_name(entry.name, ids);
    reading.files.add(complete ? Severity::error : Severity::warning, "SL5005", entry.path,
                      "the API '" + api.id + "' has no operation '" + entry.name + "'",
                      near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?");
  });
}

void read_contents(Reading& reading, const FolderEntry& folder, Api& api) {
  const std::vector<FolderEntry> entries = reading.files.list(folder.path);
  const bool complete = read_specifications(reading, entries, api);
  for (const FolderEntry& entry : entries) {
    if (entry.is_folder && to_lower(entry.name) == "schemas") read_schemas(reading, entry.path, api.schemas);
  }
  for (const FolderEntry& entry : entries) {
    if (!entry.is_folder) continue;
    const std::string name = to_lower(entry.name);
    if (name == "operations") {
      read_operation_resources(reading, entry.path, api);
      read_operation_policies(reading, entry.path, api, complete);
    } else if (name == "resolvers") {
      read_resolvers(reading, entry.path, api);
    } else if (name == "diagnostics") {
      read_diagnostics(reading, entry.path, api.diagnostics);
    } else if (name == "schemas" || read_links(reading, entry, "tags", api.tag_ids)) {
      continue;
    } else if (name != "wikis" && name != "releases") {
      reading.files.add(Severity::info, "SL5004", entry.path, "has no effect in this version");
    }
  }
}

}  // namespace

void read_api(Reading& reading, const FolderEntry& entry) {
  Api api;
  api.id = api.display_name = without_revision(entry.name);
  api.workspace_id = reading.workspace_id;
  const std::size_t mark = entry.name.find(";rev=");
  const std::string revision = mark == std::string::npos ? std::string() : entry.name.substr(mark + 5);
  if (!revision.empty()) {
    api.revision = revision;
    api.is_current = false;
  }
  const fs::path file = entry.path / "apiInformation.json";
  api.file = file.generic_string();
  // An API whose path is not known must not be taken for one at the root by the rules that run after an error.
  api.path = entry.name;
  read_information(reading, file, "the API", [&](ObjectReader& fields) { read_fields(fields, api, revision); });
  api.policy = read_policy(reading, entry.path);
  read_contents(reading, entry, api);
  reading.model.apis.push_back(std::move(api));
}

void read_apis(Reading& reading, const fs::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) { read_api(reading, entry); });
}

}  // namespace sluice::model
