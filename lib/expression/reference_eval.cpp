// SPDX-License-Identifier: Apache-2.0
// The plain tree walker: evaluates the typed tree as it stands. It is what the compiled program is checked against,
// and what folds constants. Entry point: reference_eval.
#include "expression/reference_eval.hpp"

#include "expression/frame.hpp"
#include "expression/sequence.hpp"

namespace sluice::expression {
namespace {

enum class Flow : std::uint8_t { normal, leave, next, result };

Value run_closure(Evaluation& run, const Closure& closure, const Value* arguments, std::uint32_t count);

class Walker {
 public:
  Walker(Evaluation& run, const Function& function, Frame* outer) : run_(run), function_(function) {
    frame_.outer = outer;
    frame_.count = static_cast<std::uint32_t>(function.locals.size());
    frame_.slots = run.make_array<Value>(frame_.count);
  }

  Value call(const Value* arguments, std::uint32_t count) {
    if (frame_.slots == nullptr && frame_.count != 0) return {};
    for (std::uint32_t i = 0; i < count && i < function_.parameters.size(); ++i) {
      const Local* local = function_.parameters[i];
      if (local->captured)
        fresh_cell(run_, frame_.slots[local->slot], arguments[i]);
      else
        frame_.slots[local->slot] = arguments[i];
    }
    Value result;
    if (!run_.failed() && function_.body != nullptr) execute(function_.body, result);
    return run_.failed() ? Value() : result;
  }

  /// One expression without a frame of its own.
  Value evaluate(const Node* node) { return eval(node); }

 private:
  Value* place(const Local* local) {
    Frame* frame = enclosing(&frame_, function_.depth - local->owner->depth);
    Value& slot = frame->slots[local->slot];
    return local->captured ? cell_of(run_, slot) : &slot;
  }

  Value eval(const Node* node) {
    if (run_.failed() || !run_.charge(1)) return {};
    switch (node->kind) {
      case NodeKind::constant: return node->value;
      case NodeKind::local: {
        const Value* at = place(node->local);
        return at == nullptr ? Value() : *at;
      }
      case NodeKind::assign: {
        const Value value = eval(node->items[0]);
        if (run_.failed()) return {};
        Value* at = place(node->local);
        if (at != nullptr) *at = value;
        return value;
      }
      case NodeKind::binary: {
        const Value left = eval(node->items[0]);
        const Value right = eval(node->items[1]);
        return run_.failed() ? Value() : apply_binary(run_, node->op, node->operands, node->checked, left, right);
      }
      case NodeKind::unary: {
        const Value value = eval(node->items[0]);
        return run_.failed() ? Value() : apply_unary(run_, node->op, node->operands, node->checked, value);
      }
      case NodeKind::logical_and: {
        const Value left = eval(node->items[0]);
        return run_.failed() || !left.as_boolean() ? left : eval(node->items[1]);
      }
      case NodeKind::logical_or: {
        const Value left = eval(node->items[0]);
        return run_.failed() || left.as_boolean() ? left : eval(node->items[1]);
      }
      case NodeKind::conditional: {
        const Value condition = eval(node->items[0]);
        if (run_.failed()) return {};
        return eval(node->items[condition.as_boolean() ? 1 : 2]);
      }
      case NodeKind::coalesce: {
        const Value left = eval(node->items[0]);
        return run_.failed() || !left.is_null() ? left : eval(node->items[1]);
      }
      case NodeKind::is_null: {
        const Value value = eval(node->items[0]);
        return Value::boolean(value.is_null());
      }
      case NodeKind::sequence: {
        Value value;
        for (const Node* item : node->items) {
          value = eval(item);
          if (run_.failed()) return {};
        }
        return value;
      }
      case NodeKind::retype: return eval(node->items[0]);
      case NodeKind::convert: {
        const Value value = eval(node->items[0]);
        return run_.failed() ? Value() : convert_number(run_, value, node->type, node->checked);
      }
      case NodeKind::cast: {
        const Value value = eval(node->items[0]);
        return run_.failed() ? Value() : cast_value(run_, value, node->type);
      }
      case NodeKind::try_cast: {
        const Value value = eval(node->items[0]);
        return run_.failed() ? Value() : try_cast_value(value, node->tested);
      }
      case NodeKind::is_type: {
        const Value value = eval(node->items[0]);
        return Value::boolean(value_is(value, node->tested));
      }
      case NodeKind::unwrap: {
        const Value value = eval(node->items[0]);
        return run_.failed() ? Value() : unwrap_value(run_, value);
      }
      case NodeKind::address: return Value::pointer(ValueKind::uint64, place(node->local));
      case NodeKind::raise: return eval_raise(node);
      case NodeKind::lambda: return eval_lambda(node);
      default: return eval_with_items(node);
    }
  }

  Value eval_raise(const Node* node) {
    const Value exception = node->items.empty() ? *place(node->local) : eval(node->items[0]);
    return run_.failed() ? Value() : throw_value(run_, exception);
  }

  Value eval_lambda(const Node* node) {
    Closure* closure = run_.make<Closure>();
    if (closure == nullptr) return {};
    Frame* owner = enclosing(&frame_, function_.depth - node->function->outer->depth);
    closure->type = node->type;
    closure->run = run_closure;
    closure->code = node->function;
    closure->environment = keep(run_, owner);
    return Value::object(closure);
  }

  /// Nodes whose items are all evaluated first, left to right.
  Value eval_with_items(const Node* node) {
    const auto count = static_cast<std::uint32_t>(node->items.size());
    Value* values = run_.make_array<Value>(count);
    if (values == nullptr && count != 0) return {};
    for (std::uint32_t i = 0; i < count; ++i) {
      values[i] = eval(node->items[i]);
      if (run_.failed()) return {};
    }
    switch (node->kind) {
      case NodeKind::call: return call_member(run_, *node->site, values, count);
      case NodeKind::invoke: return invoke_value(run_, values[0], values + 1, count - 1);
      case NodeKind::call_function: {
        if (run_.depth >= run_.limits.call_depth) return run_.exhaust("call depth");
        ++run_.depth;
        Walker inner(run_, *node->function, enclosing(&frame_, function_.depth - node->function->outer->depth));
        const Value value = inner.call(values, count);
        --run_.depth;
        return value;
      }
      case NodeKind::delegate: return make_delegate(run_, node->type, node->site, count == 0 ? nullptr : values);
      case NodeKind::array_new: return make_array(run_, node->type, values, count);
      case NodeKind::array_sized: return make_sized_array(run_, node->type, values[0].as_integer());
      case NodeKind::array_get: return element_at(run_, values[0], values[1].as_integer());
      case NodeKind::array_set: return set_element(run_, values[0], values[1].as_integer(), values[2]);
      case NodeKind::fields_new: return make_fields(run_, without_names(node->type), values, count);
      case NodeKind::field_get: {
        if (values[0].is_null()) return run_.raise_null();
        return static_cast<const FieldsObject*>(values[0].as_object())->fields[node->index];
      }
      case NodeKind::concat: return concatenate(run_, values, count);
      default: return run_.raise(Fault::exception, "The expression has a part that cannot be evaluated.");
    }
  }

  Flow execute(const Node* node, Value& result) {
    if (run_.failed() || !run_.charge(1)) return Flow::normal;
    switch (node->kind) {
      case NodeKind::block:
        for (const Node* item : node->items) {
          const Flow flow = execute(item, result);
          if (run_.failed() || flow != Flow::normal) return flow;
        }
        return Flow::normal;
      case NodeKind::expression: eval(node->items[0]); return Flow::normal;
      case NodeKind::declare: {
        Value& slot = frame_.slots[node->local->slot];
        if (node->local->captured)
          fresh_cell(run_, slot, default_value(node->local->type));
        else
          slot = default_value(node->local->type);
        return Flow::normal;
      }
      case NodeKind::branch: {
        const Value condition = eval(node->items[0]);
        if (run_.failed()) return Flow::normal;
        if (condition.as_boolean()) return execute(node->items[1], result);
        return node->items.size() > 2 ? execute(node->items[2], result) : Flow::normal;
      }
      case NodeKind::loop: return execute_loop(node, result);
      case NodeKind::foreach_loop: return execute_foreach(node, result);
      case NodeKind::attempt: return execute_attempt(node, result);
      case NodeKind::breakable: {
        if (node->items.empty()) return Flow::normal;
        const Flow flow = execute(node->items[0], result);
        return flow == Flow::leave ? Flow::normal : flow;
      }
      case NodeKind::result: result = node->items.empty() ? Value() : eval(node->items[0]); return Flow::result;
      case NodeKind::leave_loop: return Flow::leave;
      case NodeKind::next_loop: return Flow::next;
      default: eval(node); return Flow::normal;
    }
  }

  Flow execute_loop(const Node* node, Value& result) {
    bool first = node->flag;
    while (true) {
      if (!first && node->items[0] != nullptr) {
        const Value condition = eval(node->items[0]);
        if (run_.failed() || !condition.as_boolean()) return Flow::normal;
      }
      first = false;
      const Flow flow = execute(node->items[1], result);
      if (run_.failed()) return Flow::normal;
      if (flow == Flow::leave) return Flow::normal;
      if (flow == Flow::result) return flow;
      if (node->items[2] != nullptr) execute(node->items[2], result);
      if (run_.failed() || !run_.charge(1)) return Flow::normal;
    }
  }

  Flow execute_foreach(const Node* node, Value& result) {
    const Value source = eval(node->items[0]);
    if (run_.failed()) return Flow::normal;
    if (source.is_null()) {
      run_.raise_null();
      return Flow::normal;
    }
    Walk walk;
    walk.begin(run_, source);
    for (Value item; !run_.failed() && walk.next(run_, item);) {
      Value* at = place(node->local);
      if (at == nullptr) return Flow::normal;
      *at = item;
      const Flow flow = execute(node->items[1], result);
      if (run_.failed()) return Flow::normal;
      if (flow == Flow::leave) return Flow::normal;
      if (flow == Flow::result) return flow;
    }
    return Flow::normal;
  }

  Flow execute_attempt(const Node* node, Value& result) {
    Flow flow = execute(node->items[0], result);
    for (std::size_t i = 1; i < node->items.size() && run_.failed() && !run_.fatal; ++i) {
      const Node* handler = node->items[i];
      const ExceptionObject* exception = run_.raised;
      if (!handler->tested->is_error() && !is_a(static_cast<const Type*>(exception->type), handler->tested)) continue;
      run_.raised = nullptr;
      Value* at = place(handler->local);
      if (handler->local->captured)
        fresh_cell(run_, frame_.slots[handler->local->slot], Value::object(exception));
      else
        *at = Value::object(exception);
      if (handler->items[0] != nullptr) {
        const Value accepted = eval(handler->items[0]);
        if (run_.failed() && !run_.fatal) run_.raised = nullptr;  // A filter that throws is false.
        if (run_.fatal) return Flow::normal;
        if (!accepted.as_boolean()) {
          run_.raised = exception;
          continue;
        }
      }
      flow = execute(handler->items[1], result);
      break;
    }
    if (node->last != nullptr && !run_.fatal) {
      const ExceptionObject* pending = run_.raised;
      run_.raised = nullptr;
      Value ignored;
      execute(node->last, ignored);
      if (!run_.failed()) run_.raised = pending;
    }
    return flow;
  }

  Evaluation& run_;
  const Function& function_;
  Frame frame_;
};

Value run_closure(Evaluation& run, const Closure& closure, const Value* arguments, std::uint32_t count) {
  Walker walker(run, *static_cast<const Function*>(closure.code), static_cast<Frame*>(closure.environment));
  return walker.call(arguments, count);
}

}  // namespace

Value reference_eval(Evaluation& run, const Function& function) {
  return Walker(run, function, nullptr).call(nullptr, 0);
}

Value reference_eval(Evaluation& run, const Node& node) {
  static const Function empty;
  return Walker(run, empty, nullptr).evaluate(&node);
}

}  // namespace sluice::expression
