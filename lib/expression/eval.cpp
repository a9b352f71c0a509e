// SPDX-License-Identifier: Apache-2.0
// The evaluator: one loop over the instructions of a function. Exceptions are routed by the function's table of
// regions; a used-up budget passes all of them. Steps are charged where the program can repeat or call itself.
#include "expression/eval.hpp"

#include "expression/frame.hpp"
#include "expression/sequence.hpp"

#include "base/text.hpp"

#include <memory>

namespace sluice::expression {
namespace {

Value run_closure(Evaluation& run, const Closure& closure, const Value* arguments, std::uint32_t count);

/// The environment of a closure: its code and the frame around it.
struct Environment {
  const Program* program;
  Frame* outer;
};

class Machine {
 public:
  Machine(Evaluation& run, const Program& program, const Code& code, Frame* outer)
      : run_(run), program_(program), code_(code) {
    frame_.outer = outer;
    frame_.count = static_cast<std::uint32_t>(code.function->locals.size());
  }

  Value call(const Value* arguments, std::uint32_t count);

 private:
  void begin_items(Value& state, const Value& source);
  Value make_closure(const Node* node);
  Value call_function(const Function* function, const Value* arguments, std::uint32_t count);
  Value* outer_place(const Instruction& at) { return cell_of(run_, enclosing(&frame_, at.target)->slots[at.extra]); }
  /// Where the exception under way goes on; null when it leaves the function.
  const Instruction* handler_of(const Instruction* at) const {
    if (run_.fatal) return nullptr;
    const auto index = static_cast<std::uint32_t>(at - code_.instructions.data());
    for (const Region& region : code_.regions) {
      if (index >= region.first && index < region.end) return code_.instructions.data() + region.handler;
    }
    return nullptr;
  }

  Evaluation& run_;
  const Program& program_;
  const Code& code_;
  Frame frame_;
};

inline std::int32_t int_of(const Value& value) { return static_cast<std::int32_t>(value.as_integer()); }
inline bool same_texts(const Value& left, const Value& right) {
  return left.kind() == right.kind() && (left.is_null() || same_text(left.as_string(), right.as_string()));
}

/// Whether it is an object of that very type, so that nothing has to be looked up.
inline bool is_exactly(const Value& value, const void* type) {
  return value.kind() == ValueKind::object && value.as_object()->type == type;
}

Value Machine::call(const Value* arguments, std::uint32_t count) {
  // Most functions fit into registers on the stack.
  constexpr std::uint32_t few = 40;
  alignas(Value) std::byte room[few * sizeof(Value)];
  Value* r = reinterpret_cast<Value*>(room);
  if (code_.registers > few) {
    r = run_.make_array<Value>(code_.registers);
    if (r == nullptr) return {};
  }
  std::uninitialized_copy_n(code_.initial.data(), code_.registers, r);
  for (std::uint32_t i = 0; i < count; ++i) r[i] = arguments[i];
  frame_.slots = r;

  const Instruction* const first = code_.instructions.data();
  const Instruction* at = first;
#define SLUICE_CHECK() \
  if (run_.raised != nullptr) goto raised
#define SLUICE_JUMP_IF(condition) \
  if (!(condition)) break;        \
  at = first + i.target;          \
  continue
  while (true) {
    const Instruction& i = *at;
    if (i.code > Opcode::result_nothing) __builtin_unreachable();  // Spares the check of every step.
    switch (i.code) {
      case Opcode::load: r[i.a] = *static_cast<const Value*>(i.pointer); break;
      case Opcode::move: r[i.a] = r[i.b]; break;
      case Opcode::load_cell: {
        const Value* cell = cell_of(run_, r[i.b]);
        SLUICE_CHECK();
        r[i.a] = *cell;
        break;
      }
      case Opcode::store_cell: {
        Value* cell = cell_of(run_, r[i.a]);
        SLUICE_CHECK();
        *cell = r[i.b];
        break;
      }
      case Opcode::load_outer: {
        const Value* cell = outer_place(i);
        SLUICE_CHECK();
        r[i.a] = *cell;
        break;
      }
      case Opcode::store_outer: {
        Value* cell = outer_place(i);
        SLUICE_CHECK();
        *cell = r[i.a];
        break;
      }
      case Opcode::fresh:
        fresh_cell(run_, r[i.a], *static_cast<const Value*>(i.pointer));
        SLUICE_CHECK();
        break;
      case Opcode::fresh_from:
        fresh_cell(run_, r[i.a], Value(r[i.b]));
        SLUICE_CHECK();
        break;
      case Opcode::address: r[i.a] = Value::pointer(ValueKind::uint64, &r[i.b]); break;
      case Opcode::address_cell:
        r[i.a] = Value::pointer(ValueKind::uint64, cell_of(run_, r[i.b]));
        SLUICE_CHECK();
        break;
      case Opcode::address_outer:
        r[i.a] = Value::pointer(ValueKind::uint64, outer_place(i));
        SLUICE_CHECK();
        break;
      case Opcode::jump: at = first + i.target; continue;
      case Opcode::jump_back:
        if (!run_.charge(i.extra)) goto raised;
        at = first + i.target;
        continue;
      case Opcode::jump_if: SLUICE_JUMP_IF(r[i.a].as_boolean());
      case Opcode::jump_unless: SLUICE_JUMP_IF(!r[i.a].as_boolean());
      case Opcode::jump_if_null: SLUICE_JUMP_IF(r[i.a].is_null());
      case Opcode::jump_unless_null: SLUICE_JUMP_IF(!r[i.a].is_null());
      case Opcode::jump_if_equal_int32: SLUICE_JUMP_IF(int_of(r[i.b]) == int_of(r[i.c]));
      case Opcode::jump_if_not_equal_int32: SLUICE_JUMP_IF(int_of(r[i.b]) != int_of(r[i.c]));
      case Opcode::jump_if_less_int32: SLUICE_JUMP_IF(int_of(r[i.b]) < int_of(r[i.c]));
      case Opcode::jump_if_less_equal_int32: SLUICE_JUMP_IF(int_of(r[i.b]) <= int_of(r[i.c]));
      case Opcode::jump_if_greater_int32: SLUICE_JUMP_IF(int_of(r[i.b]) > int_of(r[i.c]));
      case Opcode::jump_if_greater_equal_int32: SLUICE_JUMP_IF(int_of(r[i.b]) >= int_of(r[i.c]));
      case Opcode::jump_if_equal_string: SLUICE_JUMP_IF(same_texts(r[i.b], r[i.c]));
      case Opcode::jump_if_not_equal_string: SLUICE_JUMP_IF(!same_texts(r[i.b], r[i.c]));
      case Opcode::is_null: r[i.a] = Value::boolean(r[i.b].is_null()); break;
      case Opcode::logical_not: r[i.a] = Value::boolean(!r[i.b].as_boolean()); break;
      case Opcode::add_int32:
        r[i.a] = Value::int32(static_cast<std::int32_t>(static_cast<std::uint32_t>(int_of(r[i.b])) +
                                                        static_cast<std::uint32_t>(int_of(r[i.c]))));
        break;
      case Opcode::subtract_int32:
        r[i.a] = Value::int32(static_cast<std::int32_t>(static_cast<std::uint32_t>(int_of(r[i.b])) -
                                                        static_cast<std::uint32_t>(int_of(r[i.c]))));
        break;
      case Opcode::multiply_int32:
        r[i.a] = Value::int32(static_cast<std::int32_t>(static_cast<std::uint32_t>(int_of(r[i.b])) *
                                                        static_cast<std::uint32_t>(int_of(r[i.c]))));
        break;
      case Opcode::equal_int32: r[i.a] = Value::boolean(int_of(r[i.b]) == int_of(r[i.c])); break;
      case Opcode::not_equal_int32: r[i.a] = Value::boolean(int_of(r[i.b]) != int_of(r[i.c])); break;
      case Opcode::less_int32: r[i.a] = Value::boolean(int_of(r[i.b]) < int_of(r[i.c])); break;
      case Opcode::less_equal_int32: r[i.a] = Value::boolean(int_of(r[i.b]) <= int_of(r[i.c])); break;
      case Opcode::greater_int32: r[i.a] = Value::boolean(int_of(r[i.b]) > int_of(r[i.c])); break;
      case Opcode::greater_equal_int32: r[i.a] = Value::boolean(int_of(r[i.b]) >= int_of(r[i.c])); break;
      case Opcode::equal_string: r[i.a] = Value::boolean(same_texts(r[i.b], r[i.c])); break;
      case Opcode::not_equal_string: r[i.a] = Value::boolean(!same_texts(r[i.b], r[i.c])); break;
      case Opcode::binary: {
        const Node& node = *static_cast<const Node*>(i.pointer);
        r[i.a] = apply_binary(run_, node.op, node.operands, node.checked, r[i.b], r[i.c]);
        SLUICE_CHECK();
        break;
      }
      case Opcode::unary: {
        const Node& node = *static_cast<const Node*>(i.pointer);
        r[i.a] = apply_unary(run_, node.op, node.operands, node.checked, r[i.b]);
        SLUICE_CHECK();
        break;
      }
      case Opcode::convert: {
        const Node& node = *static_cast<const Node*>(i.pointer);
        r[i.a] = convert_number(run_, r[i.b], node.type, node.checked);
        SLUICE_CHECK();
        break;
      }
      case Opcode::cast:
        if (is_exactly(r[i.b], i.pointer)) {
          r[i.a] = r[i.b];
          break;
        }
        r[i.a] = cast_value(run_, r[i.b], static_cast<const Type*>(i.pointer));
        SLUICE_CHECK();
        break;
      case Opcode::try_cast: r[i.a] = try_cast_value(r[i.b], static_cast<const Type*>(i.pointer)); break;
      case Opcode::is_type: r[i.a] = Value::boolean(value_is(r[i.b], static_cast<const Type*>(i.pointer))); break;
      case Opcode::unwrap:
        r[i.a] = unwrap_value(run_, r[i.b]);
        SLUICE_CHECK();
        break;
      case Opcode::call_checked:
        if (r[i.b].is_null()) {
          run_.raise_null();
          goto raised;
        }
        [[fallthrough]];
      case Opcode::call: {
        const CallSite* site = static_cast<const CallSite*>(i.pointer);
        Call call{run_, r + i.b, i.c, site};
        r[i.a] = site->function(call);
        SLUICE_CHECK();
        break;
      }
      case Opcode::call_function:
        r[i.a] = call_function(static_cast<const Function*>(i.pointer), r + i.b, i.c);
        SLUICE_CHECK();
        break;
      case Opcode::invoke:
        r[i.a] = invoke_value(run_, r[i.b], r + i.b + 1, i.c - 1u);
        SLUICE_CHECK();
        break;
      case Opcode::make_closure:
        r[i.a] = make_closure(static_cast<const Node*>(i.pointer));
        SLUICE_CHECK();
        break;
      case Opcode::make_delegate: {
        const Node& node = *static_cast<const Node*>(i.pointer);
        r[i.a] = expression::make_delegate(run_, node.type, node.site, i.c == 0 ? nullptr : &r[i.b]);
        SLUICE_CHECK();
        break;
      }
      case Opcode::new_array:
        r[i.a] = make_array(run_, static_cast<const Type*>(i.pointer), r + i.b, i.c);
        SLUICE_CHECK();
        break;
      case Opcode::new_sized_array:
        r[i.a] = make_sized_array(run_, static_cast<const Type*>(i.pointer), r[i.b].as_integer());
        SLUICE_CHECK();
        break;
      case Opcode::new_fields:
        r[i.a] = make_fields(run_, static_cast<const Type*>(i.pointer), r + i.b, i.c);
        SLUICE_CHECK();
        break;
      case Opcode::get_element:
        r[i.a] = element_at(run_, r[i.b], r[i.c].as_integer());
        SLUICE_CHECK();
        break;
      case Opcode::set_element:
        set_element(run_, r[i.a], r[i.b].as_integer(), r[i.c]);
        SLUICE_CHECK();
        break;
      case Opcode::get_field:
        if (r[i.b].is_null()) {
          run_.raise_null();
          goto raised;
        }
        r[i.a] = static_cast<const FieldsObject*>(r[i.b].as_object())->fields[i.c];
        break;
      case Opcode::concatenate:
        r[i.a] = expression::concatenate(run_, r + i.b, i.c);
        SLUICE_CHECK();
        break;
      case Opcode::raise: throw_value(run_, r[i.a]); goto raised;
      case Opcode::caught: {
        // The next instruction is the jump for exceptions of other types.
        const Type* wanted = static_cast<const Type*>(i.pointer);
        const ExceptionObject* exception = run_.raised;
        if (wanted != nullptr && !is_a(static_cast<const Type*>(exception->type), wanted)) break;
        run_.raised = nullptr;
        r[i.a] = Value::object(exception);
        at += 2;
        continue;
      }
      case Opcode::restore: run_.raised = static_cast<const ExceptionObject*>(r[i.a].as_object()); break;
      case Opcode::propagate: goto raised;
      case Opcode::begin_items:
        begin_items(r[i.a], r[i.b]);
        SLUICE_CHECK();
        break;
      case Opcode::next_item: {
        auto& walk = *static_cast<Walk*>(const_cast<void*>(r[i.a].data()));
        if (walk.next(run_, r[i.b])) break;
        if (run_.failed()) goto raised;
        at = first + i.target;
        continue;
      }
      case Opcode::result: return r[i.a];
      case Opcode::result_nothing: return {};
    }
    ++at;
    continue;
  raised:
    at = handler_of(at);
    if (at == nullptr) return {};
  }
#undef SLUICE_JUMP_IF
#undef SLUICE_CHECK
}

void Machine::begin_items(Value& state, const Value& source) {
  if (source.is_null()) {
    run_.raise_null();
    return;
  }
  auto* walk = run_.make<Walk>();
  if (walk == nullptr || !walk->begin(run_, source)) return;
  state = Value::pointer(ValueKind::object, walk);
}

Value Machine::make_closure(const Node* node) {
  auto* closure = run_.make<Closure>();
  auto* environment = run_.make<Environment>();
  if (closure == nullptr || environment == nullptr) return {};
  Frame* owner = enclosing(&frame_, code_.function->depth - node->function->outer->depth);
  *environment = {&program_, keep(run_, owner)};
  closure->type = node->type;
  closure->run = run_closure;
  closure->code = &program_.functions[node->function->index];
  closure->environment = environment;
  return Value::object(closure);
}

Value Machine::call_function(const Function* function, const Value* arguments, std::uint32_t count) {
  if (run_.depth >= run_.limits.call_depth) return run_.exhaust("call depth");
  const Code& code = program_.functions[function->index];
  if (!run_.charge(code.instructions.size())) return {};
  ++run_.depth;
  const Value value = Machine(run_, program_, code, enclosing(&frame_, code_.function->depth - function->outer->depth))
                          .call(arguments, count);
  --run_.depth;
  return value;
}

Value run_closure(Evaluation& run, const Closure& closure, const Value* arguments, std::uint32_t count) {
  const auto& environment = *static_cast<const Environment*>(closure.environment);
  const auto& code = *static_cast<const Code*>(closure.code);
  if (!run.charge(code.instructions.size())) return {};
  return Machine(run, *environment.program, code, environment.outer).call(arguments, count);
}

}  // namespace

Value run_program(Evaluation& run, const Program& program) {
  return Machine(run, program, program.functions[program.main], nullptr).call(nullptr, 0);
}

}  // namespace sluice::expression
