// SPDX-License-Identifier: Apache-2.0
// Paths and methods of an OpenAPI document as operations.
#pragma once

#include "model/openapi/specification.hpp"

#include <sluice/model.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::model {

std::vector<Operation> read_operations(Specification& specification);

/// The id of an operation that has none: `get-items-id` for GET /items/{id}.
std::string generated_operation_id(std::string_view method, std::string_view path);
/// Adds the path parameters that the template names and nobody declared, and puts required query parameters into the
/// template.
void complete_parameters(Operation& operation);

}  // namespace sluice::model
