// SPDX-License-Identifier: Apache-2.0
// Parameters of operations and headers of answers, in the spellings of OpenAPI 3 and Swagger 2.0.
#pragma once

#include "model/openapi/schema_writer.hpp"
#include "model/openapi/specification.hpp"

#include <sluice/model.hpp>

#include <string_view>
#include <vector>

namespace sluice::model {

struct DeclaredParameter {
  std::string_view name, place;
  const JsonValue* value;
};

/// The parameters of an operation: the path's, overridden by the operation's own of the same place and name.
std::vector<DeclaredParameter> declared_parameters(Specification& specification, const JsonValue& path_item,
                                                   const JsonValue& method);

/// One parameter or header.
Parameter read_parameter(Specification& specification, const JsonValue& value, std::string_view name,
                         Direction direction);

/// Reads the parameters of a path and of an operation into `operation`.
void read_parameters(Specification& specification, const JsonValue& path_item, const JsonValue& method,
                     Operation& operation);

}  // namespace sluice::model
