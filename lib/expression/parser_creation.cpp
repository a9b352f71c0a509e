// SPDX-License-Identifier: Apache-2.0
// `new` in all its forms, and initialisers.
#include "expression/parser.hpp"
#include "expression/parser_nesting.hpp"

namespace sluice::expression {

Syntax* Parser::parse_new() {
  const Token start = take();
  if (peek().is("{")) return parse_anonymous(start);
  const std::size_t at_type = at_;
  const Syntax* tuple = peek().is("(") ? try_type() : nullptr;
  at_ = at_type;
  if (peek().is("(") && tuple == nullptr) {
    unsupported(start, "new() without a type, of C# 9,");
    take();
    std::vector<Syntax*> arguments;
    parse_arguments(arguments, ")");
    return error_node(start);
  }
  if (peek().is("[")) {
    Syntax* node = make(SyntaxKind::new_array, start);
    take();
    expect("]", "in 'new[]'");
    if (!peek().is("{"))
      report(peek(), "SL3003", "an array without type needs an initialiser '{ ... }'");
    else
      node->initializer = parse_initializer();
    return close(node);
  }
  Syntax* type = parse_type(false);
  if (type->kind == SyntaxKind::error) return type;
  if (peek().is("[")) {
    Syntax* node = make(SyntaxKind::new_array, start);
    node->type = type;
    return parse_array_creation(node);
  }
  Syntax* node = make(SyntaxKind::new_object, start);
  node->type = type;
  if (accept("("))
    parse_arguments(node->items, ")");
  else if (!peek().is("{"))
    report(peek(), "SL3003", "expected '(', '[' or '{' behind the type of 'new'");
  if (peek().is("{")) node->initializer = parse_initializer();
  return close(node);
}

Syntax* Parser::parse_array_creation(Syntax* node) {
  take();  // [
  if (!peek().is("]")) {
    node->items.push_back(parse_expression());
    if (peek().is(",")) unsupported(peek(), "an array of several dimensions");
  }
  expect("]", "in the array creation");
  // new T[n][]: the element type is an array itself.
  while (peek().is("[") && peek(1).is("]")) {
    take();
    take();
    Syntax* array = make(SyntaxKind::type_array, node->type->offset);
    array->items.push_back(node->type);
    node->type = close(array);
  }
  if (peek().is("{")) {
    node->initializer = parse_initializer();
  } else if (node->items.empty()) {
    report(peek(), "SL3003", "an array needs a size or an initialiser");
    return error_node(peek());
  }
  return close(node);
}

Syntax* Parser::parse_anonymous(const Token& start) {
  Syntax* node = make(SyntaxKind::new_anonymous, start);
  take();  // {
  while (!peek().is("}") && peek().kind != TokenKind::end) {
    Syntax* member = make(SyntaxKind::argument, peek());
    if (peek().kind == TokenKind::identifier && peek(1).is("=")) {
      member->text = take().text;
      take();
    }
    member->items = {parse_expression()};
    if (member->text.empty()) {
      const Syntax* value = member->items[0];
      if (value->kind == SyntaxKind::null_conditional) value = value->items[1];
      if (value->kind == SyntaxKind::name || value->kind == SyntaxKind::member)
        member->text = value->text;
      else if (value->kind != SyntaxKind::error)
        report(peek(), "SL3003", "a member of an anonymous object needs a name");
    }
    node->items.push_back(close(member));
    if (!accept(",")) break;
  }
  expect("}", "to close the anonymous object");
  return close(node);
}

Syntax* Parser::parse_initializer() {
  const Nesting nesting(*this);
  Syntax* node = make(SyntaxKind::initializer, peek());
  if (!nesting.ok) return node;
  take();  // {
  while (!peek().is("}") && peek().kind != TokenKind::end) {
    node->items.push_back(parse_initializer_item());
    if (!accept(",")) break;
  }
  expect("}", "to close the initialiser");
  return close(node);
}

Syntax* Parser::parse_initializer_item() {
  if (peek().is("{")) return parse_initializer();
  if (peek().is("[")) {
    Syntax* node = make(SyntaxKind::index_setter, take());
    parse_arguments(node->items, "]");
    expect("=", "in the index initialiser");
    node->items.push_back(peek().is("{") ? parse_initializer() : parse_expression());
    return close(node);
  }
  if (peek().kind == TokenKind::identifier && peek(1).is("=") && !peek(2).is("=")) {
    Syntax* node = make(SyntaxKind::assign, peek());
    Syntax* name = make(SyntaxKind::name, peek());
    name->text = take().text;
    node->text = take().text;
    node->items = {name, peek().is("{") ? parse_initializer() : parse_expression()};
    return close(node);
  }
  return parse_expression();
}

}  // namespace sluice::expression
