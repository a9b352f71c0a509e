// SPDX-License-Identifier: Apache-2.0
// A declared parameter or header: how its text is read, and what its value must be. The text of a URL or a head has no
// types: what the schema wants decides whether `1` is a number.
#pragma once

#include "schema/json_schema.hpp"

#include <sluice/model.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::schema {

class ParameterRule {
 public:
  /// Where the parameter stands: heads and paths separate items by commas, queries repeat the name.
  enum class Place : std::uint8_t { query, path, header };

  /// **Errors**: why the schema of the parameter cannot be used.
  static tl::expected<ParameterRule, std::string> make(const Parameter& parameter, Place place,
                                                       const SchemaLimits& limits);

  enum class Verdict : std::uint8_t { agrees, several_values, not_readable, differs, not_checked };
  struct Answer {
    Verdict verdict = Verdict::agrees;
    std::string message;  ///< A sentence of the validator.
  };
  /// Checks the values that a message has under the name, decoded; at least one.
  Answer check(std::span<const std::string_view> values) const;

  /// A property of a `deepObject`, as `name[property]` in the query.
  struct Property {
    std::string_view name;
    std::string_view value;
  };
  bool is_deep_object() const { return style_ == Style::deep_object; }
  Answer check_properties(std::span<const Property> properties) const;

 private:
  enum class Style : std::uint8_t { separated, repeated, json, deep_object };

  Answer check_one(std::string_view text) const;
  Answer check_array(std::span<const std::string_view> items) const;
  Answer verdict_of(const JsonValue& value) const;

  std::shared_ptr<const JsonSchema> schema_;
  std::vector<std::string> values_;  ///< Not empty: the texts that are allowed.
  TypeSet types_ = any_type;
  TypeSet item_types_ = any_type;
  Style style_ = Style::separated;
  char separator_ = ',';
};

}  // namespace sluice::schema
