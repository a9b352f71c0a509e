// SPDX-License-Identifier: Apache-2.0
#include "graphql/field_rule.hpp"

namespace sluice::graphql {
namespace {

bool matches(std::string_view pattern, std::string_view name) {
  return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : name == pattern;
}

}  // namespace

bool FieldRule::fits(const AskedField& asked, const Schema& schema) const {
  const std::string_view name = asked.selection->name;
  if (!matches(field, name)) return false;
  // The names of types are no secret of introspection: clients ask for them to tell values apart.
  if (type.empty()) return name.starts_with("__") && name != "__typename";
  const TypeDefinition* definition = schema.type(type);
  return definition != nullptr && schema.may_be(*asked.type, *definition);
}

std::optional<FieldRule> parse_field_rule(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  const std::size_t slash = path.find('/');
  FieldRule rule;
  if (slash == std::string_view::npos) {
    rule.field = path;
    return path.starts_with("__") ? std::optional(rule) : std::nullopt;
  }
  rule.type = path.substr(0, slash);
  rule.field = path.substr(slash + 1);
  const bool has_both = !rule.type.empty() && !rule.field.empty();
  return has_both && rule.field.find('/') == std::string::npos ? std::optional(rule) : std::nullopt;
}

std::string fault_of(const FieldRule& rule, const Schema& schema) {
  if (rule.type.empty()) return {};
  const TypeDefinition* type = schema.type(rule.type);
  if (type == nullptr || type->kind != TypeKind::object)
    return "the API's schema has no object type '" + rule.type + "'";
  if (rule.field.ends_with('*') || schema.field(*type, rule.field) != nullptr) return {};
  return "the type '" + rule.type + "' has no field '" + rule.field + "'";
}

}  // namespace sluice::graphql
