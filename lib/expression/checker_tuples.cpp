// SPDX-License-Identifier: Apache-2.0
// Tuples: made, converted, compared item by item, taken apart, changed in one item. Values of tuples do not change:
// to assign to an item of a variable gives the variable another tuple.
#include "expression/checker.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

/// The name that an item gets from what stands there: `(x.Count, y)`.
std::string_view implied_name(const Syntax* syntax) {
  if (syntax->kind == SyntaxKind::argument) return syntax->text;
  const bool names = syntax->kind == SyntaxKind::name || syntax->kind == SyntaxKind::member;
  return names && !syntax->parenthesized ? syntax->text : std::string_view();
}

/// 0 for Item1; nothing for other names.
std::optional<std::uint32_t> item_number(std::string_view name) {
  if (!name.starts_with("Item")) return std::nullopt;
  const auto number = parse_unsigned(name.substr(4));
  if (!number || *number == 0 || name[4] == '0' || *number > 64) return std::nullopt;
  return static_cast<std::uint32_t>(*number - 1);
}

}  // namespace

std::optional<std::uint32_t> Checker::tuple_item(const Type* type, std::string_view name) {
  for (std::uint32_t i = 0; i < type->fields.size(); ++i) {
    if (type->fields[i].name == name) return i;
  }
  const auto number = item_number(name);
  return number && *number < type->arguments.size() ? number : std::nullopt;
}

Node* Checker::item_of_tuple(Node* tuple, std::uint32_t index) {
  Node* item = make(NodeKind::field_get, tuple->type->arguments[index], nullptr);
  item->offset = tuple->offset;
  item->length = tuple->length;
  item->index = index;
  item->items = {tuple};
  return item;
}

Node* Checker::make_tuple(std::vector<Node*> items, const Type* type, const Syntax* at) {
  Node* node = make(NodeKind::fields_new, type, at);
  node->items = std::move(items);
  return node;
}

Node* Checker::bind_tuple(const Syntax* syntax) {
  std::vector<Field> fields;
  std::vector<Node*> items;
  bool bad = false;
  for (const Syntax* item : syntax->items) {
    if (item->kind == SyntaxKind::out_variable) {
      return error(item, "SL3004", "variables are declared where a tuple is taken apart: (int a, int b) = value;");
    }
    const Syntax* value = item->kind == SyntaxKind::argument ? item->items[0] : item;
    items.push_back(bind_value(value));
    const Type* type = items.back()->type;
    if (type->kind == TypeKind::lambda) {
      error(value, "SL4005", "an item of a tuple needs a type", "cast it: (Func<int, int>)(x => x)");
      type = core().error;
    }
    bad = bad || type->is_error();
    const std::string_view name = implied_name(item);
    bool taken = item_number(name).has_value();
    for (Field& other : fields) {
      if (other.name != name || name.empty()) continue;
      taken = true;
      const bool both_written = item->kind == SyntaxKind::argument;
      if (both_written)
        error(item, "SL4008", "two items of the tuple are named '" + std::string(name) + "'");
      else
        other.name.clear();
    }
    fields.push_back({taken ? std::string() : std::string(name), type});
  }
  if (bad) return error(syntax);
  const Type* type = tuple_of(fields);
  if (type == nullptr) return error(syntax, "SL3005", "tuples of more than seven items cannot be used");
  return make_tuple(std::move(items), type, syntax);
}

/// Item by item; the literal's own items first, because `(null, 1)` has no type of its own.
Node* Checker::tuple_to(Node* node, const Type* to, bool may_narrow) {
  const Type* from = node->type;
  const std::size_t count = to->arguments.size();
  if (from->arguments.size() != count) return nullptr;
  const auto converted = [&](Node* item, std::size_t i) {
    return may_narrow ? explicit_conversion(item, to->arguments[i]) : implicit(item, to->arguments[i]);
  };
  std::vector<Node*> items;
  if (node->kind == NodeKind::fields_new) {
    for (std::size_t i = 0; i < count; ++i) items.push_back(converted(node->items[i], i));
    for (const Node* item : items) {
      if (item == nullptr) return nullptr;
    }
    return make_tuple(std::move(items), to, nullptr);
  }
  if (without_names(from) == without_names(to)) return retype(node, to);
  Local* held = temporary(from);
  for (std::uint32_t i = 0; i < count; ++i) {
    items.push_back(converted(item_of_tuple(local_node(held, nullptr), i), i));
    if (items.back() == nullptr) return nullptr;
  }
  return sequence({assign_node(held, node), make_tuple(std::move(items), to, nullptr)});
}

/// Whether nothing can take its type from this: `null`, a lambda, a tuple that holds such.
bool Checker::is_untyped(const Type* type) {
  if (type->kind == TypeKind::null || type->kind == TypeKind::lambda || type->kind == TypeKind::void_type) return true;
  return type->is_tuple() && std::any_of(type->arguments.begin(), type->arguments.end(), is_untyped);
}

/// `==` and `!=`: of all items, in their order, until they differ.
Node* Checker::tuple_equality(Operator op, Node* left, Node* right, const Syntax* at) {
  const std::size_t count = left->type->arguments.size();
  if (right->type->arguments.size() != count) return nullptr;
  std::vector<Node*> steps;
  const auto items_of = [&](Node* tuple) {
    std::vector<Node*> items;
    if (tuple->kind == NodeKind::fields_new) {
      for (Node* item : tuple->items) {
        if (!item->is_constant()) {
          Local* held = temporary(item->type);
          steps.push_back(assign_node(held, item));
          item = local_node(held, at);
        }
        items.push_back(item);
      }
      return items;
    }
    Local* held = temporary(tuple->type);
    steps.push_back(assign_node(held, tuple));
    for (std::uint32_t i = 0; i < count; ++i) items.push_back(item_of_tuple(local_node(held, at), i));
    return items;
  };
  const std::vector<Node*> a = items_of(left), b = items_of(right);
  Node* all = nullptr;
  for (std::size_t i = 0; i < count; ++i) {
    Node* one = binary(op, a[i], b[i], at);
    if (one->is_error()) return one;
    if (all == nullptr) {
      all = one;
      continue;
    }
    Node* both = make(op == Operator::equal ? NodeKind::logical_and : NodeKind::logical_or, core().boolean, at);
    both->items = {all, one};
    all = both;
  }
  steps.push_back(all);
  return sequence(std::move(steps));
}

/// Stores the value in a place, given as it is written or as the declaration of a variable.
Node* Checker::store_item(const Syntax* target, Node* value, const Syntax* at) {
  if (target->kind == SyntaxKind::tuple) return take_apart(target, value, at);
  if (target->kind == SyntaxKind::out_variable) {
    const bool inferred = target->type == nullptr || (target->type->kind == SyntaxKind::type_name &&
                                                      target->type->text == "var" && target->type->types.empty());
    if (inferred && target->text == "_") return value;
    const Type* type = inferred ? value->type : resolve_type(target->type);
    Local* local = declare(target->text, type, target);
    Node* converted = type->is_error() ? error(target) : convert(value, type, target);
    if (converted->is_error()) local->assigned = true;
    return converted->is_error() ? converted : assign_node(local, converted);
  }
  Syntax* given = arena_.make<Syntax>();
  given->kind = SyntaxKind::receiver;
  given->offset = at->offset;
  given->end = at->end;
  receivers_.push_back({nullptr, value});
  Node* stored = store(target, at, given, "=", false);
  receivers_.pop_back();
  return stored;
}

/// `(a, b) = value`. All items have their values before the first is stored: `(a, b) = (b, a)`.
Node* Checker::take_apart(const Syntax* target, Node* value, const Syntax* at) {
  const std::size_t count = target->items.size();
  const auto refuse = [&](const Syntax* where) {
    // The variables exist all the same: what uses them is not reported again.
    for (const Syntax* item : target->items) {
      if (item->kind == SyntaxKind::out_variable) declare(item->text, core().error, item)->assigned = true;
    }
    return error(where);
  };
  if (value->is_error()) return refuse(at);
  const Type* type = value->type;
  const bool pair = type->definition != nullptr && type->definition->name == "KeyValuePair";
  const bool tuple = type->is_tuple() || (type->definition != nullptr && type->definition->name == "Tuple");
  if ((!tuple && !pair) || type->arguments.size() != count) {
    error(at, "SL4005",
          "a value of type '" + type->display + "' cannot be taken apart into " + std::to_string(count) + " variables");
    return refuse(at);
  }
  std::vector<Node*> steps, items;
  if (value->kind == NodeKind::fields_new) {
    for (std::size_t i = 0; i < count; ++i) {
      Node* item = value->items[i];
      if (item->type->kind != TypeKind::null && item->kind != NodeKind::fields_new && !item->is_constant()) {
        Local* held = temporary(item->type);
        steps.push_back(assign_node(held, item));
        item = local_node(held, at);
      }
      items.push_back(item);
    }
  } else {
    Local* held = temporary(type);
    steps.push_back(assign_node(held, value));
    for (std::uint32_t i = 0; i < count; ++i) items.push_back(item_of_tuple(local_node(held, at), i));
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Syntax* place = target->items[i];
    const bool has_type =
        place->kind != SyntaxKind::out_variable || (place->type != nullptr && place->type->text != "var");
    if (is_untyped(items[i]->type) && !has_type)
      steps.push_back(error(place, "SL4005", "'var' cannot take its type from this value"));
    else
      steps.push_back(store_item(place, items[i], at));
    if (steps.back()->is_error() && place->kind == SyntaxKind::out_variable && find(place->text) == nullptr)
      declare(place->text, core().error, place)->assigned = true;
  }
  for (const Node* step : steps) {
    if (step->is_error()) return error(at);
  }
  return sequence(std::move(steps));
}

/// A statement that takes a tuple apart. The variables it declares are new ones each time it runs.
Node* Checker::bind_deconstruction(const Syntax* target, Node* value, const Syntax* at) {
  const std::size_t scope = scope_.size();
  Node* taken = make(NodeKind::expression, core().void_type, at);
  taken->items = {take_apart(target, value, at)};
  Node* block = make(NodeKind::block, core().void_type, at);
  for (std::size_t i = scope; i < scope_.size(); ++i) {
    if (scope_[i].local == nullptr) continue;
    Node* declared = make(NodeKind::declare, core().void_type, at);
    declared->local = scope_[i].local;
    block->items.push_back(declared);
  }
  block->items.push_back(taken);
  return block;
}

/// `pair.Item1 = value` and `pair.count += 1`, of variables.
Node* Checker::store_in_tuple(Node* place, const Syntax* at, const Syntax* value_syntax, std::string_view mark,
                              bool postfix) {
  Node* tuple = place->items[0];
  while (tuple->kind == NodeKind::retype) tuple = tuple->items[0];
  if (tuple->kind != NodeKind::local || tuple->local->constant || tuple->local->read_only) {
    return error(at, "SL4008", "the items of this tuple cannot be assigned to", "assign to the items of a variable");
  }
  Node* value = mark == "=" ? convert(bind_value(value_syntax), place->type, value_syntax)
                            : combine(mark, place, value_syntax, at);
  if (value->is_error()) return value;
  value = convert(value, place->type, at);
  if (value->is_error()) return value;
  Local* before = temporary(place->type);
  Local* stored = temporary(place->type);
  std::vector<Node*> steps;
  if (postfix) steps.push_back(assign_node(before, place));
  steps.push_back(assign_node(stored, value));
  std::vector<Node*> items;
  for (std::uint32_t i = 0; i < tuple->type->arguments.size(); ++i) {
    items.push_back(i == place->index ? local_node(stored, at) : item_of_tuple(tuple, i));
  }
  steps.push_back(assign_node(tuple->local, make_tuple(std::move(items), tuple->type, at)));
  steps.push_back(local_node(postfix ? before : stored, at));
  return sequence(std::move(steps));
}

}  // namespace sluice::expression
