// SPDX-License-Identifier: Apache-2.0
// Statements, and whether their ends can be reached (C# refuses a block that may fall off its end).
#include "expression/checker.hpp"

namespace sluice::expression {
namespace {

bool is_true(const Node* node) {
  return node == nullptr || (node->is_constant() && node->literal && node->value.as_boolean());
}
bool is_false(const Node* node) {
  return node != nullptr && node->is_constant() && node->literal && !node->value.as_boolean();
}

}  // namespace

Node* Checker::bind_statement(const Syntax* syntax) {
  if (over_budget(syntax)) return error(syntax);
  switch (syntax->kind) {
    case SyntaxKind::block: return bind_block(syntax);
    case SyntaxKind::local: return bind_local(syntax);
    case SyntaxKind::expression_statement: return bind_expression_statement(syntax);
    case SyntaxKind::if_statement: return bind_if(syntax);
    case SyntaxKind::for_statement: return bind_for(syntax);
    case SyntaxKind::while_statement:
    case SyntaxKind::do_statement: return bind_while(syntax);
    case SyntaxKind::foreach_statement: return bind_foreach(syntax);
    case SyntaxKind::switch_statement: return bind_switch(syntax);
    case SyntaxKind::try_statement: return bind_try(syntax);
    case SyntaxKind::using_statement: return bind_using(syntax);
    case SyntaxKind::return_statement: return bind_return(syntax);
    case SyntaxKind::throw_statement: return bind_throw(syntax);
    case SyntaxKind::local_function: return bind_local_function(syntax);
    case SyntaxKind::lock_statement: {
      if (syntax->items.size() < 2) return error(syntax);
      Node* block = make(NodeKind::block, core().void_type, syntax);
      Node* value = make(NodeKind::expression, core().void_type, syntax);
      value->items = {bind_value(syntax->items[0])};
      block->items = {value, bind_statement(syntax->items[1])};
      block->completes = block->items[1]->completes;
      block->breaks = block->items[1]->breaks;
      return block;
    }
    case SyntaxKind::break_statement:
    case SyntaxKind::continue_statement: {
      const bool leaves = syntax->kind == SyntaxKind::break_statement;
      if ((leaves ? frames_.back().breakables : frames_.back().loops) == 0) {
        return error(syntax, "SL3004",
                     leaves ? "'break' stands outside of a loop or switch" : "'continue' stands outside of a loop");
      }
      Node* node = make(leaves ? NodeKind::leave_loop : NodeKind::next_loop, core().void_type, syntax);
      node->completes = false;
      node->breaks = leaves;
      return node;
    }
    case SyntaxKind::empty: return make(NodeKind::block, core().void_type, syntax);
    default: {
      Node* node = error(syntax);
      node->completes = false;  // What follows from a mistake is not reported.
      return node;
    }
  }
}

void Checker::declare_local_functions(const std::vector<Syntax*>& statements) {
  for (const Syntax* item : statements) {
    if (item->kind != SyntaxKind::local_function) continue;
    Function* function = new_function(item->text);
    const bool is_void = item->type->kind == SyntaxKind::type_name && item->type->text == "void";
    function->result = is_void ? core().void_type : resolve_type(item->type);
    Frame frame{function, {}, function->result, false, scope_.size(), 0, 0, false};
    frames_.push_back(frame);
    for (const Syntax* parameter : item->items) {
      Local* local = new_local(parameter->text, resolve_type(parameter->type), parameter);
      local->assigned = true;
      if (!parameter->items.empty()) {
        Node* fallback = convert(bind_value(parameter->items[0]), local->type, parameter);
        local->constant = fallback->is_constant();
        local->value = fallback->value;
      }
      function->parameters.push_back(local);
    }
    frames_.pop_back();
    scope_.push_back({item->text, nullptr, function});
  }
}

Node* Checker::bind_local_function(const Syntax* syntax) {
  Node* node = make(NodeKind::block, core().void_type, syntax);
  ScopeEntry* entry = find(syntax->text);
  if (entry == nullptr || entry->function == nullptr || syntax->body == nullptr) return node;
  Function* function = entry->function;
  frames_.push_back({function, {}, function->result, false, scope_.size(), 0, 0, false});
  const std::size_t scope = scope_.size();
  for (Local* local : function->parameters) {
    local->constant = false;
    scope_.push_back({local->name, local, nullptr});
  }
  const bool is_void = function->result->kind == TypeKind::void_type;
  if (syntax->is_verbatim_block) {
    function->body = bind_block(syntax->body);
    if (function->body->completes && !is_void && !function->result->is_error()) {
      error(syntax, "SL4007", "not every path of '" + std::string(function->name) + "' returns a value");
    }
  } else {
    Node* value = bind(syntax->body);
    if (!is_void) value = convert(value, function->result, syntax->body);
    function->body = make(is_void ? NodeKind::expression : NodeKind::result, core().void_type, syntax);
    function->body->items = {value};
  }
  for (Function* outer = function->outer; outer != nullptr; outer = outer->outer) outer->makes_closures = true;
  scope_.resize(scope);
  frames_.pop_back();
  return node;
}

Node* Checker::bind_block(const Syntax* syntax) {
  const std::size_t scope = scope_.size();
  const bool before = checked_, before_unchecked = unchecked_;
  if (syntax->text == "checked") checked_ = true;
  if (syntax->text == "unchecked") unchecked_ = true;
  declare_local_functions(syntax->items);
  Node* block = make(NodeKind::block, core().void_type, syntax);
  for (const Syntax* item : syntax->items) {
    Node* statement = bind_statement(item);
    block->items.push_back(statement);
    if (!statement->completes && item->kind != SyntaxKind::local_function) block->completes = false;
    block->breaks = block->breaks || statement->breaks;
  }
  checked_ = before;
  unchecked_ = before_unchecked;
  scope_.resize(scope);
  return block;
}

Node* Checker::bind_local(const Syntax* syntax) {
  Node* block = make(NodeKind::block, core().void_type, syntax);
  // What `dynamic` would look up at run time is known from the value here, as with `var`.
  const bool inferred =
      syntax->type->kind == SyntaxKind::type_name && (syntax->type->text == "var" || syntax->type->text == "dynamic");
  const bool constant_wanted = syntax->text == "const";
  const Type* type = inferred ? nullptr : resolve_type(syntax->type);
  if (inferred && syntax->items.size() > 1) error(syntax, "SL3004", "'var' declares one variable at a time");
  for (const Syntax* item : syntax->items) {
    Node* value = nullptr;
    const Type* own = type;
    if (!item->items.empty()) {
      const Syntax* given = item->items[0];
      if (given->kind == SyntaxKind::initializer) {
        if (own != nullptr && own->kind == TypeKind::array)
          value = array_from(given, own->arguments[0], given);
        else
          value = error(given, "SL4005", "only an array can be initialised like this");
      } else if (given->kind == SyntaxKind::default_of) {
        value = bind_default(given, own);
      } else if (own != nullptr && own->kind == TypeKind::function && given->kind == SyntaxKind::lambda) {
        // The name is known inside the lambda, so that it can call itself.
        value = bind(given);
      } else {
        value = bind_value(given);
      }
    } else if (inferred) {
      error(item, "SL4008", "'var' needs a value to take its type from");
      own = core().error;
    }
    if (own == nullptr) {
      own = value->type;
      if (is_untyped(own)) {
        error(item, "SL4005", "'var' cannot take its type from this value");
        own = core().error;
      }
    }
    Local* local = declare(item->text, own, item);
    local->dynamic = inferred && syntax->type->text == "dynamic";
    if (value != nullptr && !own->is_error()) value = convert(value, own, item->items[0]);
    if (constant_wanted) {
      if (value != nullptr && !value->is_error() && !(value->is_constant() && value->literal))
        error(item, "SL4009", "the value of a constant must be known when it is compiled");
      local->constant = true;
      if (value != nullptr && value->is_constant()) local->value = value->value;
      continue;
    }
    Node* declared = make(NodeKind::declare, core().void_type, item);
    declared->local = local;
    block->items.push_back(declared);
    if (value != nullptr) {
      Node* statement = make(NodeKind::expression, core().void_type, item);
      statement->items = {value->is_error() ? value : assign_node(local, value)};
      if (value->is_error()) local->assigned = true;
      block->items.push_back(statement);
    }
  }
  return block;
}

Node* Checker::bind_expression_statement(const Syntax* syntax) {
  const Syntax* inner = syntax->items[0];
  if (inner->kind == SyntaxKind::assign && inner->items[0]->kind == SyntaxKind::tuple && inner->text == "=")
    return bind_deconstruction(inner->items[0], bind_value(inner->items[1]), inner);
  Node* node = make(NodeKind::expression, core().void_type, syntax);
  node->items = {bind(inner)};
  const bool step = inner->kind == SyntaxKind::unary && (inner->text == "++" || inner->text == "--");
  const bool call = inner->kind == SyntaxKind::call || inner->kind == SyntaxKind::assign ||
                    inner->kind == SyntaxKind::postfix || inner->kind == SyntaxKind::new_object ||
                    (inner->kind == SyntaxKind::null_conditional);
  if (!step && !call && !node->items[0]->is_error()) {
    error(syntax, "SL3004", "only a call, an assignment, a step (++, --) or 'new' can stand as a statement",
          "did you mean 'return'?");
  }
  return node;
}

Node* Checker::bind_if(const Syntax* syntax) {
  if (syntax->items.size() < 2) return error(syntax);
  Node* node = make(NodeKind::branch, core().void_type, syntax);
  Node* condition = bind_condition(syntax->items[0]);
  const auto scoped = [&](const Syntax* body) {
    const std::size_t scope = scope_.size();
    Node* statement = bind_statement(body);
    scope_.resize(scope);
    return statement;
  };
  node->items = {condition, scoped(syntax->items[1])};
  if (syntax->items.size() > 2) node->items.push_back(scoped(syntax->items[2]));
  const bool then_ends = node->items[1]->completes && !is_false(condition);
  const bool else_ends =
      (node->items.size() < 3 || node->items[2]->completes) && !(is_true(condition) && condition != nullptr);
  node->completes = then_ends || else_ends;
  for (std::size_t i = 1; i < node->items.size(); ++i) node->breaks = node->breaks || node->items[i]->breaks;
  return node;
}

Node* Checker::bind_for(const Syntax* syntax) {
  if (syntax->items.size() < 4) return error(syntax);
  const std::size_t scope = scope_.size();
  Node* block = make(NodeKind::block, core().void_type, syntax);
  for (const Syntax* item : syntax->items[0]->items) block->items.push_back(bind_statement(item));
  Node* loop = make(NodeKind::loop, core().void_type, syntax);
  Node* condition = syntax->items[1] == nullptr ? nullptr : bind_condition(syntax->items[1]);
  ++frames_.back().loops;
  ++frames_.back().breakables;
  const std::size_t inner = scope_.size();
  Node* body = bind_statement(syntax->items[3]);
  scope_.resize(inner);
  --frames_.back().loops;
  --frames_.back().breakables;
  Node* step = make(NodeKind::block, core().void_type, syntax);
  for (const Syntax* item : syntax->items[2]->items) step->items.push_back(bind_expression_statement(item));
  loop->items = {condition, body, step};
  loop->completes = !is_true(condition) || body->breaks;
  block->items.push_back(loop);
  block->completes = loop->completes;
  scope_.resize(scope);
  return block;
}

Node* Checker::bind_while(const Syntax* syntax) {
  if (syntax->items.size() < 2) return error(syntax);
  const bool is_do = syntax->kind == SyntaxKind::do_statement;
  Node* loop = make(NodeKind::loop, core().void_type, syntax);
  Node* condition = is_do ? nullptr : bind_condition(syntax->items[0]);
  ++frames_.back().loops;
  ++frames_.back().breakables;
  const std::size_t scope = scope_.size();
  Node* body = bind_statement(syntax->items[is_do ? 0 : 1]);
  scope_.resize(scope);
  --frames_.back().loops;
  --frames_.back().breakables;
  if (is_do) condition = bind_condition(syntax->items[1]);
  loop->flag = is_do;
  loop->items = {condition, body, nullptr};
  loop->completes = !is_true(condition) || body->breaks;
  return loop;
}

Node* Checker::bind_foreach(const Syntax* syntax) {
  if (syntax->items.size() < 2) return error(syntax);
  Node* source = bind_value(syntax->items[0]);
  const bool inferred =
      syntax->type == nullptr || (syntax->type->kind == SyntaxKind::type_name && syntax->type->text == "var");
  const Type* declared = inferred ? nullptr : resolve_type(syntax->type);
  // Of its two sequences a JObject shows `foreach` the pairs; as tokens it is walked when the variable is one.
  if (source->type == core().json_object && (inferred || !is_a(declared, core().json_token)))
    source = simple_call("JObject", "$pairs", {source}, syntax->items[0]);
  const Type* element = source->is_error() ? core().error : element_of(source->type);
  if (element == nullptr) {
    error(syntax->items[0], "SL4005", "'" + source->type->display + "' cannot be enumerated with 'foreach'");
    element = core().error;
  }
  const Type* type = inferred ? element : declared;
  const std::size_t scope = scope_.size();
  Node* loop = make(NodeKind::foreach_loop, core().void_type, syntax);
  Local* raw = temporary(element);
  Local* local = syntax->guard != nullptr ? temporary(type) : declare(syntax->text, type, syntax);
  local->assigned = true;
  local->read_only = true;
  Node* converted = type->is_error() || element->is_error() ? local_node(raw, syntax)
                                                            : explicit_conversion(local_node(raw, syntax), type);
  if (converted == nullptr)
    converted = error(syntax, "SL4005",
                      "the elements are '" + element->display + "' and cannot be converted to '" + type->display + "'");
  Node* fresh = make(NodeKind::declare, core().void_type, syntax);
  fresh->local = local;
  Node* take = make(NodeKind::expression, core().void_type, syntax);
  take->items = {converted->is_error() ? converted : assign_node(local, converted)};
  Node* block = make(NodeKind::block, core().void_type, syntax);
  block->items = {fresh, take};
  if (syntax->guard != nullptr) {
    block->items.push_back(bind_deconstruction(syntax->guard, local_node(local, syntax), syntax->guard));
    for (std::size_t i = scope; i < scope_.size(); ++i) scope_[i].local->read_only = true;
  }
  ++frames_.back().loops;
  ++frames_.back().breakables;
  block->items.push_back(bind_statement(syntax->items[1]));
  --frames_.back().loops;
  --frames_.back().breakables;
  loop->local = raw;
  loop->items = {source, block};
  scope_.resize(scope);
  return loop;
}

Node* Checker::bind_case(const Syntax* label, Local* value) {
  Node* test = nullptr;
  if (label->type != nullptr) {
    const Type* type = label->type->text == "var" ? value->type : resolve_type(label->type);
    test = type->is_error() ? error(label) : test_type(local_node(value, label), type, label->text2, label);
  } else if (!label->items.empty()) {
    test = test_constant(local_node(value, label), bind_value(label->items[0]), label);
  }
  if (label->guard != nullptr && test != nullptr) {
    Node* both = make(NodeKind::logical_and, core().boolean, label);
    both->items = {test, bind_condition(label->guard)};
    test = both;
  }
  return test;
}

namespace {
/// Whether a constant switch value is the constant of the label, as far as that shows in what was written.
bool is_case_of_constant(const Node* value, const Syntax* label) {
  if (!value->is_constant() || !value->literal || label->items.empty() || label->guard != nullptr) return false;
  const Syntax* constant = label->items[0];
  return constant->kind == SyntaxKind::literal && constant->value.kind() == value->value.kind() &&
         equal_values(constant->value, value->value);
}
}  // namespace

Node* Checker::bind_switch(const Syntax* syntax) {
  Node* value = bind_value(syntax->items[0]);
  const std::size_t scope = scope_.size();
  Node* block = make(NodeKind::block, core().void_type, syntax);
  Local* held = temporary(value->type);
  Node* keep = make(NodeKind::expression, core().void_type, syntax);
  keep->items = {value->is_error() ? value : assign_node(held, value)};
  block->items.push_back(keep);
  Node* ending = make(NodeKind::breakable, core().void_type, syntax);
  ++frames_.back().breakables;
  // Sections become a chain of branches; the default one stands last, wherever it was written.
  Node* otherwise = nullptr;
  std::vector<std::pair<Node*, Node*>> sections;
  bool any_break = false, all_end = true, always_one = false;
  for (std::size_t i = 1; i < syntax->items.size(); ++i) {
    const Syntax* section = syntax->items[i];
    const std::size_t inner = scope_.size();
    Node* test = nullptr;
    bool is_default = false;
    for (const Syntax* label : section->types) {
      if (label->items.empty() && label->type == nullptr) {
        is_default = true;
        continue;
      }
      Node* one = bind_case(label, held);
      always_one = always_one || is_case_of_constant(value, label);
      if (test == nullptr) {
        test = one;
      } else {
        Node* either = make(NodeKind::logical_or, core().boolean, label);
        either->items = {test, one};
        test = either;
      }
    }
    Node* body = bind_block(section);
    scope_.resize(inner);
    if (body->completes)
      error(section, "SL3004", "the section falls through to the next one", "end it with 'break;' or 'return'");
    any_break = any_break || body->breaks;
    all_end = all_end && !body->completes;
    if (is_default)
      otherwise = body;
    else
      sections.push_back({test, body});
  }
  --frames_.back().breakables;
  Node* chain = otherwise;
  for (std::size_t i = sections.size(); i-- > 0;) {
    Node* branch = make(NodeKind::branch, core().void_type, syntax);
    branch->items = {sections[i].first, sections[i].second};
    if (chain != nullptr) branch->items.push_back(chain);
    chain = branch;
  }
  if (chain != nullptr) ending->items = {chain};
  block->items.push_back(ending);
  block->completes = any_break || (otherwise == nullptr && !always_one) || !all_end;
  scope_.resize(scope);
  return block;
}

Node* Checker::bind_try(const Syntax* syntax) {
  Node* node = make(NodeKind::attempt, core().void_type, syntax);
  Node* body = bind_block(syntax->items[0]);
  node->items.push_back(body);
  node->completes = body->completes;
  node->breaks = body->breaks;
  std::vector<const Type*> caught;
  for (std::size_t i = 1; i < syntax->items.size(); ++i) {
    const Syntax* clause = syntax->items[i];
    const Type* type = clause->type == nullptr ? core().exception : resolve_type(clause->type);
    if (!type->is_error() && !is_a(type, core().exception))
      error(clause, "SL4005", "only exceptions can be caught, not '" + type->display + "'");
    for (const Type* earlier : caught) {
      if (!type->is_error() && is_a(type, earlier)) {
        error(clause, "SL4005", "an earlier 'catch' catches '" + type->display + "' already");
        break;
      }
    }
    const std::size_t scope = scope_.size();
    Node* handler = make(NodeKind::handler, core().void_type, clause);
    handler->tested = type;
    handler->local = clause->text.empty() ? temporary(type) : declare(clause->text, type, clause);
    handler->local->assigned = true;
    Node* filter = clause->guard == nullptr ? nullptr : bind_condition(clause->guard);
    if (filter == nullptr) caught.push_back(type);
    handlers_.push_back(handler->local);
    Node* block = bind_block(clause->items[0]);
    handlers_.pop_back();
    handler->items = {filter, block};
    node->completes = node->completes || block->completes;
    node->breaks = node->breaks || block->breaks;
    node->items.push_back(handler);
    scope_.resize(scope);
  }
  if (syntax->guard != nullptr) {
    // Control does not leave a finally block.
    const Frame saved = frames_.back();
    frames_.back().loops = frames_.back().breakables = 0;
    frames_.back().in_finally = true;
    node->last = bind_block(syntax->guard);
    frames_.back().loops = saved.loops;
    frames_.back().breakables = saved.breakables;
    frames_.back().in_finally = saved.in_finally;
    node->completes = node->completes && node->last->completes;
  }
  return node;
}

Node* Checker::bind_using(const Syntax* syntax) {
  if (syntax->items.size() < 2) return error(syntax);
  const std::size_t scope = scope_.size();
  Node* block = make(NodeKind::block, core().void_type, syntax);
  const Type* type = nullptr;
  static const Type* disposable = read_type("IDisposable");
  if (syntax->items[0]->kind == SyntaxKind::local) {
    block->items.push_back(bind_local(syntax->items[0]));
    for (std::size_t i = scope; i < scope_.size(); ++i) {
      if (scope_[i].local == nullptr) continue;
      scope_[i].local->read_only = true;
      type = scope_[i].local->type;
    }
  } else {
    Node* value = bind_value(syntax->items[0]);
    type = value->type;
    Node* statement = make(NodeKind::expression, core().void_type, syntax);
    statement->items = {value};
    block->items.push_back(statement);
  }
  if (type != nullptr && !type->is_error() && !is_a(type, disposable)) {
    error(syntax->items[0], "SL4005", "'" + type->display + "' cannot stand in 'using'");
  }
  // Nothing here holds resources of the system: there is nothing to dispose of.
  Node* body = bind_statement(syntax->items[1]);
  block->items.push_back(body);
  block->completes = body->completes;
  block->breaks = body->breaks;
  scope_.resize(scope);
  return block;
}

Node* Checker::bind_return(const Syntax* syntax) {
  Node* node = make(NodeKind::result, core().void_type, syntax);
  node->completes = false;
  Frame& frame = frames_.back();
  if (frame.in_finally) return error(syntax, "SL3004", "'return' cannot leave a finally block");
  if (syntax->items.empty()) {
    if (frame.function == tree_.main ||
        (frame.wanted != nullptr && frame.wanted->kind != TypeKind::void_type && !frame.wanted->is_error())) {
      error(syntax, "SL4007", "'return' needs a value here");
    }
    frame.returns.push_back({node, syntax});
    return node;
  }
  const Type* wanted = frame.wanted;
  Node* value = syntax->items[0]->kind == SyntaxKind::default_of ? bind_default(syntax->items[0], wanted)
                                                                 : bind_value(syntax->items[0]);
  if (wanted != nullptr) {
    if (wanted->kind == TypeKind::void_type)
      value = error(syntax, "SL4007", "nothing can be returned here");
    else
      value = convert(value, wanted, syntax->items[0]);
  } else if (value->type->kind == TypeKind::lambda) {
    value = error(syntax->items[0], "SL4005", "a lambda or method is not a value", "call it: add '()'");
  }
  node->items = {value};
  frames_.back().returns.push_back({node, syntax});
  return node;
}

void Checker::check_returns(Function* function, const Syntax*) {
  Frame& frame = frames_.back();
  if (!frame.infer) return;
  std::vector<Node*> values;
  for (const auto& [node, syntax] : frame.returns) {
    if (!node->items.empty()) values.push_back(node->items[0]);
  }
  if (values.empty()) {
    function->result = core().void_type;
    return;
  }
  const Type* type = common_type(values);
  // The expression as a whole returns object: every return may have its own type.
  if (type == nullptr) type = function == tree_.main ? core().object : core().error;
  if (function == tree_.main) {
    for (const Node* value : values) {
      if (value->type != type && value->type->kind != TypeKind::null) type = core().object;
    }
  }
  function->result = type;
  for (auto& [node, syntax] : frame.returns) {
    if (!node->items.empty() && !type->is_error()) node->items[0] = convert(node->items[0], type, syntax);
  }
}

Node* Checker::raise_node(const Syntax* value, const Syntax* at) {
  Node* exception = bind_value(value);
  if (exception->is_error()) return exception;
  if (exception->type->kind != TypeKind::null && !is_a(exception->type, core().exception)) {
    return error(value, "SL4005", "only exceptions can be thrown, not '" + exception->type->display + "'");
  }
  Node* node = make(NodeKind::raise, core().error, at);
  node->type = core().null;
  node->items = {exception};
  return node;
}

Node* Checker::bind_throw(const Syntax* syntax) {
  Node* node = make(NodeKind::expression, core().void_type, syntax);
  node->completes = false;
  if (syntax->items.empty()) {
    if (handlers_.empty()) return error(syntax, "SL3004", "'throw;' stands outside of a catch block");
    Node* again = make(NodeKind::raise, core().null, syntax);
    again->local = handlers_.back();
    node->items = {again};
    return node;
  }
  node->items = {raise_node(syntax->items[0], syntax)};
  return node;
}

}  // namespace sluice::expression
