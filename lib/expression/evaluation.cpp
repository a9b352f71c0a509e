// SPDX-License-Identifier: Apache-2.0
// Budgets and exceptions of one evaluation.
#include "expression/evaluation.hpp"

#include "expression/objects.hpp"

#include <array>
#include <string>

namespace sluice::expression {
namespace {

constexpr const char* fault_types[] = {"NullReferenceException",
                                       "InvalidCastException",
                                       "DivideByZeroException",
                                       "OverflowException",
                                       "IndexOutOfRangeException",
                                       "ArgumentException",
                                       "ArgumentNullException",
                                       "ArgumentOutOfRangeException",
                                       "FormatException",
                                       "InvalidOperationException",
                                       "KeyNotFoundException",
                                       "JsonException",
                                       "JsonReaderException",
                                       "RegexMatchTimeoutException",
                                       "UriFormatException",
                                       "CryptographicException",
                                       "NotSupportedException",
                                       "XmlException",
                                       "Exception",
                                       "MessageBodyException",
                                       "NotImplementedException",
                                       "JsonSerializationException"};

}  // namespace

const Type* type_of_fault(Fault fault) {
  static const auto types = [] {
    std::array<const Type*, std::size(fault_types)> found{};
    for (std::size_t i = 0; i < found.size(); ++i) found[i] = read_type(fault_types[i]);
    return found;
  }();
  return types[static_cast<std::size_t>(fault)];
}

Value Evaluation::raise(Fault fault, std::string_view message) { return raise(type_of_fault(fault), message); }

Value Evaluation::raise(const Type* type, std::string_view message, const ExceptionObject* inner) {
  if (fatal) return {};
  // Outside of the budget: an error must be reportable when the budget is gone. Messages are short, or cut.
  constexpr std::size_t longest = 4096;
  auto* exception = arena.make<ExceptionObject>();
  exception->type = type;
  exception->message = arena.copy(message.substr(0, longest));
  exception->inner = inner;
  raised = exception;
  return {};
}

Value Evaluation::exhaust(std::string_view what) {
  if (fatal) return {};
  raise(Fault::exception, "The expression exceeds its limit of " + std::string(what) + ".");
  fatal = true;
  return {};
}

Value Evaluation::text(std::string_view from) {
  char* to = text_buffer(from.size());
  if (to == nullptr) return {};
  if (!from.empty()) std::memcpy(to, from.data(), from.size());
  return Value::string({to, from.size()});
}

Value Evaluation::adopt(ArenaText made) {
  constexpr std::size_t held_inside = sizeof(ArenaText);  // Short texts stand in the object itself.
  if (made.size() < held_inside) return text(made);
  if (made.size() > limits.string_bytes) return exhaust("string bytes");
  if (made.size() > memory_left_) return exhaust("memory");
  if (!charge(made.size() / 64)) return {};
  memory_left_ -= made.size();
  return Value::string(made);  // The arena frees nothing singly: the characters outlive the object.
}

Value Evaluation::text_view(std::string_view from) { return Value::string(from); }

Value Evaluation::invoke(const Closure& closure, const Value* arguments, std::uint32_t count) {
  if (depth >= limits.call_depth) return exhaust("call depth");
  if (!charge(1)) return {};
  ++depth;
  const Value value = closure.run(*this, closure, arguments, count);
  --depth;
  return value;
}

Value Call::null_argument(std::string_view name) const {
  return run.raise(Fault::argument_null, "Value cannot be null. (Parameter '" + std::string(name) + "')");
}

}  // namespace sluice::expression
