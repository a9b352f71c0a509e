// SPDX-License-Identifier: Apache-2.0
// One walk over the document notes what each definition uses; rules about the whole come after it. Cycles of fragments
// are found before anything follows spreads.
#include "graphql/validate.hpp"

#include "graphql/validation.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace sluice::graphql {
namespace {

constexpr std::string_view location_names[] = {"QUERY", "MUTATION", "SUBSCRIPTION"};

/// What an operation or fragment refers to.
struct References {
  std::vector<VariableUse> variables;
  std::vector<const Selection*> spreads;
};

class Validator {
 public:
  Validator(const Document& document, const Schema& schema, std::size_t most_faults)
      : document_(document), schema_(schema), faults_(most_faults) {}

  std::vector<Fault> run() {
    check_names();
    for (const Fragment& fragment : document_.fragments) walk_fragment(fragment);
    for (const Operation& operation : document_.operations) walk_operation(operation);
    const bool has_cycle = find_cycles();
    if (!has_cycle) {
      for (const Operation& operation : document_.operations) check_variables(operation);
      check_unused_fragments();
      for (const Operation& operation : document_.operations) check_subscription(operation);
    }
    if (faults_.empty()) check_merging(document_, schema_, faults_);
    return faults_.take();
  }

 private:
  void check_names() {
    std::set<std::string_view> seen;
    for (const Operation& operation : document_.operations) {
      if (operation.name.empty() && document_.operations.size() > 1)
        faults_.add(operation.offset, "An anonymous operation must be the only one.");
      if (!operation.name.empty() && !seen.insert(operation.name).second)
        faults_.add(operation.offset, "There is another operation " + quoted(operation.name) + ".");
    }
    if (document_.operations.empty()) faults_.add(0, "The document has no operation.");
    seen.clear();
    for (const Fragment& fragment : document_.fragments) {
      if (!seen.insert(fragment.name).second)
        faults_.add(fragment.offset, "There is another fragment " + quoted(fragment.name) + ".");
    }
  }

  // ---- The walk ----

  void walk_operation(const Operation& operation) {
    current_ = &references_[&operation];
    for (const VariableDefinition& variable : operation.variables) walk_variable(variable);
    directives(operation.directives, location_names[static_cast<std::size_t>(operation.kind)]);
    const TypeDefinition* root = schema_.root(operation.kind);
    if (root == nullptr) return faults_.add(operation.offset, "The schema has no such operations.");
    walk(*root, operation.selections);
  }
  void walk_variable(const VariableDefinition& variable) {
    const TypeDefinition* type = schema_.type(variable.type.name);
    if (type == nullptr) {
      faults_.add(variable.type.offset, "Unknown type " + quoted(variable.type.name) + ".");
    } else if (!is_input(*type)) {
      faults_.add(variable.type.offset, "A variable cannot be of the type " + quoted(variable.type.name) + ".");
    }
    std::vector<VariableUse> none;
    if (variable.fallback) check_value(*variable.fallback, variable.type, false, schema_, faults_, none);
    directives(variable.directives, "VARIABLE_DEFINITION");
  }
  void walk_fragment(const Fragment& fragment) {
    current_ = &references_[&fragment];
    directives(fragment.directives, "FRAGMENT_DEFINITION");
    const TypeDefinition* type = composite(fragment.type_condition, fragment.offset);
    if (type != nullptr) walk(*type, fragment.selections);
  }
  const TypeDefinition* composite(std::string_view name, std::size_t offset) {
    const TypeDefinition* type = schema_.type(name);
    if (type == nullptr) {
      faults_.add(offset, "Unknown type " + quoted(name) + ".");
    } else if (!is_composite(*type)) {
      faults_.add(offset, "A fragment cannot be on the type " + quoted(name) + ".");
      return nullptr;
    }
    return type;
  }

  /// As deep as the parser allows.
  void walk(const TypeDefinition& type, const std::vector<Selection>& selections) {
    for (const Selection& selection : selections) {
      if (faults_.is_full()) return;
      switch (selection.kind) {
        case Selection::Kind::field: walk_field(type, selection); break;
        case Selection::Kind::spread: walk_spread(type, selection); break;
        case Selection::Kind::inline_fragment: walk_inline(type, selection); break;
      }
    }
  }
  void walk_field(const TypeDefinition& type, const Selection& selection) {
    directives(selection.directives, "FIELD");
    const Field* field = schema_.field(type, selection.name);
    if (field == nullptr) {
      return faults_.add(selection.offset,
                         "The type " + quoted(type.name) + " has no field " + quoted(selection.name) + ".");
    }
    check_arguments(selection.arguments, field->arguments, selection.offset, "the field " + quoted(selection.name),
                    schema_, faults_, current_->variables);
    const TypeDefinition* inner = schema_.type(field->type.name);
    if (inner == nullptr) return;
    const std::string name = quoted(selection.name) + " of the type " + quoted(field->type.to_string());
    if (is_composite(*inner) != selection.has_selections) {
      return faults_.add(selection.offset, "The field " + name +
                                               (selection.has_selections ? " has no fields of its own."
                                                                         : " needs a selection of its fields."));
    }
    walk(*inner, selection.selections);
  }
  void walk_spread(const TypeDefinition& type, const Selection& selection) {
    directives(selection.directives, "FRAGMENT_SPREAD");
    current_->spreads.push_back(&selection);
    const Fragment* fragment = document_.fragment(selection.name);
    if (fragment == nullptr) return faults_.add(selection.offset, "Unknown fragment " + quoted(selection.name) + ".");
    check_possible(type, fragment->type_condition, selection.offset);
  }
  void walk_inline(const TypeDefinition& type, const Selection& selection) {
    directives(selection.directives, "INLINE_FRAGMENT");
    if (selection.type_condition.empty()) return walk(type, selection.selections);
    const TypeDefinition* inner = composite(selection.type_condition, selection.offset);
    if (inner == nullptr) return;
    check_possible(type, selection.type_condition, selection.offset);
    walk(*inner, selection.selections);
  }
  void check_possible(const TypeDefinition& type, std::string_view condition, std::size_t offset) {
    const TypeDefinition* inner = schema_.type(condition);
    if (inner == nullptr || !is_composite(*inner) || schema_.overlap(type, *inner)) return;
    faults_.add(offset,
                "A value of the type " + quoted(type.name) + " is never of the type " + quoted(condition) + ".");
  }
  void directives(const std::vector<Directive>& given, std::string_view location) {
    std::set<std::string_view> seen;
    for (const Directive& directive : given) {
      const DirectiveDefinition* definition = schema_.directive(directive.name);
      if (definition == nullptr) {
        faults_.add(directive.offset, "Unknown directive " + quoted(directive.name) + ".");
        continue;
      }
      const auto& places = definition->locations;
      if (std::find(places.begin(), places.end(), location) == places.end())
        faults_.add(directive.offset, "The directive " + quoted(directive.name) + " may not stand here.");
      if (!seen.insert(directive.name).second && !definition->is_repeatable)
        faults_.add(directive.offset, "The directive " + quoted(directive.name) + " stands twice.");
      check_arguments(directive.arguments, definition->arguments, directive.offset,
                      "the directive " + quoted(directive.name), schema_, faults_, current_->variables);
    }
  }

  // ---- The whole ----

  /// Fragments are coloured as they are entered and left; as deep as there are fragments, which tokens bound.
  bool find_cycles() {
    std::map<const Fragment*, bool> is_left;
    bool found = false;
    for (const Fragment& fragment : document_.fragments) {
      // An explicit stack: a chain of fragments may be thousands long.
      std::vector<std::pair<const Fragment*, std::size_t>> path;
      const auto enter = [&](const Fragment* next, const Selection* by) {
        const auto [place, is_new] = is_left.emplace(next, false);
        if (is_new) {
          path.emplace_back(next, 0);
        } else if (!place->second) {
          found = true;
          faults_.add(by->offset, "The fragment " + quoted(next->name) + " includes itself.");
        }
      };
      if (!is_left.contains(&fragment)) enter(&fragment, nullptr);
      while (!path.empty()) {
        auto& [at, index] = path.back();
        const auto& spreads = references_[at].spreads;
        if (index == spreads.size()) {
          is_left[at] = true;
          path.pop_back();
          continue;
        }
        const Selection* by = spreads[index++];
        if (const Fragment* next = document_.fragment(by->name)) enter(next, by);
      }
    }
    return found;
  }

  /// The fragments that the definition uses, directly or not.
  std::set<const Fragment*> fragments_of(const void* definition) {
    std::set<const Fragment*> all;
    std::vector<const void*> open = {definition};
    while (!open.empty()) {
      const void* at = open.back();
      open.pop_back();
      for (const Selection* by : references_[at].spreads) {
        const Fragment* next = document_.fragment(by->name);
        if (next != nullptr && all.insert(next).second) open.push_back(next);
      }
    }
    return all;
  }
  void check_unused_fragments() {
    std::set<const Fragment*> used;
    for (const Operation& operation : document_.operations) used.merge(fragments_of(&operation));
    for (const Fragment& fragment : document_.fragments) {
      if (!used.contains(&fragment))
        faults_.add(fragment.offset, "The fragment " + quoted(fragment.name) + " is not used.");
    }
  }

  void check_variables(const Operation& operation) {
    std::map<std::string_view, const VariableDefinition*> defined;
    for (const VariableDefinition& variable : operation.variables) {
      if (!defined.emplace(variable.name, &variable).second)
        faults_.add(variable.offset, "The variable " + quoted(variable.name) + " is defined twice.");
    }
    std::set<std::string_view> used;
    const auto check_uses = [&](const void* definition) {
      for (const VariableUse& use : references_[definition].variables) {
        used.insert(use.name);
        const auto found = defined.find(use.name);
        if (found == defined.end()) {
          faults_.add(use.offset, "The variable " + quoted(use.name) + " is not defined.");
        } else if (!is_allowed(*found->second, use)) {
          faults_.add(use.offset, "The variable " + quoted(use.name) + " of the type " +
                                      quoted(found->second->type.to_string()) + " stands where " +
                                      quoted(use.wanted.to_string()) + " is expected.");
        }
      }
    };
    check_uses(&operation);
    for (const Fragment* fragment : fragments_of(&operation)) check_uses(fragment);
    for (const auto& [name, variable] : defined) {
      if (!used.contains(name)) faults_.add(variable->offset, "The variable " + quoted(name) + " is not used.");
    }
  }
  /// **Source**: section 5.8.5.
  static bool is_allowed(const VariableDefinition& variable, const VariableUse& use) {
    if (use.wanted.name.empty()) return true;  // Inside a scalar that takes anything.
    TypeReference wanted = use.wanted;
    const bool has_value = variable.fallback && variable.fallback->kind != Value::Kind::null;
    if (wanted.refuses_null() && !variable.type.refuses_null()) {
      if (!has_value && !use.has_fallback) return false;
      if (wanted.is_list()) {
        wanted.lists_required.front() = false;
      } else {
        wanted.is_required = false;
      }
    }
    return is_compatible(variable.type, wanted);
  }
  static bool is_compatible(const TypeReference& given, const TypeReference& wanted) {
    if (given.name != wanted.name || given.lists_required.size() != wanted.lists_required.size()) return false;
    if (wanted.is_required && !given.is_required) return false;
    for (std::size_t i = 0; i < wanted.lists_required.size(); ++i) {
      if (wanted.lists_required[i] && !given.lists_required[i]) return false;
    }
    return true;
  }

  /// A subscription has one field, which is none of introspection.
  void check_subscription(const Operation& operation) {
    if (operation.kind != OperationKind::subscription) return;
    std::set<std::string_view> names;
    std::vector<const std::vector<Selection>*> open = {&operation.selections};
    std::set<std::string_view> visited;
    while (!open.empty()) {
      const auto* selections = open.back();
      open.pop_back();
      for (const Selection& selection : *selections) {
        if (selection.kind == Selection::Kind::field) {
          names.insert(selection.response_name());
          if (selection.name.starts_with("__"))
            faults_.add(selection.offset, "A subscription needs a field of its own.");
        } else if (selection.kind == Selection::Kind::inline_fragment) {
          open.push_back(&selection.selections);
        } else if (const Fragment* fragment = document_.fragment(selection.name);
                   fragment != nullptr && visited.insert(selection.name).second) {
          open.push_back(&fragment->selections);
        }
      }
    }
    if (names.size() > 1) faults_.add(operation.offset, "A subscription has one field only.");
  }

  const Document& document_;
  const Schema& schema_;
  Faults faults_;
  std::map<const void*, References> references_;
  References* current_ = nullptr;
};

}  // namespace

std::vector<Fault> validate(const Document& document, const Schema& schema, std::size_t most_faults) {
  return Validator(document, schema, most_faults).run();
}

}  // namespace sluice::graphql
