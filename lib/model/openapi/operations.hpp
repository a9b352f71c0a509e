// SPDX-License-Identifier: Apache-2.0
// Paths and methods of an OpenAPI document as operations.
#pragma once

#include "model/openapi/specification.hpp"

#include <sluice/model.hpp>

#include <vector>

namespace sluice::model {

std::vector<Operation> read_operations(Specification& specification);

}  // namespace sluice::model
