// SPDX-License-Identifier: Apache-2.0
// From syntax to the typed tree: names, overloads, conversions, C#'s static rules. Reports all mistakes it finds; what
// was reported has the error type and takes part silently in the rest.
#pragma once

#include "expression/evaluation.hpp"
#include "expression/findings.hpp"
#include "expression/syntax.hpp"
#include "expression/tree.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::expression {

class Checker {
 public:
  Checker(Arena& arena, const ExpressionOptions& options, Findings& findings);

  /// `body` is an expression or, with `statements`, a block.
  Tree check(const Syntax* body, bool statements);

 private:
  /// A name that may be a value, a type, a namespace or a group of methods.
  struct Operand {
    Node* node = nullptr;
    const Type* type = nullptr;
    std::string space;
    // Methods of that name on `receiver` or `type`.
    bool is_group = false;
    Node* receiver = nullptr;
    std::string_view name;
    std::vector<const Type*> explicit_types;
  };
  struct Argument {
    Node* node = nullptr;
    const Syntax* syntax = nullptr;
    std::string_view name;
    bool is_out = false;
    const Type* out_type = nullptr;  ///< Null: takes the parameter's.
  };
  struct Resolution {
    const Member* member = nullptr;
    Bindings bindings;
    bool expanded = false;
    std::vector<int> argument_of;  ///< Per parameter: index of its (first) argument, -1 for the default.
    bool ambiguous = false;
  };
  struct ScopeEntry {
    std::string_view name;
    Local* local;
    Function* function;
  };

  // Nodes.
  Node* make(NodeKind kind, const Type* type, const Syntax* at);
  Node* constant(const Value& value, const Type* type, const Syntax* at);
  Node* error(const Syntax* at);
  Node* error(const Syntax* at, std::string_view code, std::string message, std::string hint = {});
  Node* local_node(Local* local, const Syntax* at);
  Node* assign_node(Local* local, Node* value);
  Node* sequence(std::vector<Node*> items);
  Node* retype(Node* node, const Type* type);
  Local* new_local(std::string_view name, const Type* type, const Syntax* at);
  Local* temporary(const Type* type) { return new_local({}, type, nullptr); }
  bool over_budget(const Syntax* at);

  // Names (checker_names.cpp).
  Operand bind_operand(const Syntax* syntax);
  Operand bind_name(const Syntax* syntax);
  Operand bind_member(const Syntax* syntax);
  Operand static_member(const Type* type, const Syntax* syntax);
  Operand instance_member(Node* receiver, const Syntax* syntax);
  Node* value_of(Operand operand, const Syntax* at);
  const Type* resolve_type(const Syntax* syntax);
  const Type* named_type(std::string_view name, const std::vector<const Type*>& arguments, const Syntax* at,
                         bool quiet);
  std::vector<const Type*> resolve_types(const std::vector<Syntax*>& syntax);
  ScopeEntry* find(std::string_view name);
  Local* declare(std::string_view name, const Type* type, const Syntax* at);
  void unknown_name(const Syntax* at, std::string_view name);
  Node* unknown_member(const Type* type, std::string_view name, const Syntax* at, bool is_static);
  Node* use_local(Local* local, const Syntax* at);

  // Expressions (checker_expressions.cpp).
  Node* bind(const Syntax* syntax);
  Node* bind_value(const Syntax* syntax);  ///< As `bind`, and it must have a value.
  Node* bind_literal(const Syntax* syntax);
  Node* bind_interpolated(const Syntax* syntax);
  Node* bind_hole(const Syntax* syntax);
  Node* bind_conditional(const Syntax* syntax);
  Node* bind_null_conditional(const Syntax* syntax);
  Node* bind_is(const Syntax* syntax);
  Node* bind_is_constant(const Syntax* syntax);
  Node* bind_as(const Syntax* syntax);
  Node* bind_cast(const Syntax* syntax);
  Node* bind_index(const Syntax* syntax);
  Node* bind_name_of(const Syntax* syntax);
  Node* bind_default(const Syntax* syntax, const Type* wanted);
  Node* bind_type_of(const Syntax* syntax);
  Node* bind_condition(const Syntax* syntax);
  Node* test_type(Node* value, const Type* type, std::string_view variable, const Syntax* at);
  Node* test_constant(Node* value, Node* wanted, const Syntax* at);

  // Operators (checker_operators.cpp).
  Node* bind_binary(const Syntax* syntax);
  Node* bind_unary(const Syntax* syntax);
  Node* bind_coalesce(const Syntax* syntax);
  Node* binary(Operator op, Node* left, Node* right, const Syntax* at);
  Node* numeric_binary(Operator op, Node* left, Node* right, const Syntax* at);
  Node* equality(Operator op, Node* left, Node* right, const Syntax* at);
  Node* enum_binary(Operator op, Node* left, Node* right, const Syntax* at);
  Node* user_operator(std::string_view name, std::vector<Node*> operands, const Syntax* at);
  Node* concatenation(Node* left, Node* right, const Syntax* at);
  Node* make_binary(Operator op, const Type* operand_type, const Type* result, Node* left, Node* right,
                    const Syntax* at);
  Node* fold(Node* node, const Syntax* at);
  Node* no_operator(std::string_view mark, Node* left, Node* right, const Syntax* at);
  const Type* promoted(const Type* left, const Type* right);
  Node* to_text_node(Node* node);

  // Assignments (checker_assignments.cpp).
  Node* bind_assign(const Syntax* syntax);
  Node* bind_step(const Syntax* target, std::string_view mark, bool postfix, const Syntax* at);
  Node* store(const Syntax* target, const Syntax* at, const Syntax* value_syntax, std::string_view mark, bool postfix);
  Node* combine(std::string_view mark, Node* old, const Syntax* value_syntax, const Syntax* at);

  // Calls (checker_calls.cpp).
  Node* bind_call(const Syntax* syntax);
  Node* call_group(const Operand& group, std::vector<Argument>& arguments, const Syntax* at);
  Node* call_local_function(Function* function, std::vector<Argument>& arguments, const Syntax* at);
  Node* call_delegate(Node* target, std::vector<Argument>& arguments, const Syntax* at);
  std::vector<Argument> bind_arguments(const std::vector<Syntax*>& syntax, std::size_t first);
  bool resolve(const std::vector<const Member*>& candidates, const Type* receiver,
               const std::vector<Argument>& arguments, const std::vector<const Type*>& types, Resolution& best);
  bool applicable(const Member& member, const Type* receiver, const std::vector<Argument>& arguments,
                  const std::vector<const Type*>& types, bool expanded, Resolution& result);
  bool infer(const Member& member, const std::vector<Argument>& arguments, Resolution& result);
  const Type* parameter_type(const Resolution& resolution, std::size_t parameter) const;
  const Type* argument_target(const Resolution& resolution, std::size_t argument) const;
  bool is_ambiguous(const Resolution& left, const Resolution& right, const std::vector<Argument>& arguments);
  bool better(const Resolution& left, const Resolution& right, const std::vector<Argument>& arguments);
  Node* make_call(const Resolution& resolution, Node* receiver, std::vector<Argument>& arguments, const Syntax* at);
  Node* finish_call(const Member& member, const Bindings& bindings, std::vector<Node*> items, const Syntax* at);
  std::vector<const Member*> candidates_of(const Type* type, std::string_view name, bool is_static, bool methods);
  std::vector<const Member*> extensions_of(const Type* type, std::string_view name);
  Node* no_overload(std::string_view name, const std::vector<Argument>& arguments, const Syntax* at);
  Node* simple_call(std::string_view receiver, std::string_view name, std::vector<Node*> items, const Syntax* at);

  // Creation (checker_creation.cpp).
  Node* bind_new(const Syntax* syntax);
  Node* bind_new_array(const Syntax* syntax);
  Node* bind_anonymous(const Syntax* syntax);
  Node* array_from(const Syntax* initializer, const Type* element, const Syntax* at);
  void initialize(Local* target, const Syntax* initializer, std::vector<Node*>& steps);

  // Tuples (checker_tuples.cpp).
  Node* bind_tuple(const Syntax* syntax);
  std::optional<std::uint32_t> tuple_item(const Type* type, std::string_view name);
  Node* item_of_tuple(Node* tuple, std::uint32_t index);
  Node* make_tuple(std::vector<Node*> items, const Type* type, const Syntax* at);
  Node* tuple_to(Node* node, const Type* to, bool may_narrow);
  static bool is_untyped(const Type* type);
  Node* tuple_equality(Operator op, Node* left, Node* right, const Syntax* at);
  Node* store_item(const Syntax* target, Node* value, const Syntax* at);
  Node* take_apart(const Syntax* target, Node* value, const Syntax* at);
  Node* bind_deconstruction(const Syntax* target, Node* value, const Syntax* at);
  Node* store_in_tuple(Node* place, const Syntax* at, const Syntax* value_syntax, std::string_view mark, bool postfix);

  // Conversions (checker_conversions.cpp).
  Node* convert(Node* node, const Type* to, const Syntax* at);  ///< Implicit; reports.
  Node* implicit(Node* node, const Type* to);                   ///< Null when there is none.
  Node* explicit_conversion(Node* node, const Type* to);
  bool converts(Node* node, const Type* to);
  bool standard(const Type* from, const Type* to);
  Node* user_conversion(Node* node, const Type* to, bool allow_explicit);
  bool constant_fits(Node* node, const Type* to);
  const Type* common_type(const std::vector<Node*>& nodes);
  int compare_targets(Node* argument, const Type* left, const Type* right);

  // Lambdas (checker_lambdas.cpp).
  Node* bind_lambda(const Syntax* syntax);
  Node* lambda_to(Node* node, const Type* delegate);
  Node* group_to(Node* node, const Type* delegate);
  bool lambda_accepts(Node* node, const Type* delegate);
  const Type* lambda_result(const Syntax* syntax, const std::vector<const Type*>& parameters);
  Function* bind_lambda_body(const Syntax* syntax, const std::vector<const Type*>& parameters, const Type* result);
  const Type* group_result(Node* node, const std::vector<const Type*>& parameters);

  // Statements (checker_statements.cpp).
  Node* bind_statement(const Syntax* syntax);
  Node* bind_block(const Syntax* syntax);
  Node* bind_local(const Syntax* syntax);
  Node* bind_expression_statement(const Syntax* syntax);
  Node* bind_if(const Syntax* syntax);
  Node* bind_for(const Syntax* syntax);
  Node* bind_while(const Syntax* syntax);
  Node* bind_foreach(const Syntax* syntax);
  Node* bind_switch(const Syntax* syntax);
  Node* bind_case(const Syntax* label, Local* value);
  Node* bind_try(const Syntax* syntax);
  Node* bind_using(const Syntax* syntax);
  Node* bind_return(const Syntax* syntax);
  Node* bind_throw(const Syntax* syntax);
  Node* raise_node(const Syntax* value, const Syntax* at);
  void declare_local_functions(const std::vector<Syntax*>& statements);
  Node* bind_local_function(const Syntax* syntax);
  Function* new_function(std::string_view name);
  void check_returns(Function* function, const Syntax* at);

  struct Frame {
    Function* function;
    std::vector<std::pair<Node*, const Syntax*>> returns;  ///< Result nodes whose type is still open.
    const Type* wanted;                                    ///< Null: inferred.
    bool infer = false;
    std::size_t scope_base;
    unsigned loops = 0, breakables = 0;
    bool in_finally = false;
  };

  Arena& arena_;
  const ExpressionOptions& options_;
  Findings& findings_;
  Tree tree_;
  std::vector<ScopeEntry> scope_;
  std::vector<std::size_t> block_starts_;
  std::vector<Frame> frames_;
  std::vector<std::pair<Local*, Node*>> receivers_;
  Evaluation folding_;
  std::map<std::pair<const Syntax*, std::string>, const Type*> lambda_results_;
  std::uint64_t work_ = 0;
  const Syntax* called_ = nullptr;  ///< The member that a call names: methods come before properties.
  bool checked_ = false;
  bool unchecked_ = false;
  unsigned depth_ = 0;
  std::vector<Local*> handlers_;
};

}  // namespace sluice::expression
