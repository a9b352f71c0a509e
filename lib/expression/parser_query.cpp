// SPDX-License-Identifier: Apache-2.0
// Query expressions (`from x in … select …`): written as the calls they stand for (C# specification, "Query expression
// translation"). With several range variables an element is an anonymous object that has them as members.
#include "expression/parser.hpp"
#include "expression/parser_nesting.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

constexpr std::string_view clause_words[] = {"from", "where",  "let",   "join",    "on",        "equals",    "into",
                                             "by",   "select", "group", "orderby", "ascending", "descending"};

/// `x` becomes `element.x`. A lambda inside cannot have a parameter of the same name, so every `x` is meant.
void replace_names(Syntax* tree, const std::vector<std::string_view>& names, std::string_view element, Arena& arena) {
  if (tree == nullptr) return;
  if (tree->kind == SyntaxKind::name && tree->types.empty() &&
      std::find(names.begin(), names.end(), tree->text) != names.end()) {
    Syntax* receiver = arena.make<Syntax>();
    receiver->kind = SyntaxKind::name;
    receiver->offset = tree->offset;
    receiver->end = tree->end;
    receiver->text = element;
    tree->kind = SyntaxKind::member;
    tree->items = {receiver};
    return;
  }
  for (Syntax* item : tree->items) replace_names(item, names, element, arena);
  for (Syntax* part : {tree->guard, tree->body, tree->initializer}) replace_names(part, names, element, arena);
}

}  // namespace

bool Parser::is_query() const {
  if (!is_name("from")) return false;
  const Token& next = peek(1);
  if (next.kind == TokenKind::identifier && peek(2).is("in")) return true;
  return (next.kind == TokenKind::identifier || is_type_keyword(next.text)) && peek(2).kind == TokenKind::identifier &&
         peek(3).is("in");
}

bool Parser::is_clause_word() const {
  if (query_depth_ == 0 || peek().kind != TokenKind::identifier) return false;
  return std::find(std::begin(clause_words), std::end(clause_words), peek().text) != std::end(clause_words);
}

/// The query under way: what its clauses made so far, and the variables they see.
struct Parser::Query {
  Parser& parser;
  Syntax* source = nullptr;
  std::vector<std::string_view> names;
  std::string_view element;  ///< The parameter of the lambdas; the variable itself while there is one.
  unsigned calls = 0;        ///< Each is one level of the tree.

  Syntax* name_node(std::string_view text, std::uint32_t offset) const {
    Syntax* node = parser.make(SyntaxKind::name, offset);
    node->text = text;
    return node;
  }
  Syntax* lambda(std::initializer_list<std::string_view> parameters, Syntax* body) const {
    Syntax* node = parser.make(SyntaxKind::lambda, body->offset);
    node->end = body->end;
    for (const std::string_view text : parameters) {
      Syntax* parameter = parser.make(SyntaxKind::parameter, body->offset);
      parameter->text = text;
      node->items.push_back(parameter);
    }
    node->body = body;
    return node;
  }
  /// What a clause's expression means for one element.
  Syntax* seen(Syntax* expression) const {
    if (names.size() > 1) replace_names(expression, names, element, parser.arena_);
    return expression;
  }
  Syntax* of_element(Syntax* expression) const { return lambda({element}, seen(expression)); }
  bool is_element(const Syntax* expression) const {
    return names.size() == 1 && expression->kind == SyntaxKind::name && expression->text == names[0];
  }
  void call(std::string_view method, std::initializer_list<Syntax*> arguments, const Token& at) {
    if (++calls > parser.limits_.nesting_depth) {
      if (calls == parser.limits_.nesting_depth + 1) parser.report(at, "SL9004", "the query has too many clauses");
      return;
    }
    Syntax* member = parser.make(SyntaxKind::member, at);
    member->items = {source};
    member->text = method;
    Syntax* node = parser.make(SyntaxKind::call, at);
    node->items = {member};
    for (Syntax* argument : arguments) {
      Syntax* wrapped = parser.make(SyntaxKind::argument, argument->offset);
      wrapped->end = argument->end;
      wrapped->items = {argument};
      node->items.push_back(wrapped);
    }
    source = node;
  }
  /// The object that holds the variables so far and one more, whose value is `added`.
  Syntax* widened(std::string_view name, Syntax* added) const {
    Syntax* made = parser.make(SyntaxKind::new_anonymous, added->offset);
    made->end = added->end;
    const auto add = [&](std::string_view member, Syntax* value) {
      Syntax* argument = parser.make(SyntaxKind::argument, added->offset);
      argument->text = member;
      argument->items = {value};
      made->items.push_back(argument);
    };
    for (const std::string_view known : names) add(known, seen(name_node(known, added->offset)));
    add(name, added);
    return made;
  }
  void add_variable(std::string_view name) {
    names.push_back(name);
    element = parser.arena_.copy("<element " + std::to_string(++parser.queries_) + ">");
  }

  /// `[type] x in expression` of from and join; gives the sequence and notes the name.
  Syntax* range(std::string_view& name) {
    Syntax* type = parser.peek(1).is("in") ? nullptr : parser.parse_type();
    if (parser.peek().kind != TokenKind::identifier) {
      parser.report(parser.peek(), "SL3003", "expected the name of a range variable");
      return parser.error_node(parser.peek());
    }
    const Token& at = parser.take();
    name = at.text;
    parser.expect("in", "behind the range variable");
    Syntax* sequence = parser.parse_expression();
    if (type == nullptr) return sequence;
    Query cast{parser, sequence, {}, {}, 0};
    cast.call("Cast", {}, at);
    cast.source->items[0]->types = {type};
    return cast.source;
  }
  void from_clause(const Token& at) {
    std::string_view name;
    Syntax* sequence = range(name);
    Syntax* selector = of_element(sequence);
    const std::string_view outer = element;
    Syntax* result = lambda({outer, name}, widened(name, name_node(name, at.offset)));
    call("SelectMany", {selector, result}, at);
    add_variable(name);
  }
  void let_clause(const Token& at) {
    const std::string_view name = parser.peek().text;
    if (parser.take().kind != TokenKind::identifier) parser.report(at, "SL3003", "expected a name behind 'let'");
    parser.expect("=", "behind the name");
    Syntax* value = seen(parser.parse_expression());
    call("Select", {lambda({element}, widened(name, value))}, at);
    add_variable(name);
  }
  void join_clause(const Token& at) {
    std::string_view name;
    Syntax* sequence = range(name);
    if (!parser.accept_name("on")) parser.report(parser.peek(), "SL3003", "expected 'on' in the join");
    Syntax* outer_key = of_element(parser.parse_expression());
    if (!parser.accept_name("equals")) parser.report(parser.peek(), "SL3003", "expected 'equals' in the join");
    Syntax* inner_key = lambda({name}, parser.parse_expression());
    const bool grouped = parser.accept_name("into");
    if (grouped) name = parser.take().text;
    Syntax* result = lambda({element, name}, widened(name, name_node(name, at.offset)));
    call(grouped ? "GroupJoin" : "Join", {sequence, outer_key, inner_key, result}, at);
    add_variable(name);
  }
  void orderby_clause(const Token& at) {
    bool first = true;
    do {
      Syntax* key = of_element(parser.parse_expression());
      const bool down = parser.accept_name("descending");
      if (!down) parser.accept_name("ascending");
      call(first ? (down ? "OrderByDescending" : "OrderBy") : (down ? "ThenByDescending" : "ThenBy"), {key}, at);
      first = false;
    } while (parser.accept(","));
  }
  /// `select` or `group … by`; false when the query goes on behind `into`.
  bool ends(const Token& at, bool other_clauses) {
    if (at.text == "select") {
      Syntax* value = parser.parse_expression();
      if (!other_clauses || !is_element(value)) call("Select", {of_element(value)}, at);
    } else {
      Syntax* value = parser.parse_expression();
      if (!parser.accept_name("by")) parser.report(parser.peek(), "SL3003", "expected 'by' behind 'group'");
      const bool whole = is_element(value);
      Syntax* chosen = whole ? nullptr : of_element(value);
      Syntax* key = of_element(parser.parse_expression());
      if (whole)
        call("GroupBy", {key}, at);
      else
        call("GroupBy", {key, chosen}, at);
    }
    if (!parser.accept_name("into")) return true;
    names = {parser.take().text};
    element = names[0];
    return false;
  }
};

bool Parser::accept_name(std::string_view contextual) {
  if (!is_name(contextual)) return false;
  take();
  return true;
}

Syntax* Parser::parse_query() {
  const Token& start = take();
  ++query_depth_;
  Query query{*this, nullptr, {}, {}, 0};
  std::string_view name;
  query.source = query.range(name);
  query.names = {name};
  query.element = name;
  bool other_clauses = false;
  // Each clause takes a token at least, so the loop ends with the text.
  while (!failed() && !too_deep_) {
    const Token& at = peek();
    if (is_name("select") || is_name("group")) {
      take();
      if (query.ends(at, other_clauses)) break;
    } else if (accept_name("from")) {
      query.from_clause(at);
    } else if (accept_name("where")) {
      query.call("Where", {query.of_element(parse_expression())}, at);
    } else if (accept_name("let")) {
      query.let_clause(at);
    } else if (accept_name("join")) {
      query.join_clause(at);
    } else if (accept_name("orderby")) {
      query.orderby_clause(at);
    } else {
      report(at, "SL3003", "a query ends with 'select' or 'group'");
      break;
    }
    other_clauses = true;
  }
  --query_depth_;
  query.source->offset = start.offset;
  return close(query.source);
}

}  // namespace sluice::expression
