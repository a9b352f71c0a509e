// SPDX-License-Identifier: Apache-2.0
// Expressions: operators by precedence climbing, then primaries with their suffixes. Entry: parse_expression.
// Casts and type arguments are told from parentheses and `<` by the rules of the C# specification (reference 2.3).
#include "expression/parser.hpp"
#include "expression/parser_nesting.hpp"

#include "base/text.hpp"

namespace sluice::expression {
namespace {

bool is_assignment(std::string_view mark) {
  return mark == "=" || mark == "+=" || mark == "-=" || mark == "*=" || mark == "/=" || mark == "%=" || mark == "&=" ||
         mark == "|=" || mark == "^=" || mark == "<<=";
}

/// Whether a token may start an operand, so that a parenthesised name before it is a cast.
bool starts_operand(const Token& token) {
  switch (token.kind) {
    case TokenKind::identifier:
    case TokenKind::number:
    case TokenKind::character:
    case TokenKind::string:
    case TokenKind::interpolated: return true;
    case TokenKind::keyword: return token.text != "is" && token.text != "as" && token.text != "in";
    case TokenKind::punctuation: return token.text == "(" || token.text == "!" || token.text == "~";
    case TokenKind::end: return false;
  }
  return false;
}

bool follows_type_arguments(const Token& token) {
  static constexpr std::string_view marks[] = {"(",  ")",  "]",  "}", ":", ";",  ",",  ".", "?",
                                               "?.", "==", "!=", "|", "^", "&&", "||", "&"};
  if (token.kind == TokenKind::end) return true;
  if (token.kind != TokenKind::punctuation) return false;
  for (const std::string_view mark : marks) {
    if (token.text == mark) return true;
  }
  return false;
}

}  // namespace

Syntax* Parser::parse_expression() {
  const Nesting nesting(*this);
  if (!nesting.ok) {
    at_ = tokens_.size() - 1;
    return error_node(peek());
  }
  if (is_query()) return parse_query();
  if (looks_like_lambda()) return parse_lambda();
  if (peek().is("throw")) {
    Syntax* node = make(SyntaxKind::throw_expression, take());
    node->items.push_back(parse_expression());
    return close(node);
  }
  Syntax* left = parse_conditional();
  const Token& mark = peek();
  if (mark.kind != TokenKind::punctuation) return left;
  std::string_view text = mark.text;
  bool shift_right = false;
  if (text == ">" && peek(1).is(">=") && peek(1).offset == mark.end()) {
    text = ">>=";
    shift_right = true;
  }
  if (text == "?\?=") {
    unsupported(mark, "the operator '?\?=' of C# 8");
    take();
    parse_expression();
    return error_node(mark);
  }
  if (!shift_right && !is_assignment(text)) return left;
  Syntax* node = make(SyntaxKind::assign, left->offset);
  take();
  if (shift_right) take();
  node->text = text;
  node->items = {left, parse_expression()};
  return close(node);
}

Syntax* Parser::parse_conditional() {
  Syntax* condition = parse_binary(1);
  if (!peek().is("?")) {
    if (peek().is("switch") && peek(1).is("{")) unsupported(peek(), "the switch expression of C# 8");
    return condition;
  }
  take();
  Syntax* node = make(SyntaxKind::conditional, condition->offset);
  Syntax* yes = parse_expression();
  expect(":", "in the conditional expression");
  node->items = {condition, yes, parse_expression()};
  return close(node);
}

int Parser::binary_precedence(std::string_view& mark, std::size_t& tokens) const {
  const Token& token = peek();
  tokens = 1;
  mark = token.text;
  if (token.kind == TokenKind::keyword) return mark == "is" || mark == "as" ? 8 : 0;
  if (token.kind != TokenKind::punctuation) return 0;
  if (mark == ">" && peek(1).is(">") && peek(1).offset == token.end()) {
    mark = ">>";
    tokens = 2;
    return 9;
  }
  if (mark == ">" && peek(1).is(">=") && peek(1).offset == token.end()) return 0;  // >>=
  if (mark == "??") return 1;
  if (mark == "||") return 2;
  if (mark == "&&") return 3;
  if (mark == "|") return 4;
  if (mark == "^") return 5;
  if (mark == "&") return 6;
  if (mark == "==" || mark == "!=") return 7;
  if (mark == "<" || mark == ">" || mark == "<=" || mark == ">=") return 8;
  if (mark == "<<") return 9;
  if (mark == "+" || mark == "-") return 10;
  if (mark == "*" || mark == "/" || mark == "%") return 11;
  return 0;
}

Syntax* Parser::parse_binary(int precedence) {
  const Nesting nesting(*this);
  if (!nesting.ok) {
    at_ = tokens_.size() - 1;
    return error_node(peek());
  }
  Syntax* left = parse_unary();
  while (!too_deep_) {
    std::string_view mark;
    std::size_t tokens = 1;
    const int here = binary_precedence(mark, tokens);
    if (here == 0 || here < precedence) return left;
    if (mark == "is" || mark == "as") {
      left = parse_is(left);
      continue;
    }
    Syntax* node = make(SyntaxKind::binary, left->offset);
    node->text = mark;
    for (std::size_t i = 0; i < tokens; ++i) take();
    Syntax* right = nullptr;
    if (mark == "??")
      right = peek().is("throw") ? parse_expression() : parse_binary(here);  // right-associative
    else
      right = parse_binary(here + 1);
    node->items = {left, right};
    left = close(node);
  }
  return left;
}

Syntax* Parser::parse_is(Syntax* left) {
  const bool is_as = take().text == "as";
  if (!is_as && (is_name("not") || (is_name("and")) || is_name("or"))) {
    unsupported(peek(), "the pattern combinators of C# 9");
  }
  if (!is_as) {
    // A constant pattern: literal, or an expression that no type can be.
    const Token& token = peek();
    const bool literal = token.kind == TokenKind::number || token.kind == TokenKind::string ||
                         token.kind == TokenKind::character || token.is("null") || token.is("true") ||
                         token.is("false") || token.is("-");
    if (token.is("{")) unsupported(token, "the property pattern of C# 8");
    if (literal) {
      Syntax* node = make(SyntaxKind::is_constant, left->offset);
      node->items = {left, parse_binary(9)};
      return close(node);
    }
  }
  Syntax* node = make(is_as ? SyntaxKind::as_type : SyntaxKind::is_type, left->offset);
  node->items = {left};
  // `x is T ? a : b`: the question mark belongs to the conditional unless it makes `T?` in front of `)` and the like.
  node->type = parse_type_core();
  while (peek().is("[") && peek(1).is("]")) {
    Syntax* array = make(SyntaxKind::type_array, node->type->offset);
    take();
    take();
    array->items.push_back(node->type);
    node->type = close(array);
  }
  if (peek().is("?")) {
    const Token& after = peek(1);
    if (!starts_operand(after) && !after.is("-") && !after.is("+") && !after.is("++") && !after.is("--")) {
      Syntax* nullable = make(SyntaxKind::type_nullable, node->type->offset);
      take();
      nullable->items.push_back(node->type);
      node->type = close(nullable);
    }
  }
  if (!is_as && peek().kind == TokenKind::identifier && !is_name("when") && !is_clause_word())
    node->text2 = take().text;
  return close(node);
}

Syntax* Parser::parse_unary() {
  const Nesting nesting(*this);
  if (!nesting.ok) {
    at_ = tokens_.size() - 1;
    return error_node(peek());
  }
  const Token& token = peek();
  if (token.kind == TokenKind::punctuation) {
    const std::string_view mark = token.text;
    if (mark == "-" || mark == "+" || mark == "!" || mark == "~" || mark == "++" || mark == "--") {
      Syntax* node = make(SyntaxKind::unary, take());
      node->text = mark;
      // -2147483648 is one literal.
      node->items = {parse_unary()};
      return close(node);
    }
    if (mark == "&" || mark == "*") {
      unsupported(token, "a pointer");
      take();
      return parse_unary();
    }
    if (mark == "^" || mark == "..") {
      unsupported(token, "the ranges and indices of C# 8");
      take();
      return parse_unary();
    }
    if (mark == "(" && !looks_like_lambda() && cast_follows()) return parse_cast();
  }
  if (is_name("await") && (peek(1).kind == TokenKind::identifier || peek(1).kind == TokenKind::number)) {
    unsupported(token, "await");
    take();
    return parse_unary();
  }
  return parse_primary();
}

bool Parser::cast_follows() {
  const std::size_t start = at_;
  take();
  Syntax* type = try_type();
  bool cast = false;
  if (type != nullptr && peek().is(")")) {
    const Token& next = peek(1);
    const bool keyword_type = (type->kind == SyntaxKind::type_name && is_type_keyword(type->text)) ||
                              type->kind == SyntaxKind::type_array || type->kind == SyntaxKind::type_nullable;
    cast = starts_operand(next) || (keyword_type && (next.is("-") || next.is("+")));
  }
  at_ = start;
  return cast;
}

Syntax* Parser::parse_cast() {
  Syntax* node = make(SyntaxKind::cast, take());
  node->type = parse_type();
  expect(")", "behind the type of the cast");
  node->items = {parse_unary()};
  return close(node);
}

Syntax* Parser::parse_primary() { return parse_suffixes(parse_atom(), false); }

Syntax* Parser::parse_suffixes(Syntax* left, bool inside_chain) {
  unsigned suffixes = 0;
  while (true) {
    if (++suffixes > limits_.nesting_depth) {
      report(peek(), "SL9004", "the expression has too long a chain of members");
      return left;
    }
    const Token& token = peek();
    const bool bracket = token.is("?") && peek(1).is("[") && peek(1).offset == token.end();
    if (token.is("?.") || bracket) {
      // Everything behind belongs to the access that is left out when the receiver is null.
      Syntax* node = make(SyntaxKind::null_conditional, left->offset);
      Syntax* receiver = make(SyntaxKind::receiver, token);
      if (bracket) take();
      const Nesting nesting(*this);
      if (!nesting.ok) return error_node(token);
      Syntax* access = receiver;
      if (bracket) {
        access = parse_suffix(receiver);
      } else {
        take();
        access = make(SyntaxKind::member, token);
        access->items = {receiver};
        if (peek().kind != TokenKind::identifier) {
          report(peek(), "SL3003", "expected a member name behind '?.'");
          return error_node(peek());
        }
        access->text = take().text;
        parse_type_arguments_if_any(access);
        close(access);
      }
      access = parse_suffixes(access, true);
      node->items = {left, access};
      return close(node);
    }
    if (token.is("++") || token.is("--")) {
      if (inside_chain) return left;
      Syntax* node = make(SyntaxKind::postfix, left->offset);
      node->text = take().text;
      node->items = {left};
      left = close(node);
      continue;
    }
    Syntax* next = parse_suffix(left);
    if (next == nullptr) return left;
    left = next;
    if (left->kind == SyntaxKind::error) return left;
  }
}

/// `.name`, `(...)`, `[...]`; null when none follows.
Syntax* Parser::parse_suffix(Syntax* left) {
  const Token& token = peek();
  if (token.is(".")) {
    take();
    Syntax* node = make(SyntaxKind::member, left->offset);
    node->items = {left};
    if (peek().kind != TokenKind::identifier) {
      report(peek(), "SL3003", "expected a member name behind '.'");
      return error_node(peek());
    }
    node->text = take().text;
    parse_type_arguments_if_any(node);
    return close(node);
  }
  if (token.is("(") || token.is("[")) {
    Syntax* node = make(token.is("(") ? SyntaxKind::call : SyntaxKind::index, left->offset);
    const std::string_view closing = token.is("(") ? ")" : "]";
    take();
    node->items = {left};
    parse_arguments(node->items, closing);
    return close(node);
  }
  if (token.is("!") && (peek(1).is(".") || peek(1).is(")") || peek(1).is(";"))) {
    unsupported(token, "the null-forgiving operator of C# 8");
    take();
    return left;
  }
  if (token.is("->")) unsupported(token, "a pointer");
  return nullptr;
}

void Parser::parse_arguments(std::vector<Syntax*>& to, std::string_view closing) {
  if (accept(closing)) return;
  while (true) {
    to.push_back(parse_argument());
    if (accept(",")) continue;
    expect(closing, "behind the arguments");
    return;
  }
}

Syntax* Parser::parse_argument() {
  Syntax* node = make(SyntaxKind::argument, peek());
  if (peek().kind == TokenKind::identifier && peek(1).is(":")) {
    node->text = take().text;
    take();
  }
  if (peek().is("out") || peek().is("ref")) {
    node->text2 = take().text;
    const std::size_t start = at_;
    if (Syntax* type = try_type(); type != nullptr && peek().kind == TokenKind::identifier) {
      Syntax* variable = make(SyntaxKind::out_variable, peek());
      variable->type = type;
      variable->text = take().text;
      node->items = {variable};
      return close(node);
    }
    at_ = start;
  }
  node->items = {parse_expression()};
  return close(node);
}

bool Parser::parse_type_arguments_if_any(Syntax* node) {
  if (!peek().is("<")) return false;
  const std::size_t start = at_, findings = findings_.size(), last = last_error_at_;
  const bool had_failed = failed_, was_too_deep = too_deep_;
  std::vector<Syntax*> types;
  const bool ok = parse_type_list(types) && findings_.size() == findings && follows_type_arguments(peek());
  if (!ok) {
    findings_.rewind(findings);
    failed_ = had_failed;
    too_deep_ = was_too_deep;
    last_error_at_ = last;
    at_ = start;
    return false;
  }
  node->types = std::move(types);
  return true;
}

Syntax* Parser::parse_atom() {
  const Token& token = peek();
  switch (token.kind) {
    case TokenKind::number: return parse_number(take());
    case TokenKind::character: {
      Syntax* node = make(SyntaxKind::literal, take());
      node->value = token.value;
      return node;
    }
    case TokenKind::string: {
      Syntax* node = make(SyntaxKind::literal, take());
      node->value = Value::string(arena_.copy(token.decoded));
      return node;
    }
    case TokenKind::interpolated: return parse_interpolated();
    case TokenKind::identifier: {
      Syntax* node = make(SyntaxKind::name, take());
      node->text = token.text;
      if (peek().is("::")) {  // global::System
        take();
        node->text = take().text;
      }
      parse_type_arguments_if_any(node);
      return close(node);
    }
    case TokenKind::keyword: return parse_keyword_atom();
    case TokenKind::punctuation:
      if (token.is("(")) return parse_parenthesized();
      break;
    case TokenKind::end: break;
  }
  report(token, "SL3003",
         token.kind == TokenKind::end ? "an expression is missing" : "unexpected '" + std::string(token.text) + "'");
  return error_node(token);
}

Syntax* Parser::parse_number(const Token& token) {
  Syntax* node = make(SyntaxKind::literal, token);
  node->value = token.value;
  if (token.value.kind() == ValueKind::decimal) node->text = arena_.copy(token.decoded);
  return node;
}

Syntax* Parser::parse_keyword_atom() {
  const Token& token = peek();
  const std::string_view text = token.text;
  if (text == "true" || text == "false" || text == "null") {
    Syntax* node = make(SyntaxKind::literal, take());
    if (text != "null") node->value = Value::boolean(text == "true");
    return node;
  }
  if (text == "new") return parse_new();
  if (text == "typeof" || (text == "default" && peek(1).is("("))) {
    Syntax* node = make(text == "typeof" ? SyntaxKind::type_of : SyntaxKind::default_of, take());
    expect("(", "in front of the type");
    node->type = parse_type();
    expect(")", "behind the type");
    return close(node);
  }
  if (text == "default") return make(SyntaxKind::default_of, take());
  if (text == "checked" || text == "unchecked") {
    Syntax* node = make(SyntaxKind::checked_of, take());
    node->text = text;
    expect("(", "in front of the expression");
    node->items = {parse_expression()};
    expect(")", "behind the expression");
    return close(node);
  }
  if (is_type_keyword(text) && peek(1).is(".")) {
    Syntax* node = make(SyntaxKind::type_expression, token);
    node->type = parse_type_core();
    return close(node);
  }
  if (text == "this" || text == "base" || text == "sizeof" || text == "stackalloc" || text == "delegate") {
    const std::string name = "'" + std::string(text) + "'";
    unsupported(token, name.c_str());
    take();
    return error_node(token);
  }
  report(token, "SL3003", "unexpected '" + std::string(text) + "'");
  return error_node(token);
}

bool Parser::looks_like_lambda() const {
  const Token& token = peek();
  if (token.kind == TokenKind::identifier) return peek(1).is("=>");
  if (!token.is("(")) return false;
  unsigned depth = 0;
  for (std::size_t i = at_; i < tokens_.size(); ++i) {
    if (tokens_[i].is("("))
      ++depth;
    else if (tokens_[i].is(")") && --depth == 0)
      return i + 1 < tokens_.size() && tokens_[i + 1].is("=>");
    else if (tokens_[i].is(";") || tokens_[i].is("{"))
      return false;
  }
  return false;
}

Syntax* Parser::parse_lambda() {
  Syntax* node = make(SyntaxKind::lambda, peek());
  if (peek().kind == TokenKind::identifier) {
    Syntax* parameter = make(SyntaxKind::parameter, peek());
    parameter->text = take().text;
    node->items.push_back(parameter);
  } else {
    take();
    while (!peek().is(")")) {
      Syntax* parameter = make(SyntaxKind::parameter, peek());
      if (!(peek().kind == TokenKind::identifier && (peek(1).is(",") || peek(1).is(")"))))
        parameter->type = parse_type();
      if (peek().kind != TokenKind::identifier) {
        report(peek(), "SL3003", "expected a parameter name");
        return error_node(peek());
      }
      parameter->text = take().text;
      node->items.push_back(parameter);
      if (!accept(",")) break;
    }
    expect(")", "behind the parameters");
  }
  expect("=>", "in the lambda");
  return parse_lambda_body(node);
}

Syntax* Parser::parse_lambda_body(Syntax* node) {
  node->is_verbatim_block = peek().is("{");
  node->body = node->is_verbatim_block ? parse_block() : parse_expression();
  return close(node);
}

Syntax* Parser::parse_interpolated() {
  const Token token = take();
  Syntax* node = make(SyntaxKind::interpolated, token);
  for (const InterpolationPart& part : token.parts) {
    if (!part.is_hole) {
      Syntax* literal = make(SyntaxKind::literal, token);
      literal->value = Value::string(arena_.copy(part.literal));
      node->items.push_back(literal);
      continue;
    }
    const Nesting nesting(*this);
    if (!nesting.ok) return error_node(token);
    Parser inner(part.code, part.offset, arena_, limits_, findings_);
    inner.depth_ = depth_;
    Syntax* hole = make(SyntaxKind::hole, part.offset);
    hole->end = part.offset + static_cast<std::uint32_t>(part.code.size());
    hole->items = {inner.parse_expression_text()};
    hole->text = arena_.copy(part.format);
    hole->text2 = trim(part.alignment);
    failed_ = failed_ || inner.failed_;
    too_deep_ = too_deep_ || inner.too_deep_;
    node->items.push_back(hole);
  }
  return node;
}

}  // namespace sluice::expression
