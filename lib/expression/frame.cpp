// SPDX-License-Identifier: Apache-2.0
// What the program's evaluator and the tree walker share: frames that outlive their call, casts, calls of members.
#include "expression/frame.hpp"

#include "expression/objects.hpp"

#include "base/text.hpp"

namespace sluice::expression {

Frame* keep(Evaluation& run, Frame* frame) {
  if (frame == nullptr || frame->kept) return frame;
  Frame* copy = run.make<Frame>();
  Value* slots = run.make_array<Value>(frame->count);
  if (copy == nullptr || (slots == nullptr && frame->count != 0)) return frame;
  for (std::uint32_t i = 0; i < frame->count; ++i) slots[i] = frame->slots[i];
  *copy = {slots, keep(run, frame->outer), frame->count, true};
  return copy;
}

Value cast_value(Evaluation& run, const Value& value, const Type* type) {
  if (value.is_null()) {
    if (type->nullable()) return value;
    return run.raise_null();
  }
  if (value_is(value, type)) return value;
  std::string message = "Unable to cast object of type '" + std::string(type_of(value)->full) + "' to type '";
  message += without_nullable(type)->full + "'.";
  return run.raise(Fault::invalid_cast, message);
}

Value try_cast_value(const Value& value, const Type* type) { return value_is(value, type) ? value : Value(); }

Value unwrap_value(Evaluation& run, const Value& value) {
  if (value.is_null()) return run.raise(Fault::invalid_operation, "Nullable object must have a value.");
  return value;
}

namespace {

Value joined(Evaluation& run, const Value* texts, std::uint32_t count, std::size_t size) {
  char* const to = run.text_buffer(size);
  if (to == nullptr) return {};
  char* end = to;
  for (std::uint32_t i = 0; i < count; ++i) end = put_text(end, texts[i].as_string());
  return Value::string({to, size});
}

/// With texts made of the values that are none.
Value joined_texts(Evaluation& run, const Value* values, std::uint32_t count) {
  Value* texts = run.make_array<Value>(count);
  std::size_t size = 0;
  for (std::uint32_t i = 0; i < count && texts != nullptr; ++i) {
    texts[i] = Value::string(text_of(run, values[i]));
    size += texts[i].as_string().size();
  }
  return run.failed() ? Value() : joined(run, texts, count, size);
}

}  // namespace

Value concatenate(Evaluation& run, const Value* values, std::uint32_t count) {
  std::size_t size = 0;
  bool texts_only = true;
  for (std::uint32_t i = 0; i < count; ++i) {
    texts_only = texts_only && values[i].is_string();
    size += values[i].as_string().size();
  }
  return texts_only ? joined(run, values, count, size) : joined_texts(run, values, count);
}

Value call_member(Evaluation& run, const CallSite& site, const Value* arguments, std::uint32_t count) {
  const Member& member = *site.member;
  if (!member.is_static && arguments[0].is_null() && !has(member.row->traits, Trait::accepts_null)) {
    return run.raise_null();
  }
  Call call{run, arguments, count, &site};
  return site.function(call);
}

Value invoke_value(Evaluation& run, const Value& delegate, const Value* arguments, std::uint32_t count) {
  if (delegate.is_null()) return run.raise_null();
  return run.invoke(*static_cast<const Closure*>(delegate.as_object()), arguments, count);
}

namespace {

Value run_delegate(Evaluation& run, const Closure& closure, const Value* arguments, std::uint32_t count) {
  const auto* site = static_cast<const CallSite*>(closure.code);
  if (closure.environment == nullptr) return call_member(run, *site, arguments, count);
  constexpr std::uint32_t most = 8;
  Value all[most + 1];
  all[0] = *static_cast<const Value*>(closure.environment);
  if (count > most) return run.exhaust("arguments of a delegate");
  for (std::uint32_t i = 0; i < count; ++i) all[i + 1] = arguments[i];
  return call_member(run, *site, all, count + 1);
}

}  // namespace

Value make_delegate(Evaluation& run, const Type* type, const CallSite* site, const Value* receiver) {
  Closure* closure = run.make<Closure>();
  if (closure == nullptr) return {};
  Value* held = nullptr;
  if (receiver != nullptr) {
    if (receiver->is_null()) return run.raise_null();
    held = run.make<Value>();
    if (held == nullptr) return {};
    *held = *receiver;
  }
  closure->type = type;
  closure->run = run_delegate;
  closure->code = site;
  closure->environment = held;
  return Value::object(closure);
}

Value throw_value(Evaluation& run, const Value& exception) {
  if (exception.is_null()) return run.raise_null();
  return run.raise(static_cast<const ExceptionObject*>(exception.as_object()));
}

}  // namespace sluice::expression
