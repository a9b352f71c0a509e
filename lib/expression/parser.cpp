// SPDX-License-Identifier: Apache-2.0
// The parser's entry points, its view of the tokens, and types.
#include "expression/parser.hpp"

#include "expression/lexer.hpp"
#include "expression/parser_nesting.hpp"

#include <array>

namespace sluice::expression {

bool is_type_keyword(std::string_view text) {
  static constexpr std::array names = {"bool",   "byte",  "char",  "decimal", "double", "float", "int",    "long",
                                       "object", "sbyte", "short", "string",  "uint",   "ulong", "ushort", "void"};
  for (const char* name : names) {
    if (text == name) return true;
  }
  return false;
}

Parser::Parser(std::string_view text, std::uint32_t base, Arena& arena, const ExpressionLimits& limits,
               Findings& findings)
    : text_(text), arena_(arena), limits_(limits), findings_(findings), tokens_(tokenize(text, base, findings)) {}

Syntax* Parser::parse_expression_text() {
  Syntax* node = parse_expression();
  if (peek().kind != TokenKind::end) {
    report(peek(), "SL3003", "unexpected '" + std::string(peek().text) + "' behind the expression");
  }
  return node;
}

Syntax* Parser::parse_statements_text() {
  Syntax* block = make(SyntaxKind::block, peek());
  while (peek().kind != TokenKind::end && !too_deep_) {
    if (peek().is("}")) {
      report(peek(), "SL3004", "unexpected '}'");
      take();
      continue;
    }
    const std::size_t before = at_;
    block->items.push_back(parse_statement());
    if (at_ == before) take();
  }
  return close(block);
}

const Token& Parser::peek(std::size_t ahead) const {
  const std::size_t index = at_ + ahead;
  return index < tokens_.size() ? tokens_[index] : tokens_.back();
}

const Token& Parser::take() {
  const Token& token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool Parser::accept(std::string_view mark) {
  if (!peek().is(mark)) return false;
  take();
  return true;
}

bool Parser::expect(std::string_view mark, const char* where) {
  if (accept(mark)) return true;
  const Token& found = peek();
  const std::string text = found.kind == TokenKind::end ? "the end" : "'" + std::string(found.text) + "'";
  report(found, "SL3003", "expected '" + std::string(mark) + "' " + where + ", found " + text);
  return false;
}

bool Parser::is_name(std::string_view contextual, std::size_t ahead) const {
  return peek(ahead).kind == TokenKind::identifier && peek(ahead).text == contextual;
}

void Parser::report(const Token& at, std::string_view code, std::string message) {
  failed_ = true;
  // One finding per place: what follows from it would only repeat it.
  if (last_error_at_ == at.offset) return;
  last_error_at_ = at.offset;
  findings_.error(code, at.offset, at.length, std::move(message));
}

void Parser::unsupported(const Token& at, const char* construct) {
  report(at, "SL3005", std::string(construct) + " cannot be used in policy expressions");
}

Syntax* Parser::make(SyntaxKind kind, const Token& at) {
  Syntax* node = make(kind, at.offset);
  node->end = at.end();
  return node;
}

Syntax* Parser::make(SyntaxKind kind, std::uint32_t offset) {
  Syntax* node = arena_.make<Syntax>();
  node->kind = kind;
  node->offset = offset;
  node->end = offset + 1;
  return node;
}

Syntax* Parser::close(Syntax* node) {
  if (at_ > 0) node->end = std::max(node->end, tokens_[at_ - 1].end());
  return node;
}

Syntax* Parser::error_node(const Token& at) { return make(SyntaxKind::error, at); }

Syntax* Parser::parse_type_core() {
  const Token& start = peek();
  if (start.kind == TokenKind::keyword && is_type_keyword(start.text)) {
    Syntax* node = make(SyntaxKind::type_name, take());
    node->text = start.text;
    return node;
  }
  if (start.is("(")) return parse_tuple_type();
  if (start.kind != TokenKind::identifier) {
    report(start, "SL3003", "expected a type, found '" + std::string(start.text) + "'");
    return error_node(start);
  }
  Syntax* node = make(SyntaxKind::type_name, start);
  std::string dotted(take().text);
  if (peek().is("::")) {
    take();
    dotted = std::string(take().text);
  }
  while (true) {
    if (peek().is("<") && !parse_type_list(node->types)) return error_node(start);
    if (!peek().is(".") || peek(1).kind != TokenKind::identifier) break;
    take();
    dotted += '.';
    dotted += take().text;
  }
  node->text = arena_.copy(dotted);
  return close(node);
}

bool Parser::parse_type_list(std::vector<Syntax*>& to) {
  take();  // <
  while (true) {
    Syntax* type = parse_type();
    if (type->kind == SyntaxKind::error) return false;
    to.push_back(type);
    if (accept(",")) continue;
    return expect(">", "to close the type arguments");
  }
}

Syntax* Parser::parse_type(bool arrays) {
  const Nesting nesting(*this);
  if (!nesting.ok) return error_node(peek());
  Syntax* type = parse_type_core();
  while (type->kind != SyntaxKind::error) {
    if (peek().is("?")) {
      Syntax* nullable = make(SyntaxKind::type_nullable, type->offset);
      take();
      nullable->items.push_back(type);
      type = close(nullable);
    } else if (arrays && peek().is("[") && peek(1).is("]")) {
      Syntax* array = make(SyntaxKind::type_array, type->offset);
      take();
      take();
      array->items.push_back(type);
      type = close(array);
    } else if (arrays && peek().is("[") && peek(1).is(",")) {
      unsupported(peek(), "an array of several dimensions");
      return error_node(peek());
    } else {
      break;
    }
  }
  return type;
}

Syntax* Parser::try_type() {
  const std::size_t start = at_, findings = findings_.size(), last = last_error_at_;
  const bool had_failed = failed_, was_too_deep = too_deep_;
  Syntax* type = parse_type();
  if (type->kind == SyntaxKind::error || findings_.size() != findings) {
    findings_.rewind(findings);
    failed_ = had_failed;
    too_deep_ = was_too_deep;
    last_error_at_ = last;
    at_ = start;
    return nullptr;
  }
  return type;
}

}  // namespace sluice::expression
