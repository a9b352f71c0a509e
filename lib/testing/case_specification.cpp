// SPDX-License-Identifier: Apache-2.0
#include "testing/case_specification.hpp"

#include "model/bounds.hpp"
#include "model/openapi/import.hpp"

namespace sluice::testing {

void read_specification(CaseMap& api_fields, Api& api, CaseFindings& findings) {
  const YAML::Node node = api_fields.find("specification");
  if (!node || is_null(node)) return;
  Diagnostics found;
  const auto document =
      model::parse_data("specification", node.Scalar(), model::DataFormat::yaml,
                        {.depth = model::specification_depth, .members = model::specification_values}, found);
  if (document != nullptr) {
    for (Operation& operation : model::import_openapi(*document, found)) api.operations.push_back(std::move(operation));
  }
  for (const Diagnostic& each : found) {
    const int line = line_of(node) + static_cast<int>(each.pos.line);
    findings.push_back({line, std::string(to_string(each.severity)) + ' ' + each.code + ": " + each.message});
  }
}

void read_schemas(CaseMap& top, ServiceModel& model, CaseFindings& findings) {
  top.each("schemas", [&](const YAML::Node& node) {
    CaseMap fields(node, "a schema", findings);
    Schema schema;
    schema.id = fields.text("id");
    schema.kind = fields.text("kind", "json") == "xml" ? Schema::Kind::xml : Schema::Kind::json;
    schema.content_type = fields.text("content_type");
    schema.text = fields.text("text");
    fields.finish();
    model.schemas.push_back(std::move(schema));
  });
}

}  // namespace sluice::testing
