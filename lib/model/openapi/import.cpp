// SPDX-License-Identifier: Apache-2.0
#include "model/openapi/import.hpp"

#include "base/text.hpp"
#include "model/openapi/operations.hpp"
#include "model/openapi/specification.hpp"
#include "model/wadl/import.hpp"

#include <algorithm>

namespace sluice::model {
namespace {

/// Lower-case extension without its dot.
std::string extension_of(const std::filesystem::path& file) {
  std::string extension = to_lower(file.extension().string());
  return extension.empty() ? extension : extension.substr(1);
}

/// The content type that ARM gives GraphQL schemas.
constexpr std::string_view graphql_schema_type = "application/vnd.ms-azure-apim.graphql.schema";

/// The operations that an API of some type has by itself.
struct OwnOperation {
  ApiType type;
  const char* id;
  const char* display_name;
  const char* method;
  const char* told;
};

constexpr const char* odata_told = "pass-through operations for GET, POST, PUT, PATCH and DELETE";
/// Calls of SOAP and GraphQL go to one URL by POST; what they ask for stands in the body.
constexpr OwnOperation own_operations[] = {
    {ApiType::soap, "soap", "SOAP pass-through", "POST", "one pass-through operation, POST /*"},
    {ApiType::graphql, "graphql", "GraphQL pass-through", "POST", "one pass-through operation, POST /*"},
    {ApiType::websocket, "onHandshake", "onHandshake", "GET", "one operation, onHandshake"},
    {ApiType::odata, "get", "Read", "GET", odata_told},
    {ApiType::odata, "post", "Create or act", "POST", odata_told},
    {ApiType::odata, "put", "Replace", "PUT", odata_told},
    {ApiType::odata, "patch", "Change", "PATCH", odata_told},
    {ApiType::odata, "delete", "Delete", "DELETE", odata_told}};

/// Adds the operations of the API's type; what is said of them. Null: the type has none.
const char* add_own_operations(Api& api) {
  const char* told = nullptr;
  for (const OwnOperation& own : own_operations) {
    if (own.type != api.type) continue;
    Operation operation;
    operation.id = own.id;
    operation.display_name = own.display_name;
    operation.method = own.method;
    operation.url_template = "/*";
    api.operations.push_back(std::move(operation));
    told = own.told;
  }
  return told;
}

/// `GetOrder, PutOrder and 3 more`
std::string list_of_names(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(shown, names.size()); ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > shown) text += " and " + std::to_string(names.size() - shown) + " more";
  return text;
}

/// A specification that is no OpenAPI. True when all operations of the API are now known.
bool import_other(FolderReader& files, const std::filesystem::path& file, const std::string& extension, Api& api) {
  std::optional<std::string> text;
  if (extension == "wadl" || extension == "wsdl") text = files.read(file, files.bounds().specification_bytes);
  if (extension == "wadl") return text && import_wadl(files, file, *text, api);
  const char* const own = add_own_operations(api);
  std::string message = "specifications of this kind are not read; the API '" + api.id + "' has " +
                        (own != nullptr ? own : "no operations and answers 404");
  if (extension == "wsdl" && text) {
    const std::vector<std::string> names = wsdl_operation_names(*text, operations_per_api);
    message = "operations of WSDL (" + (names.empty() ? std::string("it names none") : list_of_names(names)) +
              ") are not told apart; the API '" + api.id + "' has " +
              (own != nullptr ? own : "no operations and answers 404: its type is not soap");
  }
  files.add(Severity::warning, "SL5009", file, message, own != nullptr ? "" : "export the API as OpenAPI");
  return false;
}

/// A GraphQL schema says what may be asked for, not where: the API has its one operation.
bool import_graphql(FolderReader& files, const std::filesystem::path& file, Api& api) {
  std::optional<std::string> text = files.read(file, files.bounds().specification_bytes);
  if (!text) return false;
  api.schemas.push_back({.id = "graphql",
                         .kind = Schema::Kind::graphql,
                         .content_type = std::string(graphql_schema_type),
                         .text = std::move(*text),
                         .file = file.generic_string()});
  const char* const own = add_own_operations(api);
  if (own != nullptr) {
    files.add(Severity::info, "SL5009", file, "the API has " + std::string(own));
  } else {
    files.add(Severity::warning, "SL5009", file,
              "the API '" + api.id + "' is not of type graphql: it has no operations and answers 404",
              "set its type to graphql");
  }
  return own != nullptr;
}

}  // namespace

bool import_specification(FolderReader& files, const std::filesystem::path& file, Api& api) {
  const std::string extension = extension_of(file);
  if (extension == "graphql" || extension == "gql") return import_graphql(files, file, api);
  if (extension != "json" && extension != "yaml" && extension != "yml") {
    return import_other(files, file, extension, api);
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
  if (const char* const own = add_own_operations(api)) {
    files.add(Severity::info, "SL5009", api.file, "the API has " + std::string(own));
    return api.type == ApiType::websocket;
  }
  files.add(Severity::warning, "SL5008", api.file,
            "there is no specification beside this file: the API has no operations and answers 404",
            "add specification.yaml or specification.json");
  // Operations of gRPC are the service's own and stand in no file.
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
