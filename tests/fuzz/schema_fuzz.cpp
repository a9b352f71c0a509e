// SPDX-License-Identifier: Apache-2.0
// Schemas and bodies: the first byte says the language, the first NUL ends the schema, the rest is the body. A schema
// compiles or says why not; a check ends, its findings within their bound, and says the same when it is made again.
#include "base/text.hpp"
#include "schema/json_schema.hpp"
#include "schema/odata_request.hpp"
#include "schema/parameter_rule.hpp"
#include "schema/xml_schema.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace sluice;

void check_result(const schema::CheckResult& result, const SchemaLimits& limits) {
  if (result.findings.size() > limits.findings) std::abort();
  for (const schema::Finding& finding : result.findings) {
    if (finding.message.empty()) std::abort();
  }
}

void check_json(std::string_view text, std::string_view body, const schema::JsonSchemaOptions& options) {
  constexpr SchemaLimits limits;
  const auto made = schema::JsonSchema::get(text, options, limits);
  if (!made) {
    if (made.error().empty()) std::abort();
    return;
  }
  const schema::CheckResult result = (*made)->check_text(body, ContentLimits());
  check_result(result, limits);
  if ((*made)->check_text(body, ContentLimits()).is_clean() != result.is_clean()) std::abort();
}

void check_parameter(std::string_view text, std::string_view body) {
  Parameter parameter;
  parameter.schema = text;
  for (const auto place : {schema::ParameterRule::Place::query, schema::ParameterRule::Place::header}) {
    const auto rule = schema::ParameterRule::make(parameter, place, SchemaLimits());
    if (!rule) continue;
    const std::array<std::string_view, 2> values = {body, body};
    rule->check(std::span(values).first(1));
    rule->check(values);
  }
}

void check_xml(std::string_view text, std::string_view body) {
  constexpr SchemaLimits limits;
  const std::string itself(text);
  const auto made = schema::XmlSchema::get(text, limits, [&](std::string_view) { return &itself; });
  if (!made) return;
  check_result((*made)->check_document(body, ContentLimits()), limits);
  check_result((*made)->check_envelope(body, ContentLimits()), limits);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view all(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t end = std::min(all.find('\0'), all.size());
  const std::string_view text = all.substr(0, end), body = all.substr(std::min(end + 1, all.size()));
  switch (data[0]) {
    case 'x': check_xml(text, body); break;
    case 'p': check_parameter(text, body); break;
    case 'c': check_json(text, body, {.additional_properties = false, .ignore_name_case = true}); break;
    case 'o': {
      Arena arena;
      schema::check_odata_path(text, nullptr, arena);
      schema::check_odata_query(body, arena);
      break;
    }
    default: check_json(text, body, {});
  }
  return 0;
}
