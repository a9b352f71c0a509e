// SPDX-License-Identifier: Apache-2.0
// The evaluator: one loop over the instructions of a function. Exceptions are routed by the function's table of
// regions; a used-up budget passes all of them. Steps are charged where the program can repeat or call itself.
#include "expression/eval.hpp"

#include "expression/frame.hpp"
#include "expression/sequence.hpp"

#include "base/text.hpp"

#include <cstring>
#include <memory>

namespace sluice::expression {
namespace {

Value run_closure(Evaluation& run, const Closure& closure, const Value* arguments, std::uint32_t count);

/// The environment of a closure: its code and the frame around it.
struct Environment {
  const Program* program;
  Frame* outer;
};

/// A function that runs.
struct Activation {
  Evaluation& run;
  const Program& program;
  const Code& code;
  Frame frame;
};

Value* outer_place(Activation& self, const Instruction& at) {
  return cell_of(self.run, enclosing(&self.frame, at.target)->slots[at.extra]);
}

/// Where the exception under way goes on; null when it leaves the function.
const Instruction* handler_of(const Activation& self, const Instruction* at) {
  if (self.run.fatal) return nullptr;
  const auto index = static_cast<std::uint32_t>(at - self.code.instructions.data());
  for (const Region& region : self.code.regions) {
    if (index >= region.first && index < region.end) return self.code.instructions.data() + region.handler;
  }
  return nullptr;
}

void begin_items(Evaluation& run, Value& state, const Value& source) {
  if (source.is_null()) {
    run.raise_null();
    return;
  }
  auto* walk = run.make<Walk>();
  if (walk == nullptr || !walk->begin(run, source)) return;
  state = Value::pointer(ValueKind::object, walk);
}

Value make_closure(Activation& self, const Node* node) {
  auto* closure = self.run.make<Closure>();
  auto* environment = self.run.make<Environment>();
  if (closure == nullptr || environment == nullptr) return {};
  Frame* owner = enclosing(&self.frame, self.code.function->depth - node->function->outer->depth);
  *environment = {&self.program, keep(self.run, owner)};
  closure->type = node->type;
  closure->run = run_closure;
  closure->code = &self.program.functions[node->function->index];
  closure->environment = environment;
  return Value::object(closure);
}

Value call_function(Activation& self, const Function* function, const Value* arguments, std::uint32_t count) {
  Evaluation& run = self.run;
  if (run.depth >= run.limits.call_depth) return run.exhaust("call depth");
  const Code& code = self.program.functions[function->index];
  if (!run.charge(code.instructions.size())) return {};
  ++run.depth;
  Frame* outer = enclosing(&self.frame, self.code.function->depth - function->outer->depth);
  const Value value = execute(run, self.program, code, outer, arguments, count);
  --run.depth;
  return value;
}

/// Word by word: results of calls were just stored that way, and a wider load would have to wait for both stores.
/// (This file is compiled without what would join the two again.)
inline void copy(Value& to, const Value& from) {
  constexpr std::size_t half = sizeof(Value) / 2;
  std::uint64_t first, second;
  std::memcpy(&first, &from, half);
  std::memcpy(&second, reinterpret_cast<const std::byte*>(&from) + half, half);
  std::memcpy(static_cast<void*>(&to), &first, half);
  std::memcpy(reinterpret_cast<std::byte*>(&to) + half, &second, half);
}

inline std::int32_t int_of(const Value& value) { return static_cast<std::int32_t>(value.as_integer()); }
inline std::uint32_t bits_of(const Value& value) { return static_cast<std::uint32_t>(value.bits()); }
/// Of arithmetic that wraps.
inline Value wrapped(std::uint32_t bits) { return Value::int32(static_cast<std::int32_t>(bits)); }
inline bool same_texts(const Value& left, const Value& right) {
  return left.kind() == right.kind() && (left.is_null() || same_text(left.as_string(), right.as_string()));
}

// Every instruction ends with the jump to the next one's code. (A jump of its own for each: shorter than a loop around
// a switch, and better foreseen.)
#define SLUICE_ON(name) on_##name:
#define SLUICE_GO() goto* places[static_cast<std::size_t>(at->code)]
#define SLUICE_NEXT() \
  do {                \
    ++at;             \
    SLUICE_GO();      \
  } while (false)
#define SLUICE_JUMP_IF(condition) \
  do {                            \
    if (condition) {              \
      at = first + at->target;    \
      SLUICE_GO();                \
    }                             \
    SLUICE_NEXT();                \
  } while (false)
#define SLUICE_CHECK() \
  if (run.raised != nullptr) goto raised

}  // namespace

Value execute(Evaluation& run, const Program& program, const Code& code, Frame* outer, const Value* arguments,
              std::uint32_t count) {
  static constexpr const void* places[] = {
#define X(name, doc) &&on_##name,
      SLUICE_INSTRUCTIONS(X)
#undef X
  };
  // Most functions fit into registers on the stack.
  constexpr std::uint32_t few = 40;  // An even number as well.
  alignas(Value) std::byte room[few * sizeof(Value)];
  Value* r = reinterpret_cast<Value*>(room);
  if (code.registers > few) {
    r = run.make_array<Value>(code.registers);
    if (r == nullptr) return {};
  }
  Value* to = r;
  for (const Value *from = code.initial.data(), *end = from + code.registers; from != end; from += 2, to += 2) {
    new (to) Value(from[0]);  // Two at a time: their number is even.
    new (to + 1) Value(from[1]);
  }
  for (std::uint32_t i = 0; i < count; ++i) copy(r[i], arguments[i]);

  Activation self{run, program, code, {r, outer, code.locals, false}};
  Call call{run, nullptr, 0, nullptr};
  Value pair[2];
  const Instruction* const first = code.instructions.data();
  const Instruction* at = first;
  const auto at_words = [&](std::size_t words) -> Value& {
    return *reinterpret_cast<Value*>(reinterpret_cast<std::byte*>(r) + words * 8);
  };
  const auto a = [&]() -> Value& { return at_words(at->a); };
  const auto b = [&]() -> Value& { return at_words(at->b); };
  const auto c = [&]() -> Value& { return at_words(at->c); };
  SLUICE_GO();
  {
    SLUICE_ON(load) {
      a() = *static_cast<const Value*>(at->pointer);
      SLUICE_NEXT();
    }
    SLUICE_ON(move) {
      copy(a(), b());
      SLUICE_NEXT();
    }
    SLUICE_ON(load_cell) {
      const Value* cell = cell_of(run, b());
      SLUICE_CHECK();
      a() = *cell;
      SLUICE_NEXT();
    }
    SLUICE_ON(store_cell) {
      Value* cell = cell_of(run, a());
      SLUICE_CHECK();
      *cell = b();
      SLUICE_NEXT();
    }
    SLUICE_ON(load_outer) {
      const Value* cell = outer_place(self, *at);
      SLUICE_CHECK();
      a() = *cell;
      SLUICE_NEXT();
    }
    SLUICE_ON(store_outer) {
      Value* cell = outer_place(self, *at);
      SLUICE_CHECK();
      *cell = a();
      SLUICE_NEXT();
    }
    SLUICE_ON(fresh) {
      fresh_cell(run, a(), *static_cast<const Value*>(at->pointer));
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(fresh_from) {
      fresh_cell(run, a(), Value(b()));
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(address) {
      a() = Value::pointer(ValueKind::uint64, &b());
      SLUICE_NEXT();
    }
    SLUICE_ON(address_cell) {
      a() = Value::pointer(ValueKind::uint64, cell_of(run, b()));
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(address_outer) {
      a() = Value::pointer(ValueKind::uint64, outer_place(self, *at));
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(jump) {
      at = first + at->target;
      SLUICE_GO();
    }
    SLUICE_ON(jump_back) {
      if (!run.charge(at->extra)) goto raised;
      at = first + at->target;
      SLUICE_GO();
    }
    SLUICE_ON(jump_if) SLUICE_JUMP_IF(a().as_boolean());
    SLUICE_ON(jump_unless) SLUICE_JUMP_IF(!a().as_boolean());
    SLUICE_ON(jump_if_null) SLUICE_JUMP_IF(a().is_null());
    SLUICE_ON(jump_unless_null) SLUICE_JUMP_IF(!a().is_null());
    SLUICE_ON(jump_if_equal_int32) SLUICE_JUMP_IF(int_of(b()) == int_of(c()));
    SLUICE_ON(jump_if_not_equal_int32) SLUICE_JUMP_IF(int_of(b()) != int_of(c()));
    SLUICE_ON(jump_if_less_int32) SLUICE_JUMP_IF(int_of(b()) < int_of(c()));
    SLUICE_ON(jump_if_less_equal_int32) SLUICE_JUMP_IF(int_of(b()) <= int_of(c()));
    SLUICE_ON(jump_if_greater_int32) SLUICE_JUMP_IF(int_of(b()) > int_of(c()));
    SLUICE_ON(jump_if_greater_equal_int32) SLUICE_JUMP_IF(int_of(b()) >= int_of(c()));
    SLUICE_ON(jump_if_equal_string) SLUICE_JUMP_IF(same_texts(b(), c()));
    SLUICE_ON(jump_if_not_equal_string) SLUICE_JUMP_IF(!same_texts(b(), c()));
    SLUICE_ON(is_null) {
      a() = Value::boolean(b().is_null());
      SLUICE_NEXT();
    }
    SLUICE_ON(logical_not) {
      a() = Value::boolean(!b().as_boolean());
      SLUICE_NEXT();
    }
    SLUICE_ON(add_int32) {
      a() = wrapped(bits_of(b()) + bits_of(c()));
      SLUICE_NEXT();
    }
    SLUICE_ON(subtract_int32) {
      a() = wrapped(bits_of(b()) - bits_of(c()));
      SLUICE_NEXT();
    }
    SLUICE_ON(multiply_int32) {
      a() = wrapped(bits_of(b()) * bits_of(c()));
      SLUICE_NEXT();
    }
    SLUICE_ON(equal_int32) {
      a() = Value::boolean(int_of(b()) == int_of(c()));
      SLUICE_NEXT();
    }
    SLUICE_ON(not_equal_int32) {
      a() = Value::boolean(int_of(b()) != int_of(c()));
      SLUICE_NEXT();
    }
    SLUICE_ON(less_int32) {
      a() = Value::boolean(int_of(b()) < int_of(c()));
      SLUICE_NEXT();
    }
    SLUICE_ON(less_equal_int32) {
      a() = Value::boolean(int_of(b()) <= int_of(c()));
      SLUICE_NEXT();
    }
    SLUICE_ON(greater_int32) {
      a() = Value::boolean(int_of(b()) > int_of(c()));
      SLUICE_NEXT();
    }
    SLUICE_ON(greater_equal_int32) {
      a() = Value::boolean(int_of(b()) >= int_of(c()));
      SLUICE_NEXT();
    }
    SLUICE_ON(equal_string) {
      a() = Value::boolean(same_texts(b(), c()));
      SLUICE_NEXT();
    }
    SLUICE_ON(not_equal_string) {
      a() = Value::boolean(!same_texts(b(), c()));
      SLUICE_NEXT();
    }
    SLUICE_ON(binary) {
      const Node& node = *static_cast<const Node*>(at->pointer);
      a() = apply_binary(run, node.op, node.operands, node.checked, b(), c());
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(unary) {
      const Node& node = *static_cast<const Node*>(at->pointer);
      a() = apply_unary(run, node.op, node.operands, node.checked, b());
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(convert) {
      const Node& node = *static_cast<const Node*>(at->pointer);
      a() = convert_number(run, b(), node.type, node.checked);
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(cast) {
      const Type* type = static_cast<const Type*>(at->pointer);
      if (value_is(b(), type)) {
        copy(a(), b());
        SLUICE_NEXT();
      }
      a() = cast_value(run, b(), type);
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(try_cast) {
      a() = try_cast_value(b(), static_cast<const Type*>(at->pointer));
      SLUICE_NEXT();
    }
    SLUICE_ON(is_type) {
      a() = Value::boolean(value_is(b(), static_cast<const Type*>(at->pointer)));
      SLUICE_NEXT();
    }
    SLUICE_ON(unwrap) {
      a() = unwrap_value(run, b());
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(call_checked) {
      if (b().is_null()) {
        run.raise_null();
        goto raised;
      }
      goto on_call;
    }
    SLUICE_ON(call) {
      call.arguments = &b();
      call.count = at->c;
      call.site = static_cast<const CallSite*>(at->pointer);
      a() = call.site->function(call);
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(call_pair_checked) {
      if (b().is_null()) {
        run.raise_null();
        goto raised;
      }
      goto on_call_pair;
    }
    SLUICE_ON(call_pair) {
      copy(pair[0], b());
      copy(pair[1], c());
      call.arguments = pair;
      call.count = 2;
      call.site = static_cast<const CallSite*>(at->pointer);
      a() = call.site->function(call);
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(call_function) {
      a() = call_function(self, static_cast<const Function*>(at->pointer), &b(), at->c);
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(invoke) {
      a() = invoke_value(run, b(), &b() + 1, at->c - 1u);
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(make_closure) {
      a() = make_closure(self, static_cast<const Node*>(at->pointer));
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(make_delegate) {
      const Node& node = *static_cast<const Node*>(at->pointer);
      a() = expression::make_delegate(run, node.type, node.site, at->c == 0 ? nullptr : &b());
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(new_array) {
      a() = make_array(run, static_cast<const Type*>(at->pointer), &b(), at->c);
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(new_sized_array) {
      a() = make_sized_array(run, static_cast<const Type*>(at->pointer), b().as_integer());
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(new_fields) {
      a() = make_fields(run, static_cast<const Type*>(at->pointer), &b(), at->c);
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(get_element) {
      a() = element_at(run, b(), c().as_integer());
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(set_element) {
      set_element(run, a(), b().as_integer(), c());
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(get_field) {
      if (b().is_null()) {
        run.raise_null();
        goto raised;
      }
      a() = static_cast<const FieldsObject*>(b().as_object())->fields[at->c];
      SLUICE_NEXT();
    }
    SLUICE_ON(concatenate) {
      a() = expression::concatenate(run, &b(), at->c);
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(raise) {
      throw_value(run, a());
      goto raised;
    }
    SLUICE_ON(caught) {
      // The next instruction is the jump for exceptions of other types.
      const Type* wanted = static_cast<const Type*>(at->pointer);
      const ExceptionObject* exception = run.raised;
      if (wanted != nullptr && !is_a(static_cast<const Type*>(exception->type), wanted)) SLUICE_NEXT();
      run.raised = nullptr;
      a() = Value::object(exception);
      at += 2;
      SLUICE_GO();
    }
    SLUICE_ON(restore) {
      run.raised = static_cast<const ExceptionObject*>(a().as_object());
      SLUICE_NEXT();
    }
    SLUICE_ON(propagate) goto raised;
    SLUICE_ON(begin_items) {
      begin_items(run, a(), b());
      SLUICE_CHECK();
      SLUICE_NEXT();
    }
    SLUICE_ON(next_item) {
      auto& walk = *static_cast<Walk*>(const_cast<void*>(a().data()));
      if (walk.next(run, b())) SLUICE_NEXT();
      if (run.failed()) goto raised;
      at = first + at->target;
      SLUICE_GO();
    }
    SLUICE_ON(result) return a();
    SLUICE_ON(result_nothing) return {};
  }
raised:
  at = handler_of(self, at);
  if (at == nullptr) return {};
  SLUICE_GO();
}
#undef SLUICE_CHECK
#undef SLUICE_JUMP_IF
#undef SLUICE_NEXT
#undef SLUICE_GO
#undef SLUICE_ON

namespace {

Value run_closure(Evaluation& run, const Closure& closure, const Value* arguments, std::uint32_t count) {
  const auto& environment = *static_cast<const Environment*>(closure.environment);
  const auto& code = *static_cast<const Code*>(closure.code);
  if (!run.charge(code.instructions.size())) return {};
  return execute(run, *environment.program, code, environment.outer, arguments, count);
}

}  // namespace

}  // namespace sluice::expression
