// SPDX-License-Identifier: Apache-2.0
// What objects must have, and may.
#include "schema/json_checker.hpp"

namespace sluice::schema {

bool Checker::check_object(const Node& node, const JsonValue& value) {
  const ObjectRules& rules = *node.object;
  const std::size_t count = value.members.size();
  if (!charge(count)) return false;
  bool agrees = true;
  if (count < rules.min_properties.value_or(0)) {
    agrees = refuse(
        value, [&] { return "The object has fewer than " + std::to_string(*rules.min_properties) + " properties."; });
  }
  if (count > rules.max_properties.value_or(UINT64_MAX)) {
    agrees = refuse(
        value, [&] { return "The object has more than " + std::to_string(*rules.max_properties) + " properties."; });
  }
  if (agrees || !is_done()) agrees = check_presence(rules, value) && agrees;
  for (const JsonMember& member : value.members) {
    if (!agrees && is_done()) break;
    agrees = check_member(rules, member) && agrees;
  }
  return agrees;
}

bool Checker::check_presence(const ObjectRules& rules, const JsonValue& value) {
  if (rules.required.empty() && rules.dependencies.empty()) return true;
  if (!charge(rules.required.size())) return false;
  std::unordered_set<std::string> present;
  for (const JsonMember& member : value.members) present.insert(key(member.name));
  bool agrees = true;
  const auto require = [&](const std::string& name) {
    if (present.contains(name)) return;
    agrees = refuse(value, [&] { return "The required property " + quoted(name) + " is missing."; });
  };
  for (const std::string& name : rules.required) require(name);
  for (const Dependency& dependency : rules.dependencies) {
    if (!present.contains(dependency.name)) continue;
    if (!charge(1 + dependency.required.size())) return false;
    for (const std::string& name : dependency.required) require(name);
    if (dependency.schema != no_node) agrees = check(dependency.schema, value) && agrees;
  }
  return agrees;
}

bool Checker::check_member(const ObjectRules& rules, const JsonMember& member) {
  const Step step{member.name, 0, false};
  bool agrees = true, is_named = false;
  if (rules.names != no_node) {
    JsonValue name;
    name.kind = JsonKind::string;
    name.text = member.name;
    name.offset = member.name_offset;
    agrees = check_item(rules.names, name, step);
  }
  if (const auto property = rules.properties.find(key(member.name)); property != rules.properties.end()) {
    is_named = true;
    agrees = check_item(property->second, member.value, step) && agrees;
  }
  for (const auto& [pattern, id] : rules.patterns) {
    if (!matches(pattern, member.name)) continue;
    is_named = true;
    agrees = check_item(id, member.value, step) && agrees;
  }
  if (is_named || rules.additional == no_node) return agrees && !failed();
  if (!program_.nodes[rules.additional].refuses_all) return check_item(rules.additional, member.value, step) && agrees;
  return program_.additional_properties == true ? agrees : refuse_additional(member);
}

bool Checker::refuse_additional(const JsonMember& member) {
  JsonValue at;
  at.offset = member.name_offset;
  return refuse(
      at, [&] { return "The property " + quoted(member.name) + " is not allowed: the schema does not name it."; });
}

bool Checker::check_closed(NodeId id, const JsonValue& value) {
  std::vector<const ObjectRules*> rules;
  std::unordered_set<NodeId> seen;
  collect_rules(id, rules, seen);
  if (rules.empty()) return true;  // No schema speaks of an object here.
  bool agrees = true;
  for (const JsonMember& member : value.members) {
    if (!charge(rules.size())) return false;
    if (!agrees && is_done()) break;
    if (!names_it(rules, member.name)) agrees = refuse_additional(member);
  }
  return agrees;
}

bool Checker::names_it(const std::vector<const ObjectRules*>& rules, std::string_view name) {
  for (const ObjectRules* each : rules) {
    if (each->properties.contains(key(name))) return true;
    for (const auto& [pattern, id] : each->patterns) {
      if (matches(pattern, name)) return true;
    }
  }
  return false;
}

void Checker::collect_rules(NodeId start, std::vector<const ObjectRules*>& rules, std::unordered_set<NodeId>& seen) {
  std::vector<NodeId> to_do = {start};
  while (!to_do.empty() && charge(1)) {
    const NodeId id = to_do.back();
    to_do.pop_back();
    if (id == no_node || !seen.insert(id).second) continue;
    const Node& node = program_.nodes[id];
    if (node.object) {
      rules.push_back(node.object.get());
      for (const Dependency& dependency : node.object->dependencies) to_do.push_back(dependency.schema);
    }
    if (!node.in_place) continue;
    const InPlaceRules& in_place = *node.in_place;
    to_do.insert(to_do.end(), {in_place.reference, in_place.condition, in_place.then, in_place.otherwise});
    for (const auto* list : {&in_place.all_of, &in_place.any_of, &in_place.one_of}) {
      to_do.insert(to_do.end(), list->begin(), list->end());
    }
  }
}

}  // namespace sluice::schema
