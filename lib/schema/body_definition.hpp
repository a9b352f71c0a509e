// SPDX-License-Identifier: Apache-2.0
// What a body must be: a schema in one of the languages that validate-content knows, compiled, or why it cannot be
// used.
#pragma once

#include "schema/json_schema.hpp"
#include "schema/xml_schema.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace sluice::schema {

/// In the order of `validate-as`.
enum class BodyLanguage : std::uint8_t { json, xml, soap };

class BodyDefinition {
 public:
  /// `name` is what errors call the definition. `options` are for JSON alone.
  static BodyDefinition make(std::string name, BodyLanguage language, std::string_view schema,
                             const JsonSchemaOptions& options, const SchemaLimits& limits,
                             const SchemaSource& others = {});

  const std::string& name() const { return name_; }
  /// Not empty: the schema cannot be used.
  const std::string& problem() const { return problem_; }
  /// Holds a body against it. Not when there is a problem.
  CheckResult check(std::string_view body, const ContentLimits& limits) const;

 private:
  std::string name_;
  std::string problem_;
  BodyLanguage language_ = BodyLanguage::json;
  std::shared_ptr<const JsonSchema> json_;
  std::shared_ptr<const XmlSchema> xml_;
};

}  // namespace sluice::schema
