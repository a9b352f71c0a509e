// SPDX-License-Identifier: Apache-2.0
// Tuples: literals `(1, name: x)`, types `(int a, string b)`, and what a tuple is taken apart into:
// `var (a, b)`, `(int a, var b)`.
#include "expression/parser.hpp"
#include "expression/parser_nesting.hpp"

namespace sluice::expression {

/// `(x)` is x; with a comma it is a tuple.
Syntax* Parser::parse_parenthesized() {
  const Token& open = take();
  const bool named = peek().kind == TokenKind::identifier && peek(1).is(":");
  Syntax* inner = named ? parse_argument() : parse_expression();
  if (!named && !peek().is(",")) {
    expect(")", "to close the parenthesis");
    inner->parenthesized = true;
    return inner;
  }
  Syntax* node = make(SyntaxKind::tuple, open);
  node->items = {inner};
  while (accept(",")) {
    node->items.push_back(peek().kind == TokenKind::identifier && peek(1).is(":") ? parse_argument()
                                                                                  : parse_expression());
  }
  if (node->items.size() == 1) report(peek(), "SL3003", "a tuple has at least two items");
  expect(")", "behind the tuple");
  return close(node);
}

Syntax* Parser::parse_tuple_type() {
  Syntax* node = make(SyntaxKind::type_tuple, take());
  do {
    Syntax* item = make(SyntaxKind::out_variable, peek());
    item->type = parse_type();
    if (item->type->kind == SyntaxKind::error) return item->type;
    if (peek().kind == TokenKind::identifier) item->text = take().text;
    node->items.push_back(close(item));
  } while (accept(","));
  if (node->items.size() == 1) {
    report(peek(), "SL3003", "the type of a tuple has at least two items");
    return error_node(peek());
  }
  if (!expect(")", "behind the type of a tuple")) return error_node(peek());
  return close(node);
}

/// Whether a tuple that is taken apart follows: what stands in its brackets is not looked at, what stands behind is.
bool Parser::is_deconstruction(std::string_view behind) const {
  std::size_t ahead = is_name("var") ? 1 : 0;
  if (!peek(ahead).is("(")) return false;
  for (std::size_t depth = 0; peek(ahead).kind != TokenKind::end; ++ahead) {
    if (peek(ahead).is("(")) ++depth;
    if (peek(ahead).is(")") && --depth == 0) return peek(ahead + 1).is(behind);
    if (peek(ahead).is(";")) return false;
  }
  return false;
}

/// A tuple of variables, names and tuples. `all_new`: `var` stands before it, every name is a new variable.
Syntax* Parser::parse_deconstruction(bool all_new) {
  const Nesting nesting(*this);
  if (!nesting.ok) return error_node(peek());
  if (!all_new && is_name("var") && peek(1).is("(")) {
    take();
    all_new = true;
  }
  Syntax* node = make(SyntaxKind::tuple, peek());
  if (!expect("(", "in front of the variables")) return node;
  do {
    if (peek().is("(") || (!all_new && is_name("var") && peek(1).is("("))) {
      node->items.push_back(parse_deconstruction(all_new));
      continue;
    }
    Syntax* item = make(SyntaxKind::out_variable, peek());
    if (!all_new) {
      const std::size_t start = at_;
      item->type = try_type();
      if (item->type == nullptr || peek().kind != TokenKind::identifier) {
        at_ = start;
        node->items.push_back(parse_conditional());
        continue;
      }
    }
    if (peek().kind != TokenKind::identifier) {
      report(peek(), "SL3004", "expected the name of a variable");
      return close(node);
    }
    item->text = take().text;
    node->items.push_back(close(item));
  } while (accept(",") && !failed_);
  if (node->items.size() == 1) report(peek(), "SL3003", "a tuple has at least two items");
  expect(")", "behind the variables");
  return close(node);
}

/// `var (a, b) = value;`
Syntax* Parser::parse_deconstruction_statement() {
  Syntax* node = make(SyntaxKind::expression_statement, peek());
  Syntax* assign = make(SyntaxKind::assign, peek());
  assign->text = "=";
  assign->items = {parse_deconstruction(false)};
  if (expect("=", "behind the variables")) assign->items.push_back(parse_expression());
  if (assign->items.size() == 1) return error_node(peek());
  node->items = {close(assign)};
  if (!failed_) expect(";", "behind the statement");
  return close(node);
}

}  // namespace sluice::expression
