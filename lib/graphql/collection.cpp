// SPDX-License-Identifier: Apache-2.0
#include "graphql/collection.hpp"

#include <set>

namespace sluice::graphql {

const std::vector<FieldGroup>& Collection::fields(const Operation& operation, const TypeDefinition& type) {
  auto& groups = known_[{&operation, &type}];
  if (groups == nullptr) {
    groups = std::make_unique<Groups>();
    collect(*groups, {&operation.selections}, type);
  }
  return *groups;
}

const std::vector<FieldGroup>& Collection::fields(const FieldGroup& group, const TypeDefinition& type) {
  auto& groups = known_[{&group, &type}];
  if (groups == nullptr) {
    groups = std::make_unique<Groups>();
    Selections from;
    for (const Selection* selection : group.selections) from.push_back(&selection->selections);
    collect(*groups, from, type);
  }
  return *groups;
}

bool Collection::applies(std::string_view condition, const TypeDefinition& type) const {
  if (condition.empty()) return true;
  const TypeDefinition* wanted = schema_.type(condition);
  return wanted != nullptr && schema_.may_be(*wanted, type);
}

/// With a path of its own: a chain of fragments may be thousands long.
void Collection::collect(Groups& to, const Selections& from, const TypeDefinition& type) const {
  struct Position {
    const std::vector<Selection>* selections;
    std::size_t at;
  };
  std::vector<Position> path;
  for (auto each = from.rbegin(); each != from.rend(); ++each) path.push_back({*each, 0});
  std::set<std::string_view> visited;
  std::map<std::string_view, std::size_t> places;
  while (!path.empty()) {
    Position& place = path.back();
    if (place.at == place.selections->size()) {
      path.pop_back();
      continue;
    }
    const Selection& selection = (*place.selections)[place.at++];
    if (steps_ == 0) return;
    --steps_;
    if (!is_included(selection.directives, variables_)) continue;
    if (selection.kind == Selection::Kind::field) {
      const auto [known, is_new] = places.emplace(selection.response_name(), to.size());
      if (!is_new) {
        to[known->second].selections.push_back(&selection);
      } else {
        // A valid document asks for nothing that is not there.
        to.push_back({selection.response_name(), schema_.field(type, selection.name), {&selection}});
      }
    } else if (selection.kind == Selection::Kind::inline_fragment) {
      if (applies(selection.type_condition, type)) path.push_back({&selection.selections, 0});
    } else if (visited.insert(selection.name).second) {
      const Fragment* fragment = document_.fragment(selection.name);
      if (fragment != nullptr && applies(fragment->type_condition, type)) path.push_back({&fragment->selections, 0});
    }
  }
}

}  // namespace sluice::graphql
