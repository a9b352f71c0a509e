// SPDX-License-Identifier: Apache-2.0
// Expressions that are neither operators nor calls.
#include "expression/checker.hpp"

#include "expression/decimal.hpp"
#include "expression/objects.hpp"

#include "base/text.hpp"

namespace sluice::expression {

Node* Checker::bind_value(const Syntax* syntax) {
  Node* node = bind(syntax);
  if (node->type->kind == TypeKind::void_type) return error(syntax, "SL4005", "this call gives no value");
  return node;
}

Node* Checker::bind(const Syntax* syntax) {
  if (over_budget(syntax)) return error(syntax);
  switch (syntax->kind) {
    case SyntaxKind::literal: return bind_literal(syntax);
    case SyntaxKind::interpolated: return bind_interpolated(syntax);
    case SyntaxKind::name: return value_of(bind_name(syntax), syntax);
    case SyntaxKind::member: return value_of(bind_member(syntax), syntax);
    case SyntaxKind::call: return bind_call(syntax);
    case SyntaxKind::index: return bind_index(syntax);
    case SyntaxKind::null_conditional: return bind_null_conditional(syntax);
    case SyntaxKind::receiver: return receivers_.empty() ? error(syntax) : receivers_.back().second;
    case SyntaxKind::cast: return bind_cast(syntax);
    case SyntaxKind::unary: return bind_unary(syntax);
    case SyntaxKind::postfix: return bind_step(syntax->items[0], syntax->text, true, syntax);
    case SyntaxKind::binary: return bind_binary(syntax);
    case SyntaxKind::assign: return bind_assign(syntax);
    case SyntaxKind::conditional: return bind_conditional(syntax);
    case SyntaxKind::is_type: return bind_is(syntax);
    case SyntaxKind::is_constant: return bind_is_constant(syntax);
    case SyntaxKind::as_type: return bind_as(syntax);
    case SyntaxKind::new_object: return bind_new(syntax);
    case SyntaxKind::new_array: return bind_new_array(syntax);
    case SyntaxKind::new_anonymous: return bind_anonymous(syntax);
    case SyntaxKind::lambda: return bind_lambda(syntax);
    case SyntaxKind::tuple: return bind_tuple(syntax);
    case SyntaxKind::type_of: return bind_type_of(syntax);
    case SyntaxKind::default_of: return bind_default(syntax, nullptr);
    case SyntaxKind::name_of: return bind_name_of(syntax);
    case SyntaxKind::throw_expression: return raise_node(syntax->items[0], syntax);
    case SyntaxKind::type_expression: return error(syntax, "SL4005", "a type stands where a value is needed");
    case SyntaxKind::checked_of: {
      const bool before = checked_, before_unchecked = unchecked_;
      checked_ = syntax->text == "checked";
      unchecked_ = !checked_;
      Node* node = bind(syntax->items[0]);
      checked_ = before;
      unchecked_ = before_unchecked;
      return node;
    }
    case SyntaxKind::initializer:
      return error(syntax, "SL3003", "an initialiser can only stand behind 'new' or in the declaration of an array");
    default: return error(syntax);
  }
}

Node* Checker::bind_literal(const Syntax* syntax) {
  const Value& value = syntax->value;
  switch (value.kind()) {
    case ValueKind::null: return constant(value, core().null, syntax);
    case ValueKind::decimal: {
      const std::optional<Decimal> number = Decimal::parse(syntax->text);
      if (!number) return error(syntax, "SL3002", "the number is outside the range of decimal");
      Decimal* stored = arena_.make<Decimal>(*number);
      return constant(Value::pointer(ValueKind::decimal, stored), core().decimal, syntax);
    }
    default: return constant(value, type_of(value), syntax);
  }
}

Node* Checker::bind_interpolated(const Syntax* syntax) {
  Node* node = make(NodeKind::concat, core().string, syntax);
  for (const Syntax* item : syntax->items) {
    Node* part = item->kind == SyntaxKind::hole ? bind_hole(item) : bind_literal(item);
    if (!part->is_error()) node->items.push_back(part);
  }
  if (node->items.empty()) return constant(Value::string(""), core().string, syntax);
  if (node->items.size() == 1 && node->items[0]->is_constant() && node->items[0]->type->kind == TypeKind::string)
    return node->items[0];
  return node;
}

Node* Checker::bind_hole(const Syntax* syntax) {
  Node* value = bind_value(syntax->items[0]);
  if (value->is_error()) return value;
  if (value->type->kind == TypeKind::lambda) return error(syntax, "SL4005", "a lambda cannot be printed");
  if (syntax->text.empty() && syntax->text2.empty()) return value;
  const std::optional<std::int64_t> width =
      syntax->text2.empty() ? std::optional<std::int64_t>(0) : parse_integer(syntax->text2);
  if (!width || *width < -10'000 || *width > 10'000)
    return error(syntax, "SL3002", "the alignment of a hole must be a small whole number");
  return simple_call(
      "static string", "$format",
      {retype(value, core().object), constant(Value::int32(static_cast<std::int32_t>(*width)), core().int32, syntax),
       constant(Value::string(syntax->text), core().string, syntax)},
      syntax);
}

Node* Checker::bind_condition(const Syntax* syntax) {
  Node* node = bind_value(syntax);
  if (node->is_error() || node->type->kind == TypeKind::boolean) return node;
  return convert(node, core().boolean, syntax);
}

Node* Checker::bind_conditional(const Syntax* syntax) {
  // Chains a ? b : c ? d : e lean to the right; recursion is bounded by the parser's depth.
  Node* condition = bind_condition(syntax->items[0]);
  Node* yes = bind_value(syntax->items[1]);
  Node* no = bind_value(syntax->items[2]);
  if (condition->is_error() || yes->is_error() || no->is_error()) return error(syntax);
  const Type* type = nullptr;
  if (yes->kind == NodeKind::raise)
    type = no->type;
  else if (no->kind == NodeKind::raise)
    type = yes->type;
  else if (yes->type == no->type && yes->type->kind != TypeKind::null)
    type = yes->type;
  else {
    const bool to_no = yes->type->kind != TypeKind::null || no->type->nullable() ? converts(yes, no->type) : false;
    const bool to_yes = converts(no, yes->type);
    if (to_no && !(to_yes && constant_fits(no, yes->type) && !constant_fits(yes, no->type)))
      type = no->type;
    else if (to_yes)
      type = yes->type;
    if (type != nullptr && type->kind == TypeKind::null) type = nullptr;
    if (to_no && to_yes && constant_fits(no, yes->type)) type = yes->type;
  }
  if (type == nullptr || type->kind == TypeKind::lambda) {
    return error(
        syntax, "SL4005",
        "the two sides of '?:' have no common type: '" + yes->type->display + "' and '" + no->type->display + "'",
        "cast one side, for example to (object)");
  }
  yes = yes->kind == NodeKind::raise ? yes : convert(yes, type, syntax->items[1]);
  no = no->kind == NodeKind::raise ? no : convert(no, type, syntax->items[2]);
  if (condition->is_constant() && condition->literal && yes->literal && no->literal && yes->is_constant() &&
      no->is_constant()) {
    return condition->value.as_boolean() ? yes : no;
  }
  Node* node = make(NodeKind::conditional, type, syntax);
  node->items = {condition, yes, no};
  return node;
}

Node* Checker::bind_null_conditional(const Syntax* syntax) {
  Node* value = bind_value(syntax->items[0]);
  if (value->is_error()) return value;
  if (!value->type->nullable() || value->type->kind == TypeKind::null || value->type->kind == TypeKind::lambda) {
    return error(syntax, "SL4006", "'?.' needs something that can be null, not '" + value->type->display + "'");
  }
  Local* held = temporary(value->type);
  Node* receiver = retype(local_node(held, syntax->items[0]), without_nullable(value->type));
  receivers_.push_back({held, receiver});
  Node* access = bind(syntax->items[1]);
  receivers_.pop_back();
  if (access->is_error()) return access;
  if (access->type->kind == TypeKind::lambda)
    return error(syntax, "SL4005", "a method stands where a value is needed", "call it: add '()'");
  const Type* type =
      access->type->kind == TypeKind::void_type || access->type->nullable() ? access->type : nullable_of(access->type);
  Node* test = make(NodeKind::is_null, core().boolean, syntax);
  test->items = {assign_node(held, value)};
  Node* node = make(NodeKind::conditional, type, syntax);
  Node* nothing = make(NodeKind::constant, type, syntax);
  node->items = {test, nothing, retype(access, type)};
  return node;
}

/// `value is type variable`, value evaluated once.
Node* Checker::test_type(Node* value, const Type* type, std::string_view variable, const Syntax* at) {
  Node* test = make(NodeKind::is_type, core().boolean, at);
  test->tested = without_nullable(type);
  test->items = {value};
  if (variable.empty() || variable == "_") return test;
  Local* held = temporary(value->type);
  Local* local = declare(variable, type, at);
  local->assigned = false;
  test->items = {assign_node(held, value)};
  Node* seen = explicit_conversion(local_node(held, at), type);
  if (seen == nullptr)
    return error(at, "SL4005", "'" + value->type->display + "' can never be '" + type->display + "'");
  Node* node = make(NodeKind::logical_and, core().boolean, at);
  node->items = {test, sequence({assign_node(local, seen), constant(Value::boolean(true), core().boolean, at)})};
  return node;
}

Node* Checker::bind_is(const Syntax* syntax) {
  Node* value = bind_value(syntax->items[0]);
  if (syntax->type->kind == SyntaxKind::type_name && syntax->type->text == "var" && !syntax->text2.empty()) {
    Local* local = declare(syntax->text2, value->type, syntax);
    return sequence({assign_node(local, value), constant(Value::boolean(true), core().boolean, syntax)});
  }
  const Type* type = resolve_type(syntax->type);
  if (value->is_error() || type->is_error()) return error(syntax);
  return test_type(value, type, syntax->text2, syntax);
}

Node* Checker::test_constant(Node* value, Node* wanted, const Syntax* at) {
  if (value->is_error() || wanted->is_error()) return error(at);
  if (wanted->type->kind == TypeKind::null) {
    Node* test = make(NodeKind::is_null, core().boolean, at);
    test->items = {value};
    return test;
  }
  if (!wanted->is_constant() || !wanted->literal) return error(at, "SL4009", "a constant is needed here");
  if (value->type->kind == TypeKind::object) {
    return simple_call("static object", "Equals", {value, retype(wanted, core().object)}, at);
  }
  Node* converted = implicit(wanted, value->type);
  if (converted == nullptr)
    return error(at, "SL4005",
                 "a constant of type '" + wanted->type->display + "' cannot equal '" + value->type->display + "'");
  return binary(Operator::equal, value, converted, at);
}

Node* Checker::bind_is_constant(const Syntax* syntax) {
  Node* value = bind_value(syntax->items[0]);
  return test_constant(value, bind_value(syntax->items[1]), syntax);
}

Node* Checker::bind_as(const Syntax* syntax) {
  Node* value = bind_value(syntax->items[0]);
  const Type* type = resolve_type(syntax->type);
  if (value->is_error() || type->is_error()) return error(syntax);
  if (!type->nullable())
    return error(syntax, "SL4005", "'as' needs a type that can be null; '" + type->display + "' cannot",
                 "write '" + type->display + "?'");
  if (value->type->is_value() && value->type->kind != TypeKind::nullable &&
      !is_a(value->type, without_nullable(type))) {
    return error(syntax, "SL4005", "'" + value->type->display + "' can never be '" + type->display + "'");
  }
  Node* node = make(NodeKind::try_cast, type, syntax);
  node->tested = without_nullable(type);
  node->items = {value};
  return node;
}

Node* Checker::bind_cast(const Syntax* syntax) {
  const Type* type = resolve_type(syntax->type);
  Node* value = syntax->items[0]->kind == SyntaxKind::default_of ? bind_default(syntax->items[0], type)
                                                                 : bind_value(syntax->items[0]);
  if (value->is_error() || type->is_error()) return error(syntax);
  const std::size_t before = findings_.error_count();
  if (value->is_constant() && value->literal && value->type->is_numeric() && type->is_numeric()) {
    Node* node = make(NodeKind::convert, type, syntax);
    node->items = {value};
    return value->type == type ? value : fold(node, syntax);
  }
  Node* node = explicit_conversion(value, type);
  if (node != nullptr) {
    Node* result = node == value ? retype(node, type) : node;
    if (result->kind == NodeKind::constant && value->kind == NodeKind::constant) {
      result = arena_.make<Node>(*result);
      // (object)1 is no constant any more for the rules of constants.
      result->literal = value->literal && (type == value->type || type->is_numeric() ||
                                           type->kind == TypeKind::string || type->kind == TypeKind::enumeration);
    }
    result->offset = syntax->offset;
    result->length = syntax->length();
    return result;
  }
  if (findings_.error_count() != before) return error(syntax);
  return error(syntax, "SL4005",
               "there is no conversion from '" + value->type->display + "' to '" + type->display + "'");
}

Node* Checker::bind_index(const Syntax* syntax) {
  Operand operand = bind_operand(syntax->items[0]);
  Node* target = value_of(operand, syntax->items[0]);
  std::vector<Argument> arguments = bind_arguments(syntax->items, 1);
  if (target->is_error()) return error(syntax);
  for (const Argument& argument : arguments) {
    if (argument.node != nullptr && argument.node->is_error()) return error(syntax);
  }
  if (target->type->kind == TypeKind::array) {
    if (arguments.size() != 1) return error(syntax, "SL4004", "an array takes one index");
    Node* index = implicit(arguments[0].node, core().int64);
    if (index == nullptr) return convert(arguments[0].node, core().int32, syntax);
    Node* node = make(NodeKind::array_get, target->type->arguments[0], syntax);
    node->items = {target, index};
    return node;
  }
  std::vector<const Member*> candidates;
  for (const Member* member : members_named("this")) {
    Bindings bindings;
    if (target->type->kind != TypeKind::lambda && is_a(target->type, core().object) &&
        target->type->kind != TypeKind::null && unify(member->receiver, target->type, bindings) &&
        is_a(target->type, substitute(member->receiver, bindings))) {
      candidates.push_back(member);
    }
  }
  Resolution resolution;
  if (candidates.empty()) return error(syntax, "SL4003", "'" + target->type->display + "' cannot be indexed with []");
  if (!resolve(candidates, target->type, arguments, {}, resolution)) return no_overload("this", arguments, syntax);
  Node* item = make_call(resolution, target, arguments, syntax);
  item->dynamic = target->dynamic;
  return item;
}

Node* Checker::bind_name_of(const Syntax* syntax) {
  const Syntax* operand = syntax->items[0];
  return constant(Value::string(operand->text), core().string, syntax);
}

Node* Checker::bind_default(const Syntax* syntax, const Type* wanted) {
  const Type* type = syntax->type != nullptr ? resolve_type(syntax->type) : wanted;
  if (type == nullptr) return constant(Value(), core().null, syntax);
  if (type->is_error()) return error(syntax);
  Node* node = constant(default_value(type), type, syntax);
  return node;
}

Node* Checker::bind_type_of(const Syntax* syntax) {
  const Type* type = resolve_type(syntax->type);
  if (type->is_error()) return error(syntax);
  Node* node = constant(make_type(folding_, type), core().type, syntax);
  node->literal = false;
  return node;
}

}  // namespace sluice::expression
