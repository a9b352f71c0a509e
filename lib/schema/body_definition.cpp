// SPDX-License-Identifier: Apache-2.0
#include "schema/body_definition.hpp"

#include <utility>

namespace sluice::schema {

BodyDefinition BodyDefinition::make(std::string name, BodyLanguage language, std::string_view schema,
                                    const JsonSchemaOptions& options, const SchemaLimits& limits,
                                    const SchemaSource& others) {
  BodyDefinition made;
  made.name_ = std::move(name);
  made.language_ = language;
  const auto keep = [&](auto compiled, auto& to) {
    if (compiled) {
      to = std::move(*compiled);
    } else {
      made.problem_ = std::move(compiled.error());
    }
  };
  if (language == BodyLanguage::json) {
    keep(JsonSchema::get(schema, options, limits, others), made.json_);
  } else {
    keep(XmlSchema::get(schema, limits, others), made.xml_);
  }
  return made;
}

CheckResult BodyDefinition::check(std::string_view body, const ContentLimits& limits) const {
  switch (language_) {
    case BodyLanguage::json: return json_->check_text(body, limits);
    case BodyLanguage::xml: return xml_->check_document(body, limits);
    case BodyLanguage::soap: return xml_->check_envelope(body, limits);
  }
  return {};
}

}  // namespace sluice::schema
