// SPDX-License-Identifier: Apache-2.0
// Two operations of an API may not answer the same calls: the same method and the same template, whatever its
// parameters are called; nor have the same id.
#include "base/text.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <filesystem>
#include <map>

namespace sluice::model {
namespace {

/// `GET /items/{}?date={}`
std::string shape_of(const Operation& operation) {
  std::string shape = operation.method + ' ';
  bool in_name = false;
  for (char c : operation.url_template) {
    if (c == '}') in_name = false;
    if (!in_name || c == '*') shape += to_lower(c);
    if (c == '{') in_name = true;
  }
  while (shape.size() > 1 && shape.ends_with('/') && !shape.ends_with(" /")) shape.pop_back();
  return shape;
}

/// The specification beside the API's information file, if it is one that has paths.
std::string specification_of(const Api& api) {
  if (api.file.empty()) return {};
  std::error_code error;
  for (const char* name : {"specification.yaml", "specification.yml", "specification.json"}) {
    const std::filesystem::path file = std::filesystem::path(api.file).parent_path() / name;
    if (std::filesystem::exists(file, error)) return file.generic_string();
  }
  return api.file;
}

void report(const Api& api, const Operation& operation, std::string message, Diagnostics& diagnostics) {
  const std::string path = operation.url_template.substr(0, operation.url_template.find('?'));
  diagnostics.add(model_finding(Severity::error, "SL5006", specification_of(api), "API " + api.id,
                                {"paths", path, to_lower(operation.method)}, {}, std::move(message)));
}

}  // namespace

void check_operations(const ServiceModel& model, Diagnostics& diagnostics) {
  for (const Api& api : model.apis) {
    std::map<std::string, const Operation*> shapes;
    std::map<std::string, const Operation*> ids;
    for (const Operation& operation : api.operations) {
      const auto [same_shape, is_new_shape] = shapes.emplace(shape_of(operation), &operation);
      if (!is_new_shape) {
        report(api, operation,
               "the operations '" + same_shape->second->id + "' and '" + operation.id + "' of the API '" + api.id +
                   "' answer the same calls: " + operation.method + ' ' + operation.url_template,
               diagnostics);
      }
      if (!ids.emplace(to_lower(operation.id), &operation).second) {
        report(api, operation, "the operation '" + operation.id + "' of the API '" + api.id + "' stands twice",
               diagnostics);
      }
    }
  }
}

}  // namespace sluice::model
