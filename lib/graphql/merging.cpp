// SPDX-License-Identifier: Apache-2.0
// The specification's own algorithm compares all pairs of fields, at all depths: what one document may ask for is
// bounded.
#include "graphql/validation.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace sluice::graphql {
namespace {

/// Pairs of fields, and fields gathered, of one document.
constexpr std::size_t most_steps = 200'000;

struct Entry {
  const TypeDefinition* parent;
  const Selection* selection;
  const Field* field;
};
using Group = std::vector<Entry>;
using Groups = std::map<std::string_view, Group>;

bool same_value(const Value& left, const Value& right) {
  const auto same_member = [](const ValueMember& a, const ValueMember& b) {
    return a.name == b.name && same_value(a.value, b.value);
  };
  return left.kind == right.kind && left.text == right.text &&
         std::equal(left.items.begin(), left.items.end(), right.items.begin(), right.items.end(), same_value) &&
         std::equal(left.members.begin(), left.members.end(), right.members.begin(), right.members.end(), same_member);
}
bool same_arguments(const Selection& left, const Selection& right) {
  if (left.arguments.size() != right.arguments.size()) return false;
  return std::all_of(left.arguments.begin(), left.arguments.end(), [&](const Argument& one) {
    return std::any_of(right.arguments.begin(), right.arguments.end(), [&](const Argument& other) {
      return one.name == other.name && same_value(one.value, other.value);
    });
  });
}

class Merging {
 public:
  Merging(const Document& document, const Schema& schema, Faults& faults)
      : document_(document), schema_(schema), faults_(faults) {}

  void run() {
    for (const Operation& operation : document_.operations) {
      if (const TypeDefinition* root = schema_.root(operation.kind)) check_all(root, operation.selections);
    }
    for (const Fragment& fragment : document_.fragments) {
      if (const TypeDefinition* type = schema_.type(fragment.type_condition)) check_all(type, fragment.selections);
    }
  }

 private:
  bool step() {
    if (++steps_ <= most_steps) return true;
    if (steps_ == most_steps + 1) faults_.add(0, "The document is too complex.");
    return false;
  }

  /// This set of selections, and those inside it.
  void check_all(const TypeDefinition* type, const std::vector<Selection>& selections) {
    Groups groups;
    std::set<std::string_view> visited;
    gather(type, selections, groups, visited);
    check(groups);
    for (const Selection& selection : selections) {
      if (!selection.has_selections) continue;
      const TypeDefinition* inner = type_inside(type, selection);
      if (inner != nullptr) check_all(inner, selection.selections);
    }
  }
  const TypeDefinition* type_inside(const TypeDefinition* type, const Selection& selection) const {
    if (selection.kind == Selection::Kind::inline_fragment)
      return selection.type_condition.empty() ? type : schema_.type(selection.type_condition);
    const Field* field = schema_.field(*type, selection.name);
    return field == nullptr ? nullptr : schema_.type(field->type.name);
  }

  void gather(const TypeDefinition* type, const std::vector<Selection>& selections, Groups& groups,
              std::set<std::string_view>& visited) {
    for (const Selection& selection : selections) {
      if (!step()) return;
      if (selection.kind == Selection::Kind::field) {
        if (const Field* field = schema_.field(*type, selection.name))
          groups[selection.response_name()].push_back({type, &selection, field});
        continue;
      }
      const Fragment* fragment = nullptr;
      if (selection.kind == Selection::Kind::spread) {
        fragment = document_.fragment(selection.name);
        if (fragment == nullptr || !visited.insert(selection.name).second) continue;
      }
      const std::string_view condition = fragment != nullptr ? fragment->type_condition : selection.type_condition;
      const TypeDefinition* inner = condition.empty() ? type : schema_.type(condition);
      if (inner != nullptr)
        gather(inner, fragment != nullptr ? fragment->selections : selection.selections, groups, visited);
    }
  }

  bool check(const Groups& groups) {
    for (const auto& [name, group] : groups) {
      for (std::size_t i = 0; i < group.size(); ++i) {
        for (std::size_t k = i + 1; k < group.size(); ++k) {
          if (!step() || !check_pair(group[i], group[k])) return false;
        }
      }
    }
    return true;
  }
  bool conflict(const Entry& entry, const char* what) {
    faults_.add(entry.selection->offset,
                "The field " + quoted(entry.selection->response_name()) + " conflicts with another one: " + what + ".");
    return false;
  }
  bool check_pair(const Entry& left, const Entry& right) {
    if (!same_shape(left.field->type, right.field->type)) return conflict(right, "their types differ");
    const bool are_apart =
        left.parent != right.parent && left.parent->kind == TypeKind::object && right.parent->kind == TypeKind::object;
    if (!are_apart) {
      if (left.selection->name != right.selection->name) return conflict(right, "they are different fields");
      if (!same_arguments(*left.selection, *right.selection)) return conflict(right, "their arguments differ");
    }
    Groups inner;
    for (const Entry& entry : {left, right}) {
      std::set<std::string_view> visited;
      const TypeDefinition* type = schema_.type(entry.field->type.name);
      if (type != nullptr) gather(type, entry.selection->selections, inner, visited);
    }
    return are_apart ? check_shapes(inner) : check(inner);
  }
  /// Of fields that never meet in one answer, only the shapes must agree.
  bool check_shapes(const Groups& groups) {
    for (const auto& [name, group] : groups) {
      for (const Entry& entry : group) {
        if (!step()) return false;
        if (!same_shape(group.front().field->type, entry.field->type)) return conflict(entry, "their types differ");
      }
      Groups inner;
      for (const Entry& entry : group) {
        std::set<std::string_view> visited;
        const TypeDefinition* type = schema_.type(entry.field->type.name);
        if (type != nullptr && group.size() > 1) gather(type, entry.selection->selections, inner, visited);
      }
      if (!check_shapes(inner)) return false;
    }
    return true;
  }
  bool same_shape(const TypeReference& left, const TypeReference& right) const {
    if (left.lists_required != right.lists_required || left.is_required != right.is_required) return false;
    const TypeDefinition* one = schema_.type(left.name);
    const TypeDefinition* other = schema_.type(right.name);
    if (one == nullptr || other == nullptr || one == other) return true;
    return is_composite(*one) && is_composite(*other);
  }

  const Document& document_;
  const Schema& schema_;
  Faults& faults_;
  std::size_t steps_ = 0;
};

}  // namespace

void check_merging(const Document& document, const Schema& schema, Faults& faults) {
  Merging(document, schema, faults).run();
}

}  // namespace sluice::graphql
