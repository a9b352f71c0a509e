// SPDX-License-Identifier: Apache-2.0
#include "model/openapi/import.hpp"

#include "base/text.hpp"
#include "model/openapi/operations.hpp"
#include "model/openapi/specification.hpp"

namespace sluice::model {
namespace {

/// Lower-case extension without its dot.
std::string extension_of(const std::filesystem::path& file) {
  std::string extension = to_lower(file.extension().string());
  return extension.empty() ? extension : extension.substr(1);
}

/// All calls of such APIs go to one URL by POST; what they ask for stands in the body.
bool add_pass_through(Api& api) {
  if (api.type != ApiType::soap && api.type != ApiType::graphql) return false;
  Operation operation;
  operation.id = api.type == ApiType::soap ? "soap" : "graphql";
  operation.display_name = api.type == ApiType::soap ? "SOAP pass-through" : "GraphQL pass-through";
  operation.method = "POST";
  operation.url_template = "/*";
  api.operations.push_back(std::move(operation));
  return true;
}

}  // namespace

bool import_specification(FolderReader& files, const std::filesystem::path& file, Api& api) {
  const std::string extension = extension_of(file);
  if (extension != "json" && extension != "yaml" && extension != "yml") {
    const bool passed_through = add_pass_through(api);
    files.add(Severity::warning, "SL5009", file,
              "specifications of this kind are not read; the API '" + api.id + "' has " +
                  (passed_through ? "one pass-through operation, POST /*" : "no operations and answers 404"),
              passed_through ? "" : "export the API as OpenAPI");
    return false;
  }
  std::optional<std::string> text = files.read(file, files.bounds().specification_bytes);
  if (!text) return false;
  const auto document =
      parse_data(file.generic_string(), std::move(*text), extension == "json" ? DataFormat::json : DataFormat::yaml,
                 JsonLimits{.depth = specification_depth, .members = specification_values}, files.diagnostics());
  if (!document) return false;
  Diagnostics found;
  api.operations = import_openapi(*document, found);
  files.diagnostics().append(found);
  return !found.has_errors();
}

bool add_operations_without_specification(FolderReader& files, Api& api) {
  if (add_pass_through(api)) {
    files.add(Severity::info, "SL5009", api.file, "the API has one pass-through operation, POST /*");
    return false;
  }
  files.add(Severity::warning, "SL5008", api.file,
            "there is no specification beside this file: the API has no operations and answers 404",
            "add specification.yaml or specification.json");
  // Operations of WebSocket, OData and gRPC are the service's own and stand in no file.
  return api.type == ApiType::http;
}

std::vector<Operation> import_openapi(const DataDocument& document, Diagnostics& diagnostics) {
  Specification specification(document, diagnostics);
  std::vector<Operation> operations;
  if (specification.version() != SpecificationVersion::unknown) operations = read_operations(specification);
  specification.finish();
  return operations;
}

}  // namespace sluice::model
