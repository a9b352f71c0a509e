// SPDX-License-Identifier: Apache-2.0
// Implicit and explicit conversions, and the type that several expressions have in common.
#include "expression/checker.hpp"

namespace sluice::expression {

bool Checker::constant_fits(Node* node, const Type* to) {
  if (!node->is_constant() || !node->literal) return false;
  const TypeKind from = node->type->kind;
  if (to->kind == TypeKind::enumeration) return from == TypeKind::int32 && node->value.as_integer() == 0;
  if (from != TypeKind::int32 && from != TypeKind::int64) return false;
  const std::int64_t value = node->value.as_integer();
  if (from == TypeKind::int64) return to->kind == TypeKind::uint64 && value >= 0;
  switch (to->kind) {
    case TypeKind::int8: return value >= -128 && value <= 127;
    case TypeKind::uint8: return value >= 0 && value <= 255;
    case TypeKind::int16: return value >= -32768 && value <= 32767;
    case TypeKind::uint16: return value >= 0 && value <= 65535;
    case TypeKind::uint32:
    case TypeKind::uint64: return value >= 0;
    default: return false;
  }
}

bool Checker::standard(const Type* from, const Type* to) {
  if (is_a(from, to)) return true;
  if (widens(from->kind, to->kind)) return true;
  if (to->kind == TypeKind::nullable) {
    const Type* inner = to->arguments[0];
    const Type* source = without_nullable(from);
    return source == inner || widens(source->kind, inner->kind);
  }
  return false;
}

Node* Checker::implicit(Node* node, const Type* to) {
  const Type* from = node->type;
  if (from == to) return node;
  if (from->is_error() || to->is_error()) return retype(node, to);
  if (node->kind == NodeKind::unbound) return lambda_to(node, to);
  if (node->kind == NodeKind::group) return group_to(node, to);
  if (from->kind == TypeKind::void_type || to->kind == TypeKind::void_type) return nullptr;
  if (constant_fits(node, to) || widens(from->kind, to->kind)) {
    Node* converted = make(NodeKind::convert, to, nullptr);
    converted->offset = node->offset;
    converted->length = node->length;
    converted->items = {node};
    return node->is_constant() ? fold(converted, nullptr) : converted;
  }
  if (to->kind == TypeKind::nullable && from->kind != TypeKind::null) {
    const Type* inner = to->arguments[0];
    if (from->kind == TypeKind::nullable) {
      if (!widens(from->arguments[0]->kind, inner->kind)) return nullptr;
      Node* converted = make(NodeKind::convert, to, nullptr);
      converted->items = {node};
      return converted;
    }
    Node* value = implicit(node, inner);
    return value == nullptr ? nullptr : retype(value, to);
  }
  if (from->is_tuple() && without_nullable(to)->is_tuple()) {
    Node* tuple = tuple_to(node, without_nullable(to), false);
    return tuple == nullptr ? nullptr : retype(tuple, to);
  }
  if (is_a(from, to)) return retype(node, to);
  return user_conversion(node, to, false);
}

bool Checker::converts(Node* node, const Type* to) {
  if (node->kind == NodeKind::unbound || node->kind == NodeKind::group) return lambda_accepts(node, to);
  return implicit(node, to) != nullptr;
}

Node* Checker::convert(Node* node, const Type* to, const Syntax* at) {
  const std::size_t before = findings_.error_count();
  Node* converted = implicit(node, to);
  if (converted != nullptr) return converted;
  if (findings_.error_count() != before) return error(at);
  // What comes of a dynamic variable is converted as a cast would, where it is used.
  Node* cast = node->dynamic ? explicit_conversion(node, to) : nullptr;
  if (cast != nullptr) return cast;
  if (node->kind == NodeKind::group)
    return error(at, "SL4005", "a method stands where a value of type '" + to->display + "' is needed",
                 "call it: add '()'");
  if (node->kind == NodeKind::unbound)
    return error(at, "SL4005", "the lambda does not fit the type '" + to->display + "'");
  std::string hint;
  if (explicit_conversion(node, to) != nullptr) hint = "a cast is needed: (" + to->display + ")";
  findings_.rewind(findings_.size());
  return error(at, "SL4005",
               "a value of type '" + node->type->display + "' cannot be converted to '" + to->display + "'", hint);
}

Node* Checker::explicit_conversion(Node* node, const Type* to) {
  if (Node* converted = implicit(node, to)) return converted;
  const Type* from = node->type;
  if (from->kind == TypeKind::void_type || from->kind == TypeKind::lambda || from->kind == TypeKind::null)
    return nullptr;
  const auto simple = [&](NodeKind kind, Node* operand) {
    Node* made = make(kind, to, nullptr);
    made->offset = node->offset;
    made->length = node->length;
    made->items = {operand};
    return made;
  };
  const auto number = [](const Type* type) { return type->is_numeric() || type->kind == TypeKind::enumeration; };
  if (from->is_tuple() && to->is_tuple()) return tuple_to(node, to, true);
  const Type* plain_from = without_nullable(from);
  const Type* plain_to = without_nullable(to);
  if (number(plain_from) && number(plain_to)) {
    Node* operand = node;
    if (from->kind == TypeKind::nullable && to->kind != TypeKind::nullable) {
      operand = make(NodeKind::unwrap, plain_from, nullptr);
      operand->offset = node->offset;
      operand->items = {node};
    }
    Node* converted = simple(NodeKind::convert, operand);
    converted->checked = checked_;
    return converted;
  }
  if (from->kind == TypeKind::nullable && plain_from == to) return simple(NodeKind::unwrap, node);
  // Unboxing and downcasts.
  if (!from->is_value() && (from->kind == TypeKind::object || is_a(to, from) ||
                            (!to->is_value() && to->kind != TypeKind::string && to->kind != TypeKind::array &&
                             from->kind == TypeKind::reference && from->display.size() > 1 && from->display[0] == 'I' &&
                             to->kind == TypeKind::reference))) {
    return simple(NodeKind::cast, node);
  }
  if (to->kind == TypeKind::reference && !to->display.empty() && to->display[0] == 'I' &&
      from->kind == TypeKind::reference)
    return simple(NodeKind::cast, node);
  if (to->kind == TypeKind::array && from->kind == TypeKind::reference && is_a(to, from))
    return simple(NodeKind::cast, node);
  return user_conversion(node, to, true);
}

Node* Checker::user_conversion(Node* node, const Type* to, bool allow_explicit) {
  const Member* best = nullptr;
  const Type* from = node->type;
  for (const char* name : {"implicit", "explicit"}) {
    if (name[0] == 'e' && !allow_explicit) break;
    for (const Member* member : members_named(name)) {
      const Type* source = member->parameters[0].type;
      if (member->result != to) continue;
      if (!standard(from, source)) continue;
      if (best == nullptr || (source == from && best->parameters[0].type != from) ||
          (best->parameters[0].type != from && standard(source, best->parameters[0].type))) {
        best = member;
      }
    }
    if (best != nullptr) break;
  }
  if (best == nullptr) return nullptr;
  Node* argument = implicit(node, best->parameters[0].type);
  if (argument == nullptr) return nullptr;
  Syntax at;
  at.offset = node->offset;
  at.end = node->offset + node->length;
  return finish_call(*best, {}, {argument}, &at);
}

const Type* Checker::common_type(const std::vector<Node*>& nodes) {
  const Type* best = nullptr;
  bool has_null = false;
  for (Node* node : nodes) {
    if (node->is_error()) return core().error;
    if (node->type->kind == TypeKind::null) {
      has_null = true;
      continue;
    }
    if (node->type->kind == TypeKind::lambda || node->type->kind == TypeKind::void_type) return nullptr;
    if (best == nullptr || best == node->type)
      best = node->type;
    else if (!converts(node, best))
      best = node->type;
  }
  if (best == nullptr) return nullptr;
  for (Node* node : nodes) {
    if (!converts(node, best)) return nullptr;
  }
  return has_null && !best->nullable() ? nullptr : best;
}

/// -1: the argument converts better to `left`, 1: to `right`, 0: neither.
int Checker::compare_targets(Node* argument, const Type* left, const Type* right) {
  if (left == right) return 0;
  const Type* from = argument->type;
  if (from == left) return -1;
  if (from == right) return 1;
  if (left->kind == TypeKind::function && right->kind == TypeKind::function) {
    if (left->result == nullptr || right->result == nullptr || left->result == right->result) return 0;
    if (argument->kind == NodeKind::unbound) {
      std::vector<const Type*> parameters(left->arguments.begin(), left->arguments.end());
      if (left->definition->name == "Func") parameters.pop_back();
      const Type* result = lambda_result(argument->syntax, parameters);
      if (result == left->result) return -1;
      if (result == right->result) return 1;
    }
    return standard(left->result, right->result) ? -1 : standard(right->result, left->result) ? 1 : 0;
  }
  const bool to_right = standard(left, right), to_left = standard(right, left);
  if (to_right && !to_left) return -1;
  if (to_left && !to_right) return 1;
  const auto is_signed = [](const Type* type) {
    return type->kind == TypeKind::int8 || type->kind == TypeKind::int16 || type->kind == TypeKind::int32 ||
           type->kind == TypeKind::int64;
  };
  if (left->is_integer() && right->is_integer() && is_signed(left) != is_signed(right)) return is_signed(left) ? -1 : 1;
  return 0;
}

}  // namespace sluice::expression
