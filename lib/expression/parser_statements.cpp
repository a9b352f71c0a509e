// SPDX-License-Identifier: Apache-2.0
// Statements. Entry: parse_statement. After a mistake the parser goes on behind the next `;` or at the closing brace.
#include "expression/parser.hpp"
#include "expression/parser_nesting.hpp"

namespace sluice::expression {

void Parser::synchronize() {
  unsigned depth = 0;
  while (peek().kind != TokenKind::end) {
    if (peek().is("{")) ++depth;
    if (peek().is("}")) {
      if (depth == 0) break;
      --depth;
    }
    if (take().is(";") && depth == 0) break;
  }
  failed_ = false;
}

Syntax* Parser::parse_block() {
  Syntax* block = make(SyntaxKind::block, peek());
  if (!expect("{", "to open a block")) return block;
  while (!peek().is("}") && peek().kind != TokenKind::end && !too_deep_) {
    const std::size_t before = at_;
    block->items.push_back(parse_statement());
    if (at_ == before) take();
  }
  expect("}", "to close the block");
  return close(block);
}

Syntax* Parser::parse_statement() {
  const Nesting nesting(*this);
  if (!nesting.ok) {
    at_ = tokens_.size() - 1;
    return error_node(peek());
  }
  const Token& token = peek();
  failed_ = false;
  Syntax* statement = nullptr;
  if (token.is("{"))
    statement = parse_block();
  else if (token.is(";"))
    statement = make(SyntaxKind::empty, take());
  else if (token.kind == TokenKind::keyword)
    statement = parse_keyword_statement();
  if (statement == nullptr) statement = parse_local_or_expression();
  if (failed_) synchronize();
  return statement;
}

Syntax* Parser::parse_keyword_statement() {
  const Token& token = peek();
  const std::string_view text = token.text;
  const auto simple = [&](SyntaxKind kind) {
    Syntax* node = make(kind, take());
    expect(";", "behind the statement");
    return close(node);
  };
  const auto condition = [&](Syntax* node) {
    expect("(", "in front of the condition");
    node->items.push_back(parse_expression());
    expect(")", "behind the condition");
  };
  if (text == "if") {
    Syntax* node = make(SyntaxKind::if_statement, take());
    condition(node);
    if (failed_) return node;
    node->items.push_back(parse_statement());
    if (accept("else")) node->items.push_back(parse_statement());
    return close(node);
  }
  if (text == "for") return parse_for();
  if (text == "foreach") return parse_foreach();
  if (text == "while") {
    Syntax* node = make(SyntaxKind::while_statement, take());
    condition(node);
    if (!failed_) node->items.push_back(parse_statement());
    return close(node);
  }
  if (text == "do") {
    Syntax* node = make(SyntaxKind::do_statement, take());
    node->items.push_back(parse_statement());
    expect("while", "behind the body of 'do'");
    condition(node);
    expect(";", "behind the statement");
    return close(node);
  }
  if (text == "switch") return parse_switch();
  if (text == "try") return parse_try();
  if (text == "using") return parse_using();
  if (text == "break") return simple(SyntaxKind::break_statement);
  if (text == "continue") return simple(SyntaxKind::continue_statement);
  if (text == "return" || text == "throw") {
    Syntax* node = make(text == "return" ? SyntaxKind::return_statement : SyntaxKind::throw_statement, take());
    if (!peek().is(";")) node->items.push_back(parse_expression());
    expect(";", "behind the statement");
    return close(node);
  }
  if (text == "const") {
    Syntax* node = make(SyntaxKind::local, take());
    node->text = "const";
    node->type = parse_type();
    return parse_declarators(node);
  }
  if (text == "lock") {
    Syntax* node = make(SyntaxKind::lock_statement, take());
    condition(node);
    if (!failed_) node->items.push_back(parse_statement());
    return close(node);
  }
  if ((text == "checked" || text == "unchecked") && peek(1).is("{")) {
    take();
    Syntax* block = parse_block();
    block->text = text;
    return block;
  }
  if (text == "goto" || text == "unsafe" || text == "fixed" || text == "class" || text == "struct" ||
      text == "public" || text == "private" || text == "static" || text == "namespace" || text == "interface" ||
      text == "enum" || text == "delegate" || text == "event") {
    const std::string name = "'" + std::string(text) + "'";
    unsupported(token, name.c_str());
    take();
    return error_node(token);
  }
  return nullptr;
}

bool Parser::is_declaration() {
  const std::size_t start = at_;
  Syntax* type = try_type();
  bool result = false;
  if (type != nullptr && peek().kind == TokenKind::identifier) {
    const Token& after = peek(1);
    result = after.is("=") || after.is(";") || after.is(",") || after.is("(") || after.is("<") ||
             after.kind == TokenKind::end;
  }
  at_ = start;
  return result;
}

Syntax* Parser::parse_local_or_expression() {
  if (is_name("yield") && (peek(1).is("return") || peek(1).is("break"))) {
    unsupported(peek(), "an iterator ('yield')");
    take();
    return error_node(peek());
  }
  if (is_name("async")) unsupported(peek(), "async");
  if (is_deconstruction("=")) return parse_deconstruction_statement();
  if (is_declaration()) {
    Syntax* node = make(SyntaxKind::local, peek());
    node->type = parse_type();
    if (peek(1).is("(") || peek(1).is("<")) return parse_local_function(node->type);
    return parse_declarators(node);
  }
  Syntax* node = make(SyntaxKind::expression_statement, peek());
  node->items.push_back(parse_expression());
  if (!failed_) expect(";", "behind the statement");
  return close(node);
}

Syntax* Parser::parse_declarators(Syntax* node) {
  while (true) {
    if (peek().kind != TokenKind::identifier) {
      report(peek(), "SL3004", "expected the name of a variable");
      return close(node);
    }
    Syntax* declarator = make(SyntaxKind::declarator, peek());
    declarator->text = take().text;
    if (accept("=")) declarator->items.push_back(peek().is("{") ? parse_initializer() : parse_expression());
    node->items.push_back(close(declarator));
    if (!accept(",")) break;
  }
  if (!failed_) expect(";", "behind the declaration");
  return close(node);
}

Syntax* Parser::parse_local_function(Syntax* type) {
  Syntax* node = make(SyntaxKind::local_function, type->offset);
  node->type = type;
  node->text = take().text;
  if (peek().is("<")) {
    unsupported(peek(), "a generic local function");
    return error_node(peek());
  }
  take();  // (
  while (!peek().is(")") && peek().kind != TokenKind::end) {
    Syntax* parameter = make(SyntaxKind::parameter, peek());
    if (peek().is("ref") || peek().is("out") || peek().is("params")) {
      const std::string name = "a '" + std::string(peek().text) + "' parameter of a local function";
      unsupported(peek(), name.c_str());
      take();
    }
    parameter->type = parse_type();
    if (peek().kind != TokenKind::identifier) {
      report(peek(), "SL3004", "expected the name of a parameter");
      return close(node);
    }
    parameter->text = take().text;
    if (accept("=")) parameter->items.push_back(parse_expression());
    node->items.push_back(close(parameter));
    if (!accept(",")) break;
  }
  expect(")", "behind the parameters");
  if (accept("=>")) {
    node->body = parse_expression();
    expect(";", "behind the local function");
  } else {
    node->is_verbatim_block = true;
    node->body = parse_block();
  }
  return close(node);
}

Syntax* Parser::parse_for() {
  Syntax* node = make(SyntaxKind::for_statement, take());
  expect("(", "behind 'for'");
  Syntax* init = make(SyntaxKind::block, peek());
  if (peek().is(";")) {
    take();
  } else if (is_deconstruction("=")) {
    init->items.push_back(parse_deconstruction_statement());
  } else if (is_declaration()) {
    Syntax* local = make(SyntaxKind::local, peek());
    local->type = parse_type();
    init->items.push_back(parse_declarators(local));
  } else {
    do {
      Syntax* statement = make(SyntaxKind::expression_statement, peek());
      statement->items.push_back(parse_expression());
      init->items.push_back(close(statement));
    } while (accept(","));
    expect(";", "in 'for'");
  }
  Syntax* condition = peek().is(";") ? nullptr : parse_expression();
  expect(";", "in 'for'");
  Syntax* step = make(SyntaxKind::block, peek());
  if (!peek().is(")")) {
    do {
      Syntax* statement = make(SyntaxKind::expression_statement, peek());
      statement->items.push_back(parse_expression());
      step->items.push_back(close(statement));
    } while (accept(","));
  }
  expect(")", "behind the head of 'for'");
  if (failed_) return close(node);
  node->items = {init, condition, step, parse_statement()};
  return close(node);
}

Syntax* Parser::parse_foreach() {
  Syntax* node = make(SyntaxKind::foreach_statement, take());
  expect("(", "behind 'foreach'");
  if (is_deconstruction("in")) {
    node->guard = parse_deconstruction(false);
  } else {
    node->type = parse_type();
    if (peek().kind != TokenKind::identifier) {
      report(peek(), "SL3004", "expected the name of a variable");
      return close(node);
    }
    node->text = take().text;
  }
  expect("in", "in 'foreach'");
  node->items.push_back(parse_expression());
  expect(")", "behind the head of 'foreach'");
  if (!failed_) node->items.push_back(parse_statement());
  return close(node);
}

Syntax* Parser::parse_switch() {
  Syntax* node = make(SyntaxKind::switch_statement, take());
  expect("(", "behind 'switch'");
  node->items.push_back(parse_expression());
  expect(")", "behind the value of 'switch'");
  if (!expect("{", "to open the sections of 'switch'")) return close(node);
  while (!peek().is("}") && peek().kind != TokenKind::end && !too_deep_) {
    Syntax* section = make(SyntaxKind::section, peek());
    while (peek().is("case") || (peek().is("default") && peek(1).is(":"))) section->types.push_back(parse_case_label());
    if (section->types.empty()) {
      report(peek(), "SL3004", "expected 'case' or 'default'");
      return close(node);
    }
    while (!peek().is("case") && !(peek().is("default") && peek(1).is(":")) && !peek().is("}") &&
           peek().kind != TokenKind::end && !too_deep_) {
      const std::size_t before = at_;
      section->items.push_back(parse_statement());
      if (at_ == before) take();
    }
    node->items.push_back(close(section));
  }
  expect("}", "to close 'switch'");
  return close(node);
}

Syntax* Parser::parse_case_label() {
  Syntax* label = make(SyntaxKind::case_label, peek());
  if (take().text == "case") {
    const std::size_t start = at_;
    // A type pattern: type and name.
    if (Syntax* type = try_type(); type != nullptr && peek().kind == TokenKind::identifier && !is_name("when")) {
      label->type = type;
      label->text2 = take().text;
    } else {
      at_ = start;
      label->items.push_back(parse_expression());
    }
    if (is_name("when")) {
      take();
      label->guard = parse_expression();
    }
  }
  expect(":", "behind the label");
  return close(label);
}

Syntax* Parser::parse_try() {
  Syntax* node = make(SyntaxKind::try_statement, take());
  node->items.push_back(parse_block());
  while (peek().is("catch")) {
    Syntax* clause = make(SyntaxKind::catch_clause, take());
    if (accept("(")) {
      clause->type = parse_type();
      if (peek().kind == TokenKind::identifier) clause->text = take().text;
      expect(")", "behind the exception");
    }
    if (is_name("when")) {
      take();
      expect("(", "behind 'when'");
      clause->guard = parse_expression();
      expect(")", "behind the filter");
    }
    clause->items.push_back(parse_block());
    node->items.push_back(close(clause));
  }
  if (accept("finally")) node->guard = parse_block();
  if (node->items.size() == 1 && node->guard == nullptr) {
    report(peek(), "SL3004", "'try' needs a 'catch' or a 'finally'");
  }
  return close(node);
}

Syntax* Parser::parse_using() {
  const Token& start = peek();
  if (!peek(1).is("(")) {
    unsupported(start, "a using declaration of C# 8, or a using directive,");
    take();
    return error_node(start);
  }
  Syntax* node = make(SyntaxKind::using_statement, take());
  take();
  if (is_declaration()) {
    Syntax* local = make(SyntaxKind::local, peek());
    local->type = parse_type();
    while (peek().kind == TokenKind::identifier) {
      Syntax* declarator = make(SyntaxKind::declarator, peek());
      declarator->text = take().text;
      expect("=", "in the resource of 'using'");
      declarator->items.push_back(parse_expression());
      local->items.push_back(close(declarator));
      if (!accept(",")) break;
    }
    node->items.push_back(close(local));
  } else {
    node->items.push_back(parse_expression());
  }
  expect(")", "behind the resource of 'using'");
  if (!failed_) node->items.push_back(parse_statement());
  return close(node);
}

}  // namespace sluice::expression
