// SPDX-License-Identifier: Apache-2.0
// Specifications and schemas in case files: `specification` of an API is the text of an OpenAPI document, `schemas` of
// the service what `schema-id` names.
#pragma once

#include "testing/case_yaml.hpp"

#include <sluice/model.hpp>

namespace sluice::testing {

/// Adds the operations of `specification`, when the API has one.
void read_specification(CaseMap& api_fields, Api& api, CaseFindings& findings);

/// `schemas: [{id, kind: json|xml, text: |}]`
void read_schemas(CaseMap& top, ServiceModel& model, CaseFindings& findings);

}  // namespace sluice::testing
