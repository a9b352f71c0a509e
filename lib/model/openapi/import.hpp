// SPDX-License-Identifier: Apache-2.0
// Operations of an API from its specification. OpenAPI 3.0, 3.1 and Swagger 2.0 are read, as JSON and YAML, WADL, and
// the schema of a GraphQL API; other kinds are reported (SL5009) and give a pass-through operation where the API's type
// says what calls look like.
#pragma once

#include "model/data_document.hpp"
#include "model/folder_reader.hpp"

#include <sluice/model.hpp>

#include <filesystem>
#include <vector>

namespace sluice::model {

/// Fills `api.operations` from a specification file. True when all operations of the API are now known.
bool import_specification(FolderReader& files, const std::filesystem::path& file, Api& api);

/// What an API without specification has: one wildcard operation for SOAP, GraphQL and WebSocket, otherwise none
/// (reported). True when it cannot have others.
bool add_operations_without_specification(FolderReader& files, Api& api);

/// The operations of an OpenAPI document that has been parsed.
std::vector<Operation> import_openapi(const DataDocument& document, Diagnostics& diagnostics);

}  // namespace sluice::model
