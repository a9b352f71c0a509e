// SPDX-License-Identifier: Apache-2.0
// Lambdas and method groups: they get their types from the delegate they are converted to. A lambda's result type is
// found by binding its body for trial; answers are remembered per parameter types, so that nesting stays cheap.
#include "expression/checker.hpp"

namespace sluice::expression {
namespace {

std::vector<const Type*> inputs_of(const Type* delegate) {
  std::vector<const Type*> inputs(delegate->arguments.begin(), delegate->arguments.end());
  if (delegate->definition->name == "Func") inputs.pop_back();
  if (delegate->definition->name == "Comparison") inputs.push_back(inputs[0]);
  if (delegate->definition->name == "MatchEvaluator") inputs = {read_type("Match")};
  return inputs;
}

}  // namespace

Node* Checker::bind_lambda(const Syntax* syntax) {
  Node* node = make(NodeKind::unbound, core().lambda, syntax);
  node->syntax = syntax;
  return node;
}

const Type* Checker::lambda_result(const Syntax* syntax, const std::vector<const Type*>& parameters) {
  std::string key;
  for (const Type* type : parameters) key += type->display + "|";
  const auto known = lambda_results_.find({syntax, key});
  if (known != lambda_results_.end()) return known->second;
  if (syntax->items.size() != parameters.size()) return nullptr;
  const std::size_t findings = findings_.size();
  const std::size_t functions = tree_.functions.size();
  Function* function = bind_lambda_body(syntax, parameters, nullptr);
  const bool failed = findings_.size() != findings && findings_.error_count() != 0 && function->result->is_error();
  findings_.rewind(findings);
  tree_.functions.resize(functions);
  const Type* result = failed ? core().error : function->result;
  lambda_results_[{syntax, key}] = result;
  return result;
}

Function* Checker::bind_lambda_body(const Syntax* syntax, const std::vector<const Type*>& parameters,
                                    const Type* result) {
  Function* function = new_function(lambda_name);
  frames_.push_back({function, {}, result, result == nullptr, scope_.size(), 0, 0, false});
  const std::size_t scope = scope_.size();
  for (std::size_t i = 0; i < syntax->items.size() && i < parameters.size(); ++i) {
    const Syntax* item = syntax->items[i];
    const Type* type = item->type != nullptr ? resolve_type(item->type) : parameters[i];
    Local* local = new_local(item->text, type, item);
    local->assigned = true;
    function->parameters.push_back(local);
    scope_.push_back({item->text, local, nullptr});
  }
  const bool is_void = result != nullptr && result->kind == TypeKind::void_type;
  if (syntax->is_verbatim_block) {
    Node* block = bind_block(syntax->body);
    function->body = block;
    if (result != nullptr) function->result = result;
    check_returns(function, syntax);
    if (block->completes && function->result->kind != TypeKind::void_type && !function->result->is_error()) {
      error(syntax, "SL4007", "not every path of the lambda returns a value");
    }
  } else {
    Node* value = bind(syntax->body);
    if (result != nullptr && !is_void) value = convert(value, result, syntax->body);
    Node* body = make(NodeKind::result, core().void_type, syntax->body);
    body->items = {value};
    if (is_void) body->kind = NodeKind::expression;
    function->body = body;
    function->result = result != nullptr ? result : value->type;
  }
  scope_.resize(scope);
  frames_.pop_back();
  return function;
}

Node* Checker::lambda_to(Node* node, const Type* delegate) {
  if (delegate->kind != TypeKind::function) return nullptr;
  const std::vector<const Type*> inputs = inputs_of(delegate);
  if (inputs.size() != node->syntax->items.size()) return nullptr;
  const Type* result = delegate->result == nullptr ? core().void_type : delegate->result;
  Node* lambda = make(NodeKind::lambda, delegate, node->syntax);
  lambda->function = bind_lambda_body(node->syntax, inputs, result->open ? nullptr : result);
  for (Function* outer = frames_.back().function; outer != nullptr; outer = outer->outer) outer->makes_closures = true;
  return lambda;
}

bool Checker::lambda_accepts(Node* node, const Type* delegate) {
  if (delegate->kind != TypeKind::function || delegate->open) return false;
  const std::vector<const Type*> inputs = inputs_of(delegate);
  if (node->kind == NodeKind::group) {
    const Type* result = group_result(node, inputs);
    return result != nullptr && (delegate->result == nullptr || standard(result, delegate->result));
  }
  if (inputs.size() != node->syntax->items.size()) return false;
  const Type* result = lambda_result(node->syntax, inputs);
  // Mistakes inside the body are reported when it is bound for good.
  if (result == nullptr || result->is_error()) return result != nullptr;
  if (delegate->result == nullptr) return true;
  if (result->kind == TypeKind::void_type) return false;
  if (standard(result, delegate->result)) return true;
  Node probe;
  probe.type = result;
  probe.kind = NodeKind::local;
  if (result->kind == TypeKind::null) return delegate->result->nullable();
  return user_conversion(&probe, delegate->result, false) != nullptr || result->kind == TypeKind::int32;
}

const Type* Checker::group_result(Node* node, const std::vector<const Type*>& parameters) {
  Node* converted = group_to(node, function_of(parameters, core().void_type));
  if (converted == nullptr) return nullptr;
  return converted->function != nullptr ? converted->function->result : converted->site->result;
}

Node* Checker::group_to(Node* node, const Type* delegate) {
  if (delegate->kind != TypeKind::function) return nullptr;
  const std::size_t findings = findings_.size();
  Operand group = bind_operand(node->syntax);
  if (!group.is_group) return nullptr;
  Syntax at = *node->syntax;
  std::vector<Argument> arguments;
  for (const Type* type : inputs_of(delegate))
    arguments.push_back({make(NodeKind::local, type, node->syntax), node->syntax, {}, false, nullptr});
  if (group.type == nullptr && group.receiver == nullptr) {
    ScopeEntry* entry = find(group.name);
    if (entry == nullptr || entry->function == nullptr || entry->function->parameters.size() != arguments.size())
      return nullptr;
    Node* lambda = make(NodeKind::lambda, delegate, node->syntax);
    lambda->function = entry->function;
    for (Function* outer = frames_.back().function; outer != nullptr; outer = outer->outer)
      outer->makes_closures = true;
    return lambda;
  }
  Node* call = call_group(group, arguments, node->syntax);
  if (call->kind != NodeKind::call) {
    findings_.rewind(findings);
    return nullptr;
  }
  // Only a call that takes the arguments as they are can be a delegate.
  for (const Node* item : call->items) {
    if (item->kind != NodeKind::local && item->kind != NodeKind::retype && item != group.receiver) return nullptr;
  }
  Node* made = make(NodeKind::delegate, delegate, node->syntax);
  made->site = call->site;
  if (group.receiver != nullptr) made->items = {group.receiver};
  return made;
}

}  // namespace sluice::expression
