// SPDX-License-Identifier: Apache-2.0
// Operators: promotion of operands, string concatenation, equality, user-defined operators, folding of constants.
#include "expression/checker.hpp"

namespace sluice::expression {
namespace {

struct Mark {
  std::string_view text;
  Operator op;
};
constexpr Mark marks[] = {{"+", Operator::add},           {"-", Operator::subtract},    {"*", Operator::multiply},
                          {"/", Operator::divide},        {"%", Operator::remainder},   {"<<", Operator::shift_left},
                          {">>", Operator::shift_right},  {"&", Operator::bit_and},     {"|", Operator::bit_or},
                          {"^", Operator::bit_xor},       {"==", Operator::equal},      {"!=", Operator::not_equal},
                          {"<", Operator::less},          {"<=", Operator::less_equal}, {">", Operator::greater},
                          {">=", Operator::greater_equal}};

std::string_view mark_of(Operator op) {
  for (const Mark& mark : marks) {
    if (mark.op == op) return mark.text;
  }
  return "?";
}

bool is_comparison(Operator op) { return op >= Operator::equal && op <= Operator::greater_equal; }
bool is_equality(Operator op) { return op == Operator::equal || op == Operator::not_equal; }
bool is_bitwise(Operator op) { return op >= Operator::bit_and && op <= Operator::bit_xor; }

}  // namespace

Node* Checker::no_operator(std::string_view mark, Node* left, Node* right, const Syntax* at) {
  if (left->is_error() || (right != nullptr && right->is_error())) return error(at);
  std::string message = "the operator '" + std::string(mark) + "' does not exist for '" + left->type->display + "'";
  if (right != nullptr) message += " and '" + right->type->display + "'";
  std::string hint;
  if (left->type->kind == TypeKind::object || (right != nullptr && right->type->kind == TypeKind::object)) {
    hint = "cast the object to its type first: (string)x, (int)x";
  }
  return error(at, "SL4006", message, hint);
}

const Type* Checker::promoted(const Type* left, const Type* right) {
  const TypeKind a = left->kind, b = right->kind;
  const auto either = [&](TypeKind kind) { return a == kind || b == kind; };
  if (either(TypeKind::decimal)) {
    return either(TypeKind::float32) || either(TypeKind::float64) ? nullptr : core().decimal;
  }
  if (either(TypeKind::float64)) return core().float64;
  if (either(TypeKind::float32)) return core().float32;
  if (either(TypeKind::uint64)) {
    const TypeKind other = a == TypeKind::uint64 ? b : a;
    const bool is_signed =
        other == TypeKind::int8 || other == TypeKind::int16 || other == TypeKind::int32 || other == TypeKind::int64;
    return is_signed ? nullptr : core().uint64;
  }
  if (either(TypeKind::int64)) return core().int64;
  if (either(TypeKind::uint32)) {
    const TypeKind other = a == TypeKind::uint32 ? b : a;
    const bool is_signed = other == TypeKind::int8 || other == TypeKind::int16 || other == TypeKind::int32;
    return is_signed ? core().int64 : core().uint32;
  }
  return core().int32;
}

Node* Checker::make_binary(Operator op, const Type* operand_type, const Type* result, Node* left, Node* right,
                           const Syntax* at) {
  Node* node = make(NodeKind::binary, result, at);
  node->op = op;
  node->operands = value_kind(operand_type->kind);
  node->checked = checked_;
  node->items = {left, right};
  return fold(node, at);
}

/// Computes what is constant in the sense of C#, overflow checked.
Node* Checker::fold(Node* node, const Syntax* at) {
  for (const Node* item : node->items) {
    if (!item->is_constant() || !item->literal) return node;
  }
  Value value;
  folding_.raised = nullptr;
  if (node->kind == NodeKind::binary) {
    value = apply_binary(folding_, node->op, node->operands, !unchecked_, node->items[0]->value, node->items[1]->value);
  } else if (node->kind == NodeKind::unary) {
    value = apply_unary(folding_, node->op, node->operands, !unchecked_, node->items[0]->value);
  } else if (node->kind == NodeKind::convert) {
    value = convert_number(folding_, node->items[0]->value, node->type, !unchecked_);
  } else {
    return node;
  }
  if (folding_.failed()) {
    const std::string message(folding_.raised->message);
    folding_.raised = nullptr;
    folding_.fatal = false;
    if (at == nullptr) return node;
    return error(at, "SL4009", "this constant cannot be computed: " + message);
  }
  Node* folded = constant(value, node->type, at);
  folded->offset = node->offset;
  folded->length = node->length;
  return folded;
}

Node* Checker::numeric_binary(Operator op, Node* left, Node* right, const Syntax* at) {
  const bool lifted = left->type->kind == TypeKind::nullable || right->type->kind == TypeKind::nullable;
  const Type* plain_left = without_nullable(left->type);
  const Type* plain_right = without_nullable(right->type);
  if (left->type->kind == TypeKind::null) plain_left = plain_right;
  if (right->type->kind == TypeKind::null) plain_right = plain_left;
  if (!plain_left->is_numeric() || !plain_right->is_numeric()) return nullptr;
  const bool shift = op == Operator::shift_left || op == Operator::shift_right;
  const Type* operand = shift ? promoted(plain_left, plain_left) : promoted(plain_left, plain_right);
  // A constant int beside an unsigned operand takes its type.
  if (!shift && !lifted) {
    if (plain_left->kind >= TypeKind::uint32 && plain_left->is_integer() && constant_fits(right, plain_left))
      operand = plain_left;
    if (plain_right->kind >= TypeKind::uint32 && plain_right->is_integer() && constant_fits(left, plain_right))
      operand = plain_right;
  }
  if (operand == nullptr || ((shift || is_bitwise(op)) && !operand->is_integer())) return nullptr;
  const Type* target = lifted ? nullable_of(operand) : operand;
  Node* a = implicit(left, target);
  Node* b = implicit(right, shift ? (lifted ? nullable_of(core().int32) : core().int32) : target);
  if (a == nullptr || b == nullptr) return nullptr;
  return make_binary(op, operand, is_comparison(op) ? core().boolean : target, a, b, at);
}

Node* Checker::enum_binary(Operator op, Node* left, Node* right, const Syntax* at) {
  const Type* a = without_nullable(left->type);
  const Type* b = without_nullable(right->type);
  const Type* type = a->kind == TypeKind::enumeration ? a : b;
  if (type->kind != TypeKind::enumeration) return nullptr;
  const bool lifted = left->type->kind == TypeKind::nullable || right->type->kind == TypeKind::nullable ||
                      left->type->kind == TypeKind::null || right->type->kind == TypeKind::null;
  if (is_comparison(op) || is_bitwise(op)) {
    const Type* target = lifted ? nullable_of(type) : type;
    Node* x = implicit(left, target);
    Node* y = implicit(right, target);
    if (x == nullptr || y == nullptr) return nullptr;
    return make_binary(op, type, is_comparison(op) ? core().boolean : target, x, y, at);
  }
  if ((op == Operator::add || op == Operator::subtract) && a == type && b->kind == TypeKind::int32) {
    Node* number = explicit_conversion(left, core().int32);
    return explicit_conversion(make_binary(op, core().int32, core().int32, number, right, at), type);
  }
  if (op == Operator::subtract && a == b) {
    return make_binary(op, core().int32, core().int32, explicit_conversion(left, core().int32),
                       explicit_conversion(right, core().int32), at);
  }
  return nullptr;
}

Node* Checker::user_operator(std::string_view name, std::vector<Node*> operands, const Syntax* at) {
  std::vector<Argument> arguments;
  bool lifted = false;
  for (Node* operand : operands) {
    Node* plain = operand;
    if (operand->type->kind == TypeKind::nullable) {
      lifted = true;
      plain = retype(operand, without_nullable(operand->type));
    }
    arguments.push_back({plain, at, {}, false, nullptr});
  }
  std::vector<const Member*> candidates;
  for (const Member* member : members_named(name)) {
    if (member->parameters.size() != operands.size()) continue;
    // An operator belongs to the type of one of its operands.
    for (const Argument& argument : arguments) {
      if (is_a(argument.node->type, member->receiver) && argument.node->type->kind != TypeKind::null) {
        candidates.push_back(member);
        break;
      }
    }
  }
  Resolution resolution;
  const std::size_t before = findings_.size();
  if (candidates.empty() || !resolve(candidates, nullptr, arguments, {}, resolution)) {
    findings_.rewind(before);
    return nullptr;
  }
  if (!lifted) return make_call(resolution, nullptr, arguments, at);
  // Lifted: null when an operand is null; comparisons are false, equality compares.
  std::vector<Node*> steps;
  Node* any_null = nullptr;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    Local* held = temporary(operands[i]->type);
    steps.push_back(assign_node(held, operands[i]));
    arguments[i].node = retype(local_node(held, at), without_nullable(held->type));
    if (operands[i]->type->kind != TypeKind::nullable) continue;
    Node* test = make(NodeKind::is_null, core().boolean, at);
    test->items = {local_node(held, at)};
    if (any_null == nullptr) {
      any_null = test;
    } else {
      Node* both = make(NodeKind::logical_or, core().boolean, at);
      both->items = {any_null, test};
      any_null = both;
    }
  }
  Node* call = make_call(resolution, nullptr, arguments, at);
  const bool compares = call->type->kind == TypeKind::boolean;
  const Type* type = compares ? call->type : nullable_of(call->type);
  Node* choice = make(NodeKind::conditional, type, at);
  choice->items = {any_null, compares ? constant(Value::boolean(false), type, at) : constant(Value(), type, at),
                   retype(call, type)};
  steps.push_back(choice);
  return sequence(std::move(steps));
}

Node* Checker::to_text_node(Node* node) { return node; }

Node* Checker::concatenation(Node* left, Node* right, const Syntax* at) {
  if (left->type->kind == TypeKind::void_type || right->type->kind == TypeKind::void_type) return nullptr;
  Node* node = make(NodeKind::concat, core().string, at);
  // a + b + c is one concatenation.
  if (left->kind == NodeKind::concat)
    node->items = left->items;
  else
    node->items = {left};
  node->items.push_back(right);
  if (left->is_constant() && right->is_constant() && left->literal && right->literal &&
      left->type->kind != TypeKind::decimal) {
    const auto text_constant = [](const Node* item) {
      return item->type->kind == TypeKind::string || item->type->kind == TypeKind::null ||
             item->type->kind == TypeKind::character;
    };
    if (text_constant(left) && text_constant(right)) {
      std::string joined(to_text(left->value, arena_));
      joined += to_text(right->value, arena_);
      return constant(Value::string(arena_.copy(joined)), core().string, at);
    }
  }
  return node;
}

Node* Checker::equality(Operator op, Node* left, Node* right, const Syntax* at) {
  const Type* a = left->type;
  const Type* b = right->type;
  if (a->is_tuple() && b->is_tuple()) return tuple_equality(op, left, right, at);
  if (a->kind == TypeKind::string && (b->kind == TypeKind::string || b->kind == TypeKind::null)) {
    return make_binary(op, core().string, core().boolean, left, right, at);
  }
  if (b->kind == TypeKind::string && a->kind == TypeKind::null)
    return make_binary(op, core().string, core().boolean, left, right, at);
  const bool null_left = a->kind == TypeKind::null, null_right = b->kind == TypeKind::null;
  if (null_left || null_right) {
    Node* other = null_left ? right : left;
    // A number is never null; C# compares it all the same, where its type has the operator.
    const bool compares = other->type->nullable() || other->type->kind <= TypeKind::enumeration;
    if (!compares) return nullptr;
    Node* test = make(NodeKind::is_null, core().boolean, at);
    test->items = {other};
    if (op == Operator::equal) return test;
    Node* negated = make(NodeKind::unary, core().boolean, at);
    negated->op = Operator::logical_not;
    negated->operands = ValueKind::boolean;
    negated->items = {test};
    return negated;
  }
  if (without_nullable(a)->kind == TypeKind::boolean && without_nullable(b)->kind == TypeKind::boolean) {
    return make_binary(op, core().boolean, core().boolean, left, right, at);
  }
  if (!a->is_value() && !b->is_value() && a->kind != TypeKind::lambda && b->kind != TypeKind::lambda) {
    if (!is_a(a, b) && !is_a(b, a) && a->display[0] != 'I' && b->display[0] != 'I') return nullptr;
    if (a->kind == TypeKind::string || b->kind == TypeKind::string) {
      // Differs: C# compares references here, which authors never mean (reference 2.4).
      findings_.warning("SL4006", at->offset, at->length(), "compares an object with a string; the texts are compared",
                        "cast the object: (string)x");
    }
    return make_binary(op, core().object, core().boolean, left, right, at);
  }
  if (a == b && a->kind >= TypeKind::date_time && a->kind <= TypeKind::guid)
    return make_binary(op, a, core().boolean, left, right, at);
  if (without_nullable(a) == without_nullable(b) && a->is_value())
    return make_binary(op, without_nullable(a), core().boolean, left, right, at);
  return nullptr;
}

Node* Checker::binary(Operator op, Node* left, Node* right, const Syntax* at) {
  if (left->is_error() || right->is_error()) return error(at);
  const std::string_view mark = mark_of(op);
  if (left->type->kind == TypeKind::lambda || right->type->kind == TypeKind::lambda)
    return no_operator(mark, left, right, at);
  const Type* a = without_nullable(left->type);
  const Type* b = without_nullable(right->type);
  if (op == Operator::add && (a->kind == TypeKind::string || b->kind == TypeKind::string)) {
    // An operator of the other's type goes before concatenation: XNamespace + string.
    if (a->kind == TypeKind::reference || b->kind == TypeKind::reference) {
      if (Node* node = user_operator("op +", {left, right}, at)) return node;
    }
    if (Node* node = concatenation(left, right, at)) return node;
  }
  if ((a->is_numeric() || a->kind == TypeKind::null) && (b->is_numeric() || b->kind == TypeKind::null) &&
      !(a->kind == TypeKind::null && b->kind == TypeKind::null)) {
    if (!(is_equality(op) && (a->kind == TypeKind::null || b->kind == TypeKind::null))) {
      if (Node* node = numeric_binary(op, left, right, at)) return node;
      if (a->is_numeric() && b->is_numeric()) return no_operator(mark, left, right, at);
    }
  }
  if (a->kind == TypeKind::enumeration || b->kind == TypeKind::enumeration) {
    if (Node* node = enum_binary(op, left, right, at)) return node;
  }
  if (is_bitwise(op) && a->kind == TypeKind::boolean && b->kind == TypeKind::boolean) {
    const bool lifted = left->type != a || right->type != b;
    return make_binary(op, core().boolean, lifted ? nullable_of(core().boolean) : core().boolean, left, right, at);
  }
  if (is_equality(op)) {
    const std::string name = "op " + std::string(mark);
    if (Node* node = user_operator(name, {left, right}, at)) return node;
    if (Node* node = equality(op, left, right, at)) return node;
  } else if (Node* node = user_operator("op " + std::string(mark), {left, right}, at)) {
    return node;
  }
  return no_operator(mark, left, right, at);
}

Node* Checker::bind_binary(const Syntax* syntax) {
  if (syntax->text == "??") return bind_coalesce(syntax);
  if (syntax->text == "&&" || syntax->text == "||") {
    Node* left = bind_value(syntax->items[0]);
    Node* right = bind_value(syntax->items[1]);
    if (left->is_error() || right->is_error()) return error(syntax);
    if (left->type->kind != TypeKind::boolean || right->type->kind != TypeKind::boolean) {
      return no_operator(syntax->text, left, right, syntax);
    }
    const bool is_and = syntax->text == "&&";
    if (left->is_constant() && left->literal && right->is_constant() && right->literal) {
      const bool x = left->value.as_boolean(), y = right->value.as_boolean();
      return constant(Value::boolean(is_and ? x && y : x || y), core().boolean, syntax);
    }
    Node* node = make(is_and ? NodeKind::logical_and : NodeKind::logical_or, core().boolean, syntax);
    node->items = {left, right};
    return node;
  }
  // Long chains a + b + c … lean to the left: walk down first, so that depth does not grow with length.
  std::vector<const Syntax*> spine{syntax};
  while (spine.back()->items[0]->kind == SyntaxKind::binary && !spine.back()->items[0]->parenthesized) {
    const std::string_view text = spine.back()->items[0]->text;
    if (text == "&&" || text == "||" || text == "??") break;
    spine.push_back(spine.back()->items[0]);
  }
  Node* left = bind_value(spine.back()->items[0]);
  for (std::size_t i = spine.size(); i-- > 0;) {
    Node* right = bind_value(spine[i]->items[1]);
    for (const Mark& mark : marks) {
      if (mark.text != spine[i]->text) continue;
      left = binary(mark.op, left, right, spine[i]);
      break;
    }
  }
  return left;
}

Node* Checker::bind_coalesce(const Syntax* syntax) {
  Node* left = bind_value(syntax->items[0]);
  if (syntax->items[1]->kind == SyntaxKind::throw_expression) {
    Node* node = make(NodeKind::coalesce, without_nullable(left->type), syntax);
    node->items = {left, bind(syntax->items[1])};
    return node;
  }
  Node* right = bind_value(syntax->items[1]);
  if (left->is_error() || right->is_error()) return error(syntax);
  if (!left->type->nullable() || left->type->kind == TypeKind::lambda) return no_operator("??", left, right, syntax);
  if (left->type->kind == TypeKind::null) return right;
  const Type* plain = without_nullable(left->type);
  Node* node = make(NodeKind::coalesce, plain, syntax);
  if (plain != left->type && right->type != left->type) {
    if (Node* value = implicit(right, plain)) {
      node->items = {left, value};
      return node;
    }
  }
  if (Node* value = implicit(right, left->type)) {
    node->type = left->type;
    node->items = {left, value};
    return node;
  }
  const Type* target = right->type;
  Local* held = temporary(left->type);
  Node* converted = implicit(retype(local_node(held, syntax), plain), target);
  if (converted == nullptr) return no_operator("??", left, right, syntax);
  Node* test = make(NodeKind::is_null, core().boolean, syntax);
  test->items = {assign_node(held, left)};
  Node* choice = make(NodeKind::conditional, target, syntax);
  choice->items = {test, right, converted};
  return choice;
}

Node* Checker::bind_unary(const Syntax* syntax) {
  if (syntax->text == "++" || syntax->text == "--") return bind_step(syntax->items[0], syntax->text, false, syntax);
  // -2147483648 and -9223372036854775808 are literals of their own.
  const Syntax* inner = syntax->items[0];
  if (syntax->text == "-" && inner->kind == SyntaxKind::literal && !inner->parenthesized) {
    if (inner->value.kind() == ValueKind::uint32 && inner->value.bits() == 0x80000000u) {
      return constant(Value::int32(INT32_MIN), core().int32, syntax);
    }
    if (inner->value.kind() == ValueKind::uint64 && inner->value.bits() == 0x8000000000000000u) {
      return constant(Value::int64(INT64_MIN), core().int64, syntax);
    }
  }
  Node* operand = bind_value(inner);
  if (operand->is_error()) return error(syntax);
  const Type* plain = without_nullable(operand->type);
  const bool lifted = plain != operand->type;
  const Type* type = nullptr;
  Operator op = Operator::negate;
  if (syntax->text == "!") {
    op = Operator::logical_not;
    if (plain->kind == TypeKind::boolean) type = plain;
  } else if (plain->is_numeric()) {
    type = promoted(plain, plain);
    if (syntax->text == "~") {
      op = Operator::complement;
      if (!type->is_integer()) type = nullptr;
    } else if (syntax->text == "-" && type->kind == TypeKind::uint32) {
      type = core().int64;
    } else if (syntax->text == "-" && type->kind == TypeKind::uint64) {
      type = nullptr;
    }
  } else if (plain->kind == TypeKind::enumeration && syntax->text == "~") {
    type = plain;
    op = Operator::complement;
  } else if (syntax->text == "-") {
    if (Node* node = user_operator("op unary -", {operand}, syntax)) return node;
  }
  if (type == nullptr) return no_operator(syntax->text, operand, nullptr, syntax);
  Node* value = implicit(operand, lifted ? nullable_of(type) : type);
  if (value == nullptr) return no_operator(syntax->text, operand, nullptr, syntax);
  if (syntax->text == "+") return value;
  Node* node = make(NodeKind::unary, value->type, syntax);
  node->op = op;
  node->operands = value_kind(type->kind);
  node->checked = checked_;
  node->items = {value};
  return fold(node, syntax);
}

}  // namespace sluice::expression
