// SPDX-License-Identifier: Apache-2.0
// Tokens to an untyped tree. Precedence climbing for expressions, recursive descent for statements; every recursion
// counts against ExpressionLimits::nesting_depth.
#pragma once

#include "expression/findings.hpp"
#include "expression/syntax.hpp"
#include "expression/token.hpp"

#include <sluice/limits.hpp>

#include <string_view>
#include <vector>

namespace sluice::expression {

class Parser {
 public:
  /// `text` is the code between the brackets, `base` its offset in the whole.
  Parser(std::string_view text, std::uint32_t base, Arena& arena, const ExpressionLimits& limits, Findings& findings);

  /// One expression that is the whole text.
  Syntax* parse_expression_text();
  /// Statements that are the whole text.
  Syntax* parse_statements_text();

 private:
  struct Nesting;
  friend struct Nesting;

  // Tokens.
  const Token& peek(std::size_t ahead = 0) const;
  const Token& take();
  bool accept(std::string_view mark);
  bool expect(std::string_view mark, const char* where);
  bool is_name(std::string_view contextual, std::size_t ahead = 0) const;
  void report(const Token& at, std::string_view code, std::string message);
  void unsupported(const Token& at, const char* construct);
  bool failed() const { return failed_; }

  // Nodes.
  Syntax* make(SyntaxKind kind, const Token& at);
  Syntax* make(SyntaxKind kind, std::uint32_t offset);
  Syntax* close(Syntax* node);
  Syntax* error_node(const Token& at);

  // Expressions (parser_expressions.cpp).
  Syntax* parse_expression();
  Syntax* parse_conditional();
  Syntax* parse_binary(int precedence);
  int binary_precedence(std::string_view& mark, std::size_t& tokens) const;
  Syntax* parse_is(Syntax* left);
  Syntax* parse_unary();
  Syntax* parse_cast();
  Syntax* parse_primary();
  Syntax* parse_atom();
  Syntax* parse_suffixes(Syntax* left, bool inside_chain);
  Syntax* parse_suffix(Syntax* left);
  Syntax* parse_keyword_atom();
  Syntax* parse_new();
  Syntax* parse_anonymous(const Token& start);
  Syntax* parse_array_creation(Syntax* node);
  Syntax* parse_initializer();
  Syntax* parse_initializer_item();
  Syntax* parse_lambda();
  Syntax* parse_lambda_body(Syntax* node);
  Syntax* parse_interpolated();
  Syntax* parse_number(const Token& token);
  void parse_arguments(std::vector<Syntax*>& to, std::string_view closing);
  Syntax* parse_argument();
  bool parse_type_arguments_if_any(Syntax* node);
  bool looks_like_lambda() const;
  bool cast_follows();

  // Queries (parser_query.cpp).
  struct Query;
  friend struct Query;
  bool is_query() const;
  bool is_clause_word() const;
  bool accept_name(std::string_view contextual);
  Syntax* parse_query();

  // Tuples (parser_tuples.cpp).
  Syntax* parse_parenthesized();
  Syntax* parse_tuple_type();
  bool is_deconstruction(std::string_view behind) const;
  Syntax* parse_deconstruction(bool all_new);
  Syntax* parse_deconstruction_statement();

  // Types (parser.cpp).
  Syntax* parse_type(bool arrays = true);
  Syntax* parse_type_core();
  Syntax* try_type();
  bool parse_type_list(std::vector<Syntax*>& to);

  // Statements (parser_statements.cpp).
  Syntax* parse_statement();
  Syntax* parse_block();
  Syntax* parse_keyword_statement();
  Syntax* parse_local_or_expression();
  Syntax* parse_declarators(Syntax* node);
  Syntax* parse_local_function(Syntax* type);
  Syntax* parse_for();
  Syntax* parse_foreach();
  Syntax* parse_switch();
  Syntax* parse_case_label();
  Syntax* parse_try();
  Syntax* parse_using();
  void synchronize();
  bool is_declaration();

  std::string_view text_;
  Arena& arena_;
  const ExpressionLimits& limits_;
  Findings& findings_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
  bool failed_ = false;  ///< An error was reported since the last point of recovery.
  bool too_deep_ = false;
  unsigned query_depth_ = 0;
  unsigned queries_ = 0;
  std::size_t last_error_at_ = static_cast<std::size_t>(-1);
};

/// Whether a keyword names a predefined type.
bool is_type_keyword(std::string_view text);

}  // namespace sluice::expression
