// SPDX-License-Identifier: Apache-2.0
// Rules about single fields, fragments and directives: one walk over the document, which notes what each definition
// uses for the rules about the whole.
#include "graphql/validation.hpp"

#include <algorithm>
#include <set>

namespace sluice::graphql {
namespace {

constexpr std::string_view location_names[] = {"QUERY", "MUTATION", "SUBSCRIPTION"};

class Walk {
 public:
  Walk(const Document& document, const Schema& schema, Faults& faults)
      : document_(document), schema_(schema), faults_(faults) {}

  ReferencesByDefinition run() {
    for (const Fragment& fragment : document_.fragments) walk_fragment(fragment);
    for (const Operation& operation : document_.operations) walk_operation(operation);
    return std::move(references_);
  }

 private:
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

  const Document& document_;
  const Schema& schema_;
  Faults& faults_;
  ReferencesByDefinition references_;
  References* current_ = nullptr;
};

}  // namespace

ReferencesByDefinition check_selections(const Document& document, const Schema& schema, Faults& faults) {
  return Walk(document, schema, faults).run();
}

}  // namespace sluice::graphql
