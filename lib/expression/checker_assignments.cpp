// SPDX-License-Identifier: Apache-2.0
// Assignment, compound assignment, ++ and --: to variables, array elements, properties and indexers. Receivers and
// indexes are evaluated once, held in temporaries.
#include "expression/checker.hpp"

namespace sluice::expression {

Node* Checker::bind_assign(const Syntax* syntax) {
  return store(syntax->items[0], syntax, syntax->items[1], syntax->text, false);
}

Node* Checker::bind_step(const Syntax* target, std::string_view mark, bool postfix, const Syntax* at) {
  return store(target, at, nullptr, mark, postfix);
}

/// The new value for `old mark value`; with `++` and `--` the value is one.
Node* Checker::combine(std::string_view mark, Node* old, const Syntax* value_syntax, const Syntax* at) {
  Node* value = value_syntax != nullptr ? bind_value(value_syntax) : constant(Value::int32(1), core().int32, at);
  if (value->is_error() || old->is_error()) return error(at);
  std::string_view op = mark == "++" ? "+" : mark == "--" ? "-" : mark.substr(0, mark.size() - 1);
  if (value_syntax == nullptr && !without_nullable(old->type)->is_numeric()) return no_operator(mark, old, nullptr, at);
  static constexpr std::pair<std::string_view, Operator> marks[] = {
      {"+", Operator::add},       {"-", Operator::subtract},    {"*", Operator::multiply},     {"/", Operator::divide},
      {"%", Operator::remainder}, {"<<", Operator::shift_left}, {">>", Operator::shift_right}, {"&", Operator::bit_and},
      {"|", Operator::bit_or},    {"^", Operator::bit_xor}};
  Node* result = error(at);
  for (const auto& [text, code] : marks) {
    if (text == op) result = binary(code, old, value, at);
  }
  if (result->is_error()) return result;
  // The result narrows back when the right side fits the left type: `byte += 1`.
  if (implicit(result, old->type) == nullptr &&
      (value_syntax == nullptr || converts(value, old->type) || op == "<<" || op == ">>")) {
    if (Node* narrowed = explicit_conversion(result, old->type)) return narrowed;
  }
  return convert(result, old->type, at);
}

Node* Checker::store(const Syntax* target, const Syntax* at, const Syntax* value_syntax, std::string_view mark,
                     bool postfix) {
  const bool plain = mark == "=";
  const auto plain_value = [&](const Type* type) -> Node* {
    if (value_syntax->kind == SyntaxKind::default_of) return bind_default(value_syntax, type);
    return convert(bind_value(value_syntax), type, value_syntax);
  };
  if (target->kind == SyntaxKind::tuple) {
    if (!plain) return error(at, "SL4005", "a tuple cannot stand on the left of '" + std::string(mark) + "'");
    return take_apart(target, bind_value(value_syntax), at);
  }
  if (target->kind == SyntaxKind::name && target->types.empty()) {
    if (target->text == "_" && find("_") == nullptr && plain) return bind(value_syntax);
    ScopeEntry* entry = find(target->text);
    if (entry != nullptr && entry->local != nullptr) {
      Local* local = entry->local;
      if (local->constant || local->read_only) {
        return error(at, "SL4008", "'" + std::string(local->name) + "' cannot be assigned to");
      }
      if (plain) {
        Node* value = plain_value(local->type);
        return value->is_error() ? value : assign_node(local, value);
      }
      Node* next = combine(mark, local_node(local, target), value_syntax, at);
      if (next->is_error()) return next;
      if (!postfix) return assign_node(local, next);
      Local* held = temporary(local->type);
      return sequence({assign_node(held, local_node(local, target)), assign_node(local, next), local_node(held, at)});
    }
  }
  Node* place = bind(target);
  if (place->is_error()) {
    if (value_syntax != nullptr) bind(value_syntax);
    return place;
  }
  if (place->kind == NodeKind::field_get && place->items[0]->type->is_tuple())
    return store_in_tuple(place, at, value_syntax, mark, postfix);
  const bool element = place->kind == NodeKind::array_get;
  if (!element && place->kind != NodeKind::call) {
    return error(at, "SL4005", "the left side of an assignment must be a variable, a property or an element");
  }
  const Member* setter = nullptr;
  if (!element) {
    const Member* getter = place->site->member;
    for (const Member* member : members_named(std::string(getter->name) + "=")) {
      if (member->receiver->definition != getter->receiver->definition ||
          member->parameters.size() != getter->parameters.size() + 1)
        continue;
      // Indexers are told apart by what they take.
      if (!getter->parameters.empty() && member->parameters[0].type != getter->parameters[0].type) continue;
      setter = member;
    }
    if (setter == nullptr || getter->is_method) {
      return error(
          at, "SL4005",
          "'" +
              std::string(getter->name == "this" ? place->items[0]->type->display + "[]" : std::string(getter->name)) +
              "' cannot be assigned to");
    }
  }
  // Hold receiver and indexes.
  std::vector<Node*> steps, held;
  for (Node* item : place->items) {
    if (item->is_constant()) {
      held.push_back(item);
      continue;
    }
    Local* local = temporary(item->type);
    steps.push_back(assign_node(local, item));
    held.push_back(local_node(local, at));
  }
  const Type* type = place->type;
  if (setter != nullptr) {
    Bindings bindings;
    unify(setter->receiver, place->items[0]->type, bindings);
    type = substitute(setter->parameters.back().type, bindings);
  }
  Node* value = nullptr;
  Local* before = nullptr;
  if (plain) {
    value = plain_value(type);
  } else {
    Node* old = make(place->kind, place->type, at);
    *old = *place;
    old->items = held;
    if (postfix) {
      before = temporary(old->type);
      steps.push_back(assign_node(before, old));
      old = local_node(before, at);
    }
    value = combine(mark, old, value_syntax, at);
    if (!value->is_error()) value = convert(value, type, at);
  }
  if (value->is_error()) return value;
  Local* stored = temporary(type);
  steps.push_back(assign_node(stored, value));
  held.push_back(local_node(stored, at));
  if (element) {
    Node* set = make(NodeKind::array_set, type, at);
    set->items = held;
    steps.push_back(set);
  } else {
    Bindings bindings;
    unify(setter->receiver, place->items[0]->type, bindings);
    steps.push_back(finish_call(*setter, bindings, held, at));
  }
  steps.push_back(local_node(before != nullptr ? before : stored, at));
  return sequence(std::move(steps));
}

}  // namespace sluice::expression
