// SPDX-License-Identifier: Apache-2.0
// `new`: objects with initialisers, arrays, anonymous objects.
#include "expression/checker.hpp"

namespace sluice::expression {

Node* Checker::bind_new(const Syntax* syntax) {
  const Type* type = resolve_type(syntax->type);
  std::vector<Argument> arguments = bind_arguments(syntax->items, 0);
  if (type->is_error()) return error(syntax);
  for (const Argument& argument : arguments) {
    if (argument.node != nullptr && argument.node->is_error()) return error(syntax);
  }
  Node* made = nullptr;
  if (type->kind == TypeKind::function) {
    if (arguments.size() != 1) return no_overload("new", arguments, syntax);
    return convert(arguments[0].node, type, syntax);
  }
  std::vector<const Member*> candidates;
  for (const Member* member : members_named("new")) {
    if (member->receiver->definition == type->definition && type->definition != nullptr) candidates.push_back(member);
  }
  Resolution resolution;
  if (candidates.empty()) {
    if (type->is_value() && arguments.empty())
      made = constant(default_value(type), type, syntax);
    else
      return error(syntax, "SL4003", "'" + type->display + "' cannot be made with 'new' in policy expressions");
  } else {
    if (!resolve(candidates, type, arguments, {}, resolution)) return no_overload("new", arguments, syntax);
    made = make_call(resolution, nullptr, arguments, syntax);
    if (made->kind == NodeKind::call) {
      CallSite* site = arena_.make<CallSite>(*made->site);
      site->result = type;
      site->types.assign(type->arguments.begin(), type->arguments.end());
      made->site = site;
      made->type = type;
    }
  }
  if (syntax->initializer == nullptr || made->is_error()) return made;
  Local* held = temporary(type);
  std::vector<Node*> steps{assign_node(held, made)};
  initialize(held, syntax->initializer, steps);
  steps.push_back(local_node(held, syntax));
  return sequence(std::move(steps));
}

/// The steps of `{ a, b }`, `{ { k, v } }`, `{ [k] = v }` and `{ Name = v }`.
void Checker::initialize(Local* target, const Syntax* initializer, std::vector<Node*>& steps) {
  Syntax* object = arena_.make<Syntax>();
  object->kind = SyntaxKind::receiver;
  object->offset = initializer->offset;
  object->end = initializer->end;
  receivers_.push_back({target, local_node(target, initializer)});
  const auto made = [&](SyntaxKind kind, const Syntax* at) {
    Syntax* node = arena_.make<Syntax>();
    node->kind = kind;
    node->offset = at->offset;
    node->end = at->end;
    return node;
  };
  for (Syntax* item : initializer->items) {
    if (item->kind == SyntaxKind::assign && item->items[0]->kind == SyntaxKind::name && item->text == "=") {
      Syntax* member = made(SyntaxKind::member, item->items[0]);
      member->items = {object};
      member->text = item->items[0]->text;
      if (item->items[1]->kind == SyntaxKind::initializer) {
        error(item, "SL3005", "a nested object initialiser cannot be used in policy expressions");
        continue;
      }
      steps.push_back(store(member, item, item->items[1], "=", false));
    } else if (item->kind == SyntaxKind::index_setter) {
      Syntax* index = made(SyntaxKind::index, item);
      index->items = {object};
      index->items.insert(index->items.end(), item->items.begin(), item->items.end() - 1);
      steps.push_back(store(index, item, item->items.back(), "=", false));
    } else {
      std::vector<Argument> arguments =
          item->kind == SyntaxKind::initializer ? bind_arguments(item->items, 0) : bind_arguments({item}, 0);
      bool bad = false;
      for (const Argument& argument : arguments) bad = bad || argument.node->is_error();
      if (bad) continue;
      Operand group;
      group.is_group = true;
      group.receiver = receivers_.back().second;
      group.name = "Add";
      Node* call = call_group(group, arguments, item);
      steps.push_back(call);
    }
  }
  receivers_.pop_back();
}

Node* Checker::array_from(const Syntax* initializer, const Type* element, const Syntax* at) {
  Node* node = make(NodeKind::array_new, array_of(element), at);
  bool bad = element->is_error();
  for (const Syntax* item : initializer->items) {
    Node* value = item->kind == SyntaxKind::initializer && element->kind == TypeKind::array
                      ? array_from(item, element->arguments[0], item)
                      : convert(bind_value(item), element, item);
    bad = bad || value->is_error();
    node->items.push_back(value);
  }
  return bad ? error(at) : node;
}

Node* Checker::bind_new_array(const Syntax* syntax) {
  if (syntax->type == nullptr) {
    std::vector<Node*> values;
    bool bad = syntax->initializer == nullptr;
    if (!bad) {
      for (const Syntax* item : syntax->initializer->items) values.push_back(bind_value(item));
    }
    for (const Node* value : values) bad = bad || value->is_error();
    if (bad) return error(syntax);
    const Type* element = common_type(values);
    if (element == nullptr || element->is_error())
      return error(syntax, "SL4005", "the elements of the array have no common type",
                   "write the type: new string[] { ... }");
    Node* node = make(NodeKind::array_new, array_of(element), syntax);
    for (std::size_t i = 0; i < values.size(); ++i)
      node->items.push_back(convert(values[i], element, syntax->initializer->items[i]));
    return node;
  }
  const Type* element = resolve_type(syntax->type);
  if (element->is_error()) return error(syntax);
  if (syntax->initializer != nullptr) return array_from(syntax->initializer, element, syntax);
  Node* size = convert(bind_value(syntax->items[0]), core().int64, syntax->items[0]);
  if (size->is_error()) return size;
  Node* node = make(NodeKind::array_sized, array_of(element), syntax);
  node->items = {size};
  return node;
}

Node* Checker::bind_anonymous(const Syntax* syntax) {
  std::vector<Field> fields;
  Node* node = make(NodeKind::fields_new, nullptr, syntax);
  bool bad = false;
  for (const Syntax* item : syntax->items) {
    Node* value = item->items[0]->kind == SyntaxKind::error ? error(item) : bind_value(item->items[0]);
    if (!value->is_error() && (value->type->kind == TypeKind::null || value->type->kind == TypeKind::lambda)) {
      value = error(item, "SL4005", "a member of an anonymous object needs a type", "cast it: (string)null");
    }
    bad = bad || value->is_error();
    fields.push_back({std::string(item->text), value->type});
    node->items.push_back(value);
  }
  if (bad) return error(syntax);
  node->type = anonymous_of(fields);
  return node;
}

}  // namespace sluice::expression
