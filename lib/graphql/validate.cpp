// SPDX-License-Identifier: Apache-2.0
// Rules about a document as a whole. The walk over its selections (selection_rules) has noted what each definition
// uses; cycles of fragments are found before anything follows spreads.
#include "graphql/validate.hpp"

#include "graphql/validation.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace sluice::graphql {
namespace {

class Validator {
 public:
  Validator(const Document& document, const Schema& schema, std::size_t most_faults)
      : document_(document), schema_(schema), faults_(most_faults) {}

  std::vector<Fault> run() {
    check_names();
    references_ = check_selections(document_, schema_, faults_);
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
  ReferencesByDefinition references_;
};

}  // namespace

std::vector<Fault> validate(const Document& document, const Schema& schema, std::size_t most_faults) {
  return Validator(document, schema, most_faults).run();
}

}  // namespace sluice::graphql
