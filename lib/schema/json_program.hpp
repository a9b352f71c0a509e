// SPDX-License-Identifier: Apache-2.0
// What a JSON Schema is compiled to: one node for each schema in it, which name one another by index, so that schemas
// may refer to themselves.
#pragma once

#include "base/json.hpp"
#include "schema/formats.hpp"
#include "schema/json_schema.hpp"
#include "schema/pattern.hpp"

#include <sluice/arena.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice::schema {

using NodeId = std::uint32_t;
inline constexpr NodeId no_node = UINT32_MAX;

struct NumberRules {
  std::optional<double> multiple_of, minimum, maximum, above, below;  ///< `above`, `below`: exclusive.
  Format format = Format::none;
};

struct TextRules {
  std::optional<std::uint64_t> min_length, max_length;
  std::optional<Pattern> pattern;
  Format format = Format::none;
};

struct ArrayRules {
  std::vector<NodeId> first_items;  ///< Of the items in order.
  NodeId items = no_node;           ///< Of those behind them.
  NodeId contains = no_node;
  std::optional<std::uint64_t> min_items, max_items, min_contains, max_contains;
  bool unique = false;
};

/// What an object must have once it has a property.
struct Dependency {
  std::string name;
  std::vector<std::string> required;
  NodeId schema = no_node;
};

struct ObjectRules {
  std::unordered_map<std::string, NodeId> properties;  ///< In lower case when case does not matter.
  std::vector<std::pair<Pattern, NodeId>> patterns;
  NodeId additional = no_node;
  NodeId names = no_node;
  std::vector<std::string> required;
  std::vector<Dependency> dependencies;
  std::optional<std::uint64_t> min_properties, max_properties;
};

/// Schemas of the same value.
struct InPlaceRules {
  NodeId reference = no_node;
  std::vector<NodeId> all_of, any_of, one_of;
  NodeId negated = no_node;
  NodeId condition = no_node, then = no_node, otherwise = no_node;
};

struct Node {
  bool refuses_all = false;  ///< The schema `false`.
  TypeSet types = any_type;
  bool is_enumeration = false;
  std::vector<const JsonValue*> allowed;  ///< `enum`, and `const` as one of one.
  std::unique_ptr<NumberRules> number;
  std::unique_ptr<TextRules> text;
  std::unique_ptr<ArrayRules> array;
  std::unique_ptr<ObjectRules> object;
  std::unique_ptr<InPlaceRules> in_place;
};

/// A document of the schema: the values of the nodes live in it.
struct JsonSource {
  explicit JsonSource(std::string bytes) : text(std::move(bytes)) {}
  std::string text;
  Arena arena;
  const JsonValue* root = nullptr;
};

struct JsonProgram {
  std::vector<std::unique_ptr<JsonSource>> sources;
  std::vector<Node> nodes;
  NodeId root = 0;
  std::optional<bool> additional_properties;
  bool ignore_name_case = false;
};

/// Compiles; `error` says why not when null.
std::unique_ptr<const JsonProgram> compile_json_schema(std::string_view text, const JsonSchemaOptions& options,
                                                       const SchemaLimits& limits, const SchemaSource& others,
                                                       std::string& error);

CheckResult check_json(const JsonProgram& program, const JsonValue& value, std::string_view text,
                       const SchemaLimits& limits);

}  // namespace sluice::schema
