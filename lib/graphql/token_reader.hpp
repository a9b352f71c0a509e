// SPDX-License-Identifier: Apache-2.0
// What the two parsers share: tokens one after another, and the parts that both kinds of documents have.
#pragma once

#include "graphql/parser.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace sluice::graphql {

class TokenReader {
 public:
  TokenReader(std::vector<Token> tokens, const ParseLimits& limits) : tokens_(std::move(tokens)), limits_(limits) {}

  std::optional<Fault>& fault() { return fault_; }

 protected:
  const Token& here() const { return tokens_[at_]; }
  std::size_t last_end() const { return at_ == 0 ? 0 : tokens_[at_ - 1].end; }
  bool is_punctuator(std::string_view text) const {
    return here().kind == TokenKind::punctuator && here().text == text;
  }
  bool is_word(std::string_view text) const { return here().kind == TokenKind::name && here().text == text; }
  void advance() { at_ = std::min(at_ + 1, tokens_.size() - 1); }
  bool take(std::string_view punctuator) {
    if (!is_punctuator(punctuator)) return false;
    advance();
    return true;
  }
  bool take_word(std::string_view word) {
    if (!is_word(word)) return false;
    advance();
    return true;
  }
  bool refuse(std::string message) {
    if (!fault_) fault_ = Fault{here().offset, std::move(message)};
    return false;
  }
  bool unexpected(std::string_view wanted) {
    const std::string found =
        here().kind == TokenKind::end ? "the end" : "'" + std::string(here().text.substr(0, 40)) + "'";
    return refuse("Expected " + std::string(wanted) + ", found " + found + ".");
  }
  bool expect(std::string_view punctuator) {
    return take(punctuator) || unexpected("'" + std::string(punctuator) + "'");
  }
  bool name(std::string_view& to) {
    if (here().kind != TokenKind::name) return unexpected("a name");
    to = here().text;
    advance();
    return true;
  }
  /// `open item… close` with at least one item.
  template <class Item>
  bool several(std::string_view open, std::string_view close, Item item) {
    if (!expect(open)) return false;
    do {
      if (!item()) return false;
    } while (!take(close));
    return true;
  }
  bool is_too_deep(unsigned depth) {
    if (depth < limits_.depth) return false;
    refuse("Nested deeper than " + std::to_string(limits_.depth) + " levels.");
    return true;
  }

  bool type(TypeReference& to, unsigned depth = 0) {
    if (is_too_deep(depth)) return false;
    if (depth == 0) to.offset = here().offset;
    if (!take("[")) {
      if (!name(to.name)) return false;
      to.is_required = take("!");
      return true;
    }
    const std::size_t place = to.lists_required.size();
    to.lists_required.push_back(false);
    if (!type(to, depth + 1) || !expect("]")) return false;
    to.lists_required[place] = take("!");
    return true;
  }

  bool value(Value& to, bool is_constant, unsigned depth = 0) {
    if (is_too_deep(depth)) return false;
    const Token token = here();
    to.offset = token.offset;
    to.text = token.text;
    switch (token.kind) {
      case TokenKind::integer: to.kind = Value::Kind::integer; break;
      case TokenKind::real: to.kind = Value::Kind::real; break;
      case TokenKind::text:
      case TokenKind::block_text:
        to.kind = Value::Kind::text;
        to.is_block = token.kind == TokenKind::block_text;
        break;
      case TokenKind::name:
        to.kind = token.text == "null"                            ? Value::Kind::null
                  : token.text == "true" || token.text == "false" ? Value::Kind::boolean
                                                                  : Value::Kind::enumeration;
        break;
      default: return compound_value(to, is_constant, depth);
    }
    advance();
    return true;
  }
  bool arguments(std::vector<Argument>& to, bool is_constant) {
    if (!is_punctuator("(")) return true;
    return several("(", ")", [&] { return member(to, is_constant, 0); });
  }
  bool directives(std::vector<Directive>& to, bool is_constant) {
    while (is_punctuator("@")) {
      Directive& directive = to.emplace_back();
      directive.offset = here().offset;
      advance();
      if (!name(directive.name) || !arguments(directive.arguments, is_constant)) return false;
    }
    return true;
  }

  const ParseLimits& limits() const { return limits_; }

 private:
  bool compound_value(Value& to, bool is_constant, unsigned depth) {
    if (take("$")) {
      if (is_constant) return refuse("A variable may not stand here.");
      to.kind = Value::Kind::variable;
      return name(to.text);
    }
    if (take("[")) {
      to.kind = Value::Kind::list;
      while (!take("]")) {
        if (!value(to.items.emplace_back(), is_constant, depth + 1)) return false;
      }
      return true;
    }
    if (!take("{")) return unexpected("a value");
    to.kind = Value::Kind::object;
    while (!take("}")) {
      if (!member(to.members, is_constant, depth + 1)) return false;
    }
    return true;
  }
  bool member(std::vector<ValueMember>& to, bool is_constant, unsigned depth) {
    ValueMember& member = to.emplace_back();
    member.offset = here().offset;
    return name(member.name) && expect(":") && value(member.value, is_constant, depth);
  }

  std::vector<Token> tokens_;
  const ParseLimits& limits_;
  std::size_t at_ = 0;
  std::optional<Fault> fault_;
};

}  // namespace sluice::graphql
