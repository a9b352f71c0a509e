// SPDX-License-Identifier: Apache-2.0
// One evaluation of an expression: its request, its budget, the exception that is under way. Library functions get a
// `Call` and answer through it. C# exceptions are values here: `raise` notes one and the engines route it.
#pragma once

#include "expression/member.hpp"
#include "expression/tree.hpp"

#include <sluice/context.hpp>
#include <sluice/expression.hpp>

#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>

namespace sluice::expression {

/// An exception as C# code sees it.
struct ExceptionObject : Object {
  std::string_view message;
  const ExceptionObject* inner;
};

/// Exceptions that the engine and the library raise.
enum class Fault : std::uint8_t {
  null_reference,
  invalid_cast,
  divide_by_zero,
  overflow,
  index_out_of_range,
  argument,
  argument_null,
  argument_out_of_range,
  format,
  invalid_operation,
  key_not_found,
  json,
  json_reader,
  regex_timeout,
  uri_format,
  cryptographic,
  not_supported,
  xml,
  exception,
  body,
  not_implemented,
  json_serialization
};

struct Closure;

/// A text that grows in the arena: `ArenaText text(&run.arena)`, and `run.adopt(std::move(text))` when it is whole.
using ArenaText = std::pmr::string;

class Evaluation {
 public:
  Evaluation(Arena& to, RequestContext* request, const ExpressionLimits& budget)
      : arena(to), context(request), limits(budget), steps_left_(budget.steps), memory_left_(budget.memory_bytes) {
    if (request == nullptr) return;
    deployment = &request->deployment;
    api = request->api;
    operation = request->operation;
    product = request->product;
  }
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

  Arena& arena;
  RequestContext* context;  ///< Null while constants are folded.
  const ExpressionLimits& limits;

  // What folding may look at without a request.
  const Deployment* deployment = nullptr;
  const Api* api = nullptr;
  const Operation* operation = nullptr;
  const Product* product = nullptr;

  /// The exception under way; null when all is well.
  const ExceptionObject* raised = nullptr;
  /// A budget is used up: no handler gets to see it.
  bool fatal = false;
  unsigned depth = 0;

  Value raise(Fault fault, std::string_view message);
  Value raise(const Type* type, std::string_view message, const ExceptionObject* inner = nullptr);
  Value raise(const ExceptionObject* exception) {
    raised = exception;
    return {};
  }
  Value raise_null() { return raise(Fault::null_reference, "Object reference not set to an instance of an object."); }
  /// Ends the evaluation: `what` names the limit.
  Value exhaust(std::string_view what);
  bool failed() const { return raised != nullptr; }

  /// Takes `steps` from the budget; false when it is used up (and raised).
  bool charge(std::uint64_t steps) {
    if (steps <= steps_left_) {
      steps_left_ -= steps;
      return true;
    }
    exhaust("steps");
    return false;
  }
  /// Memory of the evaluation; null when the budget is used up (and raised).
  void* allocate(std::size_t bytes, std::size_t alignment = 16) {
    if (bytes > memory_left_) {
      exhaust("memory");
      return nullptr;
    }
    memory_left_ -= bytes;
    return arena.allocate_bytes(bytes, alignment);
  }
  /// A trivially destructible object; null when the budget is used up.
  template <class T>
  T* make() {
    static_assert(std::is_trivially_destructible_v<T>);
    void* place = allocate(sizeof(T), alignof(T));
    return place == nullptr ? nullptr : new (place) T();
  }
  template <class T>
  T* make_array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count > memory_left_ / sizeof(T)) {
      exhaust("memory");
      return nullptr;
    }
    T* first = static_cast<T*>(allocate(sizeof(T) * count, alignof(T)));
    for (std::size_t i = 0; first != nullptr && i < count; ++i) new (first + i) T();
    return first;
  }
  /// Room for a text of that many bytes; null beyond the limits.
  char* text_buffer(std::size_t bytes) {
    if (bytes > limits.string_bytes) {
      exhaust("string bytes");
      return nullptr;
    }
    return charge(bytes / 64) ? static_cast<char*>(allocate(bytes == 0 ? 1 : bytes, 1)) : nullptr;
  }
  /// A text copied into the arena.
  Value text(std::string_view text);
  /// A text that lives long enough already.
  Value text_view(std::string_view text);
  /// A text that was made in the arena.
  Value adopt(ArenaText text);

  Value invoke(const Closure& closure, const Value* arguments, std::uint32_t count);

  std::uint64_t steps_left() const { return steps_left_; }

 private:
  std::uint64_t steps_left_;
  std::size_t memory_left_;
};

/// A delegate. `run` knows the engine that made it.
struct Closure : Object {
  Value (*run)(Evaluation&, const Closure&, const Value* arguments, std::uint32_t count);
  const void* code;
  void* environment;
};

/// The arguments of a member's function and what it may do.
struct Call {
  Evaluation& run;
  const Value* arguments;
  std::uint32_t count;
  const CallSite* site;

  const Value& operator[](std::size_t i) const { return arguments[i]; }
  std::string_view text(std::size_t i) const { return arguments[i].as_string(); }
  std::int64_t integer(std::size_t i) const { return arguments[i].as_integer(); }
  bool boolean(std::size_t i) const { return arguments[i].as_boolean(); }
  double number(std::size_t i) const { return arguments[i].as_number(); }
  bool is_null(std::size_t i) const { return arguments[i].is_null(); }
  template <class T>
  T& object(std::size_t i) const {
    return *static_cast<T*>(const_cast<Object*>(arguments[i].as_object()));
  }
  Value& out(std::size_t i) const { return *static_cast<Value*>(const_cast<void*>(arguments[i].data())); }
  Arena& arena() const { return run.arena; }
  /// The type bound to the member's letter number `i`.
  const Type* type(std::size_t i = 0) const { return site->types[i]; }
  const Type* result() const { return site->result; }

  Value raise(Fault fault, std::string_view message) const { return run.raise(fault, message); }
  Value raise_null() const { return run.raise_null(); }
  Value null_argument(std::string_view name) const;
  Value text_result(std::string_view made) const { return run.text(made); }
  Value invoke(std::size_t i, std::initializer_list<Value> values) const {
    return run.invoke(object<Closure>(i), values.begin(), static_cast<std::uint32_t>(values.size()));
  }
};

const Type* type_of_fault(Fault fault);

}  // namespace sluice::expression
