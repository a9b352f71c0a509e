// SPDX-License-Identifier: Apache-2.0
// Operations of a specification can be seen, given policies, and replaced by one that is put under the same id. They
// cannot be removed or changed in part: that would be a change of the specification, which is imported whole.
#include "base/text.hpp"
#include "management/apis.hpp"
#include "model/read/reading.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace sluice::management {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view information_file = "operationInformation.json";

void write_parameters(JsonWriter& writer, std::string_view name, const std::vector<Parameter>& parameters) {
  if (parameters.empty()) return;
  writer.key(name);
  writer.begin_array();
  for (const Parameter& parameter : parameters) {
    writer.begin_object();
    writer.member("name", std::string_view(parameter.name));
    writer.member("type", std::string_view(parameter.type));
    writer.member("required", parameter.required);
    if (!parameter.default_value.empty()) writer.member("defaultValue", std::string_view(parameter.default_value));
    writer.key("values");
    writer.begin_array();
    for (const std::string& value : parameter.values) writer.value(std::string_view(value));
    writer.end_array();
    writer.end_object();
  }
  writer.end_array();
}

void write_representations(JsonWriter& writer, const std::vector<Representation>& representations) {
  if (representations.empty()) return;
  writer.key("representations");
  writer.begin_array();
  for (const Representation& representation : representations) {
    writer.begin_object();
    writer.member("contentType", std::string_view(representation.content_type));
    if (!representation.examples.empty()) {
      writer.key("examples");
      writer.begin_object();
      for (const RepresentationExample& example : representation.examples) {
        writer.key(example.name);
        writer.begin_object();
        writer.member("value", std::string_view(example.value));
        writer.end_object();
      }
      writer.end_object();
    }
    writer.end_object();
  }
  writer.end_array();
}

tl::unexpected<Failure> in_specification(const Target& target, std::string_view what) {
  return refuse(409, "Conflict",
                "The operation '" + target.id + "' stands in the API's specification and cannot be " +
                    std::string(what) + " by itself. Import another specification, or put the operation whole.");
}

const Operation* find_operation(const std::vector<Operation>& operations, std::string_view id) {
  for (const Operation& operation : operations) {
    if (equal_ignoring_case(operation.id, id)) return &operation;
  }
  return nullptr;
}

Resource resource_of(const Operation& operation) {
  Properties properties = operation_properties(operation);
  std::string content = properties.text();
  return {operation.id, std::move(properties), std::move(content)};
}

}  // namespace

std::vector<Operation> operations_of(const Layout& layout, const fs::path& api_folder) {
  Diagnostics ignored;  // They were told when the API was loaded.
  model::FolderReader files(model::ReadBounds{}, ignored, layout.files());
  ServiceModel service;
  model::Reading reading{files, service, {}, {}, {}, {}, {}};
  model::read_api(reading, {api_folder.filename().string(), api_folder, true});
  return service.apis.empty() ? std::vector<Operation>() : std::move(service.apis[0].operations);
}

Properties operation_properties(const Operation& operation) {
  JsonWriter writer;
  writer.begin_object();
  writer.member("displayName", std::string_view(operation.display_name));
  writer.member("method", std::string_view(operation.method));
  writer.member("urlTemplate", std::string_view(operation.url_template));
  write_parameters(writer, "templateParameters", operation.template_parameters);
  writer.key("request");
  writer.begin_object();
  write_parameters(writer, "queryParameters", operation.query_parameters);
  write_parameters(writer, "headers", operation.headers);
  write_representations(writer, operation.request_representations);
  writer.end_object();
  writer.key("responses");
  writer.begin_array();
  for (const OperationResponse& response : operation.responses) {
    writer.begin_object();
    writer.member("statusCode", response.status_code);
    writer.member("description", std::string_view(response.description));
    write_parameters(writer, "headers", response.headers);
    write_representations(writer, response.representations);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return Properties(std::move(writer).take());
}

OperationKind::OperationKind()
    : InformationKind({.file = information_file, .never_stored = {"policies", "provisioningState"}}) {}

std::vector<std::string> OperationKind::ids(const Layout& layout, const Target& collection) const {
  std::vector<std::string> names;
  for (const Operation& operation : operations_of(layout, collection.parent)) names.push_back(operation.id);
  std::sort(names.begin(), names.end());
  return names;
}

Outcome<std::optional<Resource>> OperationKind::find(const Layout& layout, const Target& target) const {
  Outcome<std::optional<Resource>> own = InformationKind::find(layout, target);
  if (!own || *own) return own;
  const std::vector<Operation> operations = operations_of(layout, target.parent);
  const Operation* operation = find_operation(operations, target.id);
  return operation == nullptr ? std::optional<Resource>() : std::optional(resource_of(*operation));
}

/// The specification is read once for all.
Outcome<std::vector<Resource>> OperationKind::find_all(const Layout& layout, const Target& collection,
                                                       std::span<const std::string> ids) const {
  std::map<std::string, Operation> operations;
  for (Operation& operation : operations_of(layout, collection.parent)) {
    std::string id = operation.id;
    operations.emplace(std::move(id), std::move(operation));
  }
  std::set<std::string> folders;
  for (const std::string& name : layout.ids(collection.parent, collection.collection)) folders.insert(to_lower(name));
  std::vector<Resource> all;
  for (const std::string& id : ids) {
    Outcome<std::optional<Resource>> own = std::optional<Resource>();
    if (folders.contains(to_lower(id))) own = InformationKind::find(layout, collection.with_id(id));
    if (!own) return tl::unexpected(std::move(own.error()));
    if (*own) {
      all.push_back(std::move(**own));
    } else if (const auto found = operations.find(id); found != operations.end()) {
      all.push_back(resource_of(found->second));
    }
  }
  return all;
}

Outcome<void> OperationKind::patch(Edit& edit, const Target& target, const JsonValue& properties) const {
  const Outcome<std::optional<Properties>> own = stored(edit.layout(), target);
  if (!own) return tl::unexpected(own.error());
  if (!*own) return in_specification(target, "changed in part");
  return InformationKind::patch(edit, target, properties);
}

Outcome<void> OperationKind::remove(Edit& edit, const Target& target) const {
  edit.files.remove(folder(edit.layout(), target));
  if (find_operation(operations_of(edit.layout(), target.parent), target.id) != nullptr) {
    return in_specification(target, "removed");
  }
  return {};
}

}  // namespace sluice::management
