// SPDX-License-Identifier: Apache-2.0
#include "schema/json_schema.hpp"

#include "schema/json_program.hpp"
#include "schema/shared.hpp"

namespace sluice::schema {
namespace {

/// Nodes that speak of the same value as `start`, by conjunction (`all`) or by alternatives.
TypeSet types_of(const JsonProgram& program, NodeId start, unsigned depth, std::size_t& nodes_left) {
  if (start == no_node || depth == 0 || nodes_left == 0) return any_type;
  --nodes_left;
  const Node& node = program.nodes[start];
  TypeSet types = node.types;
  if (!node.in_place) return types;
  const auto narrow = [&](NodeId id) {
    types = static_cast<TypeSet>(types & types_of(program, id, depth - 1, nodes_left));
  };
  if (node.in_place->reference != no_node) narrow(node.in_place->reference);
  for (NodeId id : node.in_place->all_of) narrow(id);
  for (const auto* list : {&node.in_place->any_of, &node.in_place->one_of}) {
    TypeSet any = 0;
    for (NodeId id : *list) any = static_cast<TypeSet>(any | types_of(program, id, depth - 1, nodes_left));
    if (!list->empty()) types = static_cast<TypeSet>(types & any);
  }
  return types;
}

/// Deep and wide enough for schemas of parameters.
constexpr unsigned types_depth = 6;
constexpr std::size_t types_nodes = 10'000;

TypeSet types_of(const JsonProgram& program, NodeId start) {
  std::size_t nodes_left = types_nodes;
  return types_of(program, start, types_depth, nodes_left);
}

/// The first node in place of `start` for which `find` gives another one.
template <class Find>
NodeId find_in_place(const JsonProgram& program, NodeId start, unsigned depth, std::size_t& nodes_left,
                     const Find& find) {
  if (start == no_node || depth == 0 || nodes_left == 0) return no_node;
  --nodes_left;
  const Node& node = program.nodes[start];
  NodeId found = find(node);
  if (found != no_node || !node.in_place) return found;
  found = find_in_place(program, node.in_place->reference, depth - 1, nodes_left, find);
  for (const auto* list : {&node.in_place->all_of, &node.in_place->any_of, &node.in_place->one_of}) {
    for (NodeId id : *list) {
      if (found == no_node) found = find_in_place(program, id, depth - 1, nodes_left, find);
    }
  }
  return found;
}

}  // namespace

tl::expected<std::shared_ptr<const JsonSchema>, std::string> JsonSchema::get(std::string_view text,
                                                                             const JsonSchemaOptions& options,
                                                                             const SchemaLimits& limits,
                                                                             const SchemaSource& others) {
  const std::string overrides =
      std::string(options.ignore_name_case ? "i" : "-") + (!options.additional_properties   ? "-"
                                                           : *options.additional_properties ? "t"
                                                                                            : "f");
  const std::string key = shared_key({"json", overrides, options.pointer, text}, limits);
  if (auto known = Shared<JsonSchema>::instance().find(key)) return known;
  std::string error;
  auto program = compile_json_schema(text, options, limits, others, error);
  if (program == nullptr) return tl::unexpected(std::move(error));
  // What is made of several documents depends on more than its own text.
  const bool is_whole = program->sources.size() == 1;
  auto schema = std::make_shared<const JsonSchema>(std::move(program), limits);
  if (is_whole) Shared<JsonSchema>::instance().add(key, schema);
  return schema;
}

JsonSchema::JsonSchema(std::unique_ptr<const JsonProgram> program, const SchemaLimits& limits)
    : program_(std::move(program)), limits_(limits) {}
JsonSchema::~JsonSchema() = default;

CheckResult JsonSchema::check(const JsonValue& value, std::string_view text) const {
  return check_json(*program_, value, text, limits_);
}

CheckResult JsonSchema::check_text(std::string_view body, const ContentLimits& limits) const {
  Arena arena;
  const auto parsed = parse_json(body, arena, {.depth = limits.depth, .members = limits.members});
  if (parsed) return check(**parsed, body);
  CheckResult result;
  result.findings.push_back(
      {"The body is no valid JSON: " + parsed.error().message + ".", {}, place_of(body, parsed.error().offset)});
  return result;
}

TypeSet JsonSchema::types() const { return types_of(*program_, program_->root); }

TypeSet JsonSchema::item_types() const {
  std::size_t nodes_left = types_nodes;
  const NodeId items = find_in_place(*program_, program_->root, types_depth, nodes_left,
                                     [](const Node& node) { return node.array ? node.array->items : no_node; });
  return types_of(*program_, items);
}

TypeSet JsonSchema::property_types(std::string_view name) const {
  std::size_t nodes_left = types_nodes;
  const NodeId property = find_in_place(*program_, program_->root, types_depth, nodes_left, [&](const Node& node) {
    if (!node.object) return no_node;
    const auto found = node.object->properties.find(std::string(name));
    return found == node.object->properties.end() ? no_node : found->second;
  });
  return types_of(*program_, property);
}

}  // namespace sluice::schema
