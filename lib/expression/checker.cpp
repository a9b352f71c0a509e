// SPDX-License-Identifier: Apache-2.0
// The checker's entry point and the making of nodes.
#include "expression/checker.hpp"

namespace sluice::expression {
namespace {

/// Nodes that one compilation may bind, tried ones included: lambdas inside lambdas are bound several times.
constexpr std::uint64_t work_limit = 400'000;

}  // namespace

Checker::Checker(Arena& arena, const ExpressionOptions& options, Findings& findings)
    : arena_(arena), options_(options), findings_(findings), folding_(arena, nullptr, options.limits) {}

Tree Checker::check(const Syntax* body, bool statements) {
  Function* main = new_function("main");
  tree_.main = main;
  frames_.push_back({main, {}, nullptr, true, 0, 0, 0, false});
  if (statements) {
    Node* block = bind_block(body);
    main->body = block;
    if (block->completes) {
      error(body, "SL4007", "not every path of the statements returns a value",
            "end the expression with a return statement");
    }
    check_returns(main, body);
  } else {
    Node* value = bind_value(body);
    Node* result = make(NodeKind::result, core().void_type, body);
    result->items = {value};
    main->body = result;
    main->result = value->type;
  }
  frames_.pop_back();
  return tree_;
}

Node* Checker::make(NodeKind kind, const Type* type, const Syntax* at) {
  Node* node = arena_.make<Node>();
  node->kind = kind;
  node->type = type;
  if (at != nullptr) {
    node->offset = at->offset;
    node->length = at->length();
  }
  return node;
}

Node* Checker::constant(const Value& value, const Type* type, const Syntax* at) {
  Node* node = make(NodeKind::constant, type, at);
  node->value = value;
  node->literal = true;
  return node;
}

Node* Checker::error(const Syntax* at) { return make(NodeKind::error, core().error, at); }

Node* Checker::error(const Syntax* at, std::string_view code, std::string message, std::string hint) {
  findings_.error(code, at->offset, at->length(), std::move(message), std::move(hint));
  return error(at);
}

Node* Checker::local_node(Local* local, const Syntax* at) {
  Node* node = make(NodeKind::local, local->type, at);
  node->local = local;
  node->dynamic = local->dynamic;
  if (!frames_.empty() && local->owner != frames_.back().function) local->captured = true;
  return node;
}

Node* Checker::assign_node(Local* local, Node* value) {
  Node* node = make(NodeKind::assign, local->type, nullptr);
  node->offset = value->offset;
  node->length = value->length;
  node->local = local;
  node->items = {value};
  if (!frames_.empty() && local->owner != frames_.back().function) local->captured = true;
  return node;
}

Node* Checker::sequence(std::vector<Node*> items) {
  Node* node = make(NodeKind::sequence, items.back()->type, nullptr);
  node->offset = items.back()->offset;
  node->length = items.back()->length;
  node->items = std::move(items);
  return node;
}

Node* Checker::retype(Node* node, const Type* type) {
  if (node->type == type) return node;
  if (node->is_constant()) {
    Node* copy = arena_.make<Node>(*node);
    copy->type = type;
    return copy;
  }
  Node* seen = make(NodeKind::retype, type, nullptr);
  seen->offset = node->offset;
  seen->length = node->length;
  seen->items = {node};
  return seen;
}

Local* Checker::new_local(std::string_view name, const Type* type, const Syntax* at) {
  Function* function = frames_.back().function;
  Local* local = arena_.make<Local>();
  local->name = name;
  local->type = type;
  local->owner = function;
  local->slot = static_cast<std::uint32_t>(function->locals.size());
  local->offset = at == nullptr ? 0 : at->offset;
  function->locals.push_back(local);
  return local;
}

Function* Checker::new_function(std::string_view name) {
  Function* function = arena_.make<Function>();
  function->name = name;
  function->outer = frames_.empty() ? nullptr : frames_.back().function;
  function->depth = function->outer == nullptr ? 0 : function->outer->depth + 1;
  function->index = static_cast<std::uint32_t>(tree_.functions.size());
  tree_.functions.push_back(function);
  return function;
}

bool Checker::over_budget(const Syntax* at) {
  if (++work_ <= work_limit) return false;
  if (work_ == work_limit + 1) error(at, "SL9004", "the expression is too complex: too many nested lambdas");
  return true;
}

}  // namespace sluice::expression
