// SPDX-License-Identifier: Apache-2.0
// Bodies and answers of one operation of an OpenAPI document.
#pragma once

#include "model/openapi/specification.hpp"

#include <sluice/model.hpp>

namespace sluice::model {

/// Reads the request's body: `requestBody`, or the `body` and `formData` parameters of Swagger.
void read_request(Specification& specification, const JsonValue& path_item, const JsonValue& method,
                  Operation& operation);

/// Reads the answers with a status of their own; `default` and `4XX` name none and are left out.
void read_responses(Specification& specification, const JsonValue& method, Operation& operation);

}  // namespace sluice::model
