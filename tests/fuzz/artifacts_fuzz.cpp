// SPDX-License-Identifier: Apache-2.0
// What stands in files of an artifacts folder: the first byte says whether the text is read as YAML, as JSON, or as the
// settings of a host. Specifications must import or be refused with findings that lie within the text, and what is
// imported must pass through validation.
#include <sluice/host_settings.hpp>
#include <sluice/model.hpp>

#include "base/json.hpp"
#include "base/source_text.hpp"
#include "model/bounds.hpp"
#include "model/named_value_text.hpp"
#include "model/openapi/import.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace sluice;

void check_positions(const std::string& text, const Diagnostics& diagnostics) {
  const SourceText source("fuzz", text);
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.code.size() != 6) std::abort();
    if (diagnostic.pos.line != 0 && source.offset(diagnostic.pos) > text.size()) std::abort();
    if (render_text(diagnostic).empty()) std::abort();
  }
}

/// What is kept of a schema is JSON that stands by itself.
void check_schema(const std::string& text) {
  Arena arena;
  if (!text.empty() && !parse_json(text, arena, {.depth = 200, .members = 1'000'000})) std::abort();
}

void import(const std::string& text, model::DataFormat format) {
  Diagnostics diagnostics;
  const auto document = model::parse_data("fuzz", text, format, {.depth = 64, .members = 100'000}, diagnostics);
  if ((document == nullptr) != diagnostics.has_errors()) std::abort();
  if (document == nullptr) return check_positions(text, diagnostics);
  ServiceModel service;
  Api& api = service.apis.emplace_back();
  api.id = "fuzz";
  api.operations = model::import_openapi(*document, diagnostics);
  for (const Operation& operation : api.operations) {
    if (operation.id.empty() || operation.method.empty() || operation.url_template.front() != '/') std::abort();
    for (const Representation& each : operation.request_representations) check_schema(each.schema);
    for (const Parameter& each : operation.query_parameters) check_schema(each.schema);
  }
  validate_model(service, diagnostics);
  check_positions(text, diagnostics);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  switch (data[0]) {
    case 'y': import(text, model::DataFormat::yaml); break;
    case 's': {
      const LoadedSettings loaded = parse_host_settings(text, "fuzz");
      if (loaded.settings.has_value() == loaded.diagnostics.has_errors()) std::abort();
      check_positions(text, loaded.diagnostics);
      break;
    }
    case 'n':
      // Without values every reference stays, and what is between them too.
      if (model::substitute_named_values(text, {}) != text) std::abort();
      for (const std::string& name : model::named_value_references(text)) {
        if (name.empty() || text.find(name) == std::string::npos) std::abort();
      }
      break;
    default: import(text, model::DataFormat::json);
  }
  return 0;
}
