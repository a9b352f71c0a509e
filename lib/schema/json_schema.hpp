// SPDX-License-Identifier: Apache-2.0
// JSON Schema: compiled once, then held against values of any thread. Drafts 4 to 7 and what 2019-09 and 2020-12 have
// in common with them (dependentRequired, prefixItems, minContains, …), with boolean exclusiveMinimum as OpenAPI 3.0
// writes it. Keywords that would be misread (unevaluatedProperties, $dynamicRef, …) make a schema unusable, by name.
// References lead within the document, to `$id`s and anchors in it, and to documents that the caller gives.
// **Source**: json-schema.org, drafts 4, 6, 7, 2019-09, 2020-12.
#pragma once

#include "base/json.hpp"
#include "schema/finding.hpp"

#include <sluice/limits.hpp>
#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::schema {

/// Types of JSON as a set; `integer` is a number without fraction.
enum TypeBit : std::uint8_t {
  type_null = 1,
  type_boolean = 2,
  type_integer = 4,
  type_number = 8,
  type_string = 16,
  type_array = 32,
  type_object = 64,
  any_type = 127
};
using TypeSet = std::uint8_t;

struct JsonSchemaOptions {
  std::string pointer;                        ///< `#/components/schemas/address`: the part that is meant; empty: all.
  std::optional<bool> additional_properties;  ///< Overrides what the schema says of properties it does not name.
  bool ignore_name_case = false;              ///< Names of properties are compared without (ASCII) case.
};

struct JsonProgram;

class JsonSchema {
 public:
  /// The schema as compiled before for somebody who still uses it, or now. **Errors**: why it cannot be used.
  static tl::expected<std::shared_ptr<const JsonSchema>, std::string> get(std::string_view text,
                                                                          const JsonSchemaOptions& options,
                                                                          const SchemaLimits& limits,
                                                                          const SchemaSource& others = {});
  JsonSchema(std::unique_ptr<const JsonProgram> program, const SchemaLimits& limits);
  ~JsonSchema();

  /// Holds a value against the schema. `text` is what it was parsed from, for the places of findings.
  CheckResult check(const JsonValue& value, std::string_view text) const;
  /// Parses a body and checks it. A body that is no JSON is a finding.
  CheckResult check_text(std::string_view body, const ContentLimits& limits) const;
  /// Types that a value may have, as far as `type`, `$ref`, `allOf`, `anyOf` and `oneOf` say it.
  TypeSet types() const;
  /// The same of the items of an array.
  TypeSet item_types() const;
  /// The same of a property of an object.
  TypeSet property_types(std::string_view name) const;

 private:
  std::unique_ptr<const JsonProgram> program_;
  SchemaLimits limits_;
};

}  // namespace sluice::schema
