// SPDX-License-Identifier: Apache-2.0
// Exceptions: the types that expressions catch and throw. Messages are those of .NET where documents read them.
#include "expression/evaluation.hpp"

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"Exception", "System.Exception"},
    {"SystemException", "System.SystemException", TypeKind::reference, "Exception"},
    {"NullReferenceException", "System.NullReferenceException", TypeKind::reference, "SystemException"},
    {"InvalidCastException", "System.InvalidCastException", TypeKind::reference, "SystemException"},
    {"ArithmeticException", "System.ArithmeticException", TypeKind::reference, "SystemException"},
    {"DivideByZeroException", "System.DivideByZeroException", TypeKind::reference, "ArithmeticException"},
    {"OverflowException", "System.OverflowException", TypeKind::reference, "ArithmeticException"},
    {"IndexOutOfRangeException", "System.IndexOutOfRangeException", TypeKind::reference, "SystemException"},
    {"ArgumentException", "System.ArgumentException", TypeKind::reference, "SystemException"},
    {"ArgumentNullException", "System.ArgumentNullException", TypeKind::reference, "ArgumentException"},
    {"ArgumentOutOfRangeException", "System.ArgumentOutOfRangeException", TypeKind::reference, "ArgumentException"},
    {"FormatException", "System.FormatException", TypeKind::reference, "SystemException"},
    {"UriFormatException", "System.UriFormatException", TypeKind::reference, "FormatException"},
    {"InvalidOperationException", "System.InvalidOperationException", TypeKind::reference, "SystemException"},
    {"NotSupportedException", "System.NotSupportedException", TypeKind::reference, "SystemException"},
    {"NotImplementedException", "System.NotImplementedException", TypeKind::reference, "SystemException"},
    {"TimeoutException", "System.TimeoutException", TypeKind::reference, "SystemException"},
    {"KeyNotFoundException", "System.Collections.Generic.KeyNotFoundException", TypeKind::reference, "SystemException"},
    {"JsonException", "Newtonsoft.Json.JsonException", TypeKind::reference, "Exception"},
    {"JsonReaderException", "Newtonsoft.Json.JsonReaderException", TypeKind::reference, "JsonException"},
    {"JsonSerializationException", "Newtonsoft.Json.JsonSerializationException", TypeKind::reference, "JsonException"},
    {"RegexMatchTimeoutException", "System.Text.RegularExpressions.RegexMatchTimeoutException", TypeKind::reference,
     "TimeoutException"},
    {"CryptographicException", "System.Security.Cryptography.CryptographicException", TypeKind::reference,
     "SystemException"},
    {"XmlException", "System.Xml.XmlException", TypeKind::reference, "SystemException"},
    {"MessageBodyException", "context:MessageBodyException", TypeKind::reference, "InvalidOperationException"},
};

Value make_exception(Call& call) {
  auto* exception = call.run.make<ExceptionObject>();
  if (exception == nullptr) return {};
  const Type* type = call.result();
  exception->type = type;
  if (call.count > 0 && !call.is_null(0))
    exception->message = call.text(0);
  else
    exception->message = call.text_result("Exception of type '" + type->full + "' was thrown.").as_string();
  if (call.count > 1 && call[1].kind() == ValueKind::object) exception->inner = &call.object<ExceptionObject>(1);
  return Value::object(exception);
}
/// A message and the parameter it speaks of; the two exceptions about one parameter take its name first.
template <std::size_t message_at>
Value make_argument_exception(Call& call) {
  auto* exception = call.run.make<ExceptionObject>();
  if (exception == nullptr) return {};
  exception->type = call.result();
  std::string text(call.is_null(message_at) ? std::string_view() : call.text(message_at));
  if (!call.is_null(1 - message_at)) text += " (Parameter '" + std::string(call.text(1 - message_at)) + "')";
  exception->message = call.text_result(text).as_string();
  return Value::object(exception);
}
Value message(Call& call) { return Value::string(call.object<ExceptionObject>(0).message); }
Value inner(Call& call) {
  const ExceptionObject* cause = call.object<ExceptionObject>(0).inner;
  return cause == nullptr ? Value() : Value::object(cause);
}
Value to_string(Call& call) {
  const auto& exception = call.object<ExceptionObject>(0);
  return call.text_result(std::string(static_cast<const Type*>(exception.type)->full) + ": " +
                          std::string(exception.message));
}
Value stack_trace(Call&) { return Value::string(""); }

#define SLUICE_EXCEPTION(name)                                                              \
  {name, "new", "()", "", make_exception, "", Trait::impure},                               \
      {name, "new", "(string message)", "", make_exception, "", Trait::impure}, {           \
    name, "new", "(string message, Exception inner)", "", make_exception, "", Trait::impure \
  }

constexpr MemberRow members[] = {
    SLUICE_EXCEPTION("Exception"),
    SLUICE_EXCEPTION("NullReferenceException"),
    SLUICE_EXCEPTION("InvalidCastException"),
    SLUICE_EXCEPTION("ArithmeticException"),
    SLUICE_EXCEPTION("DivideByZeroException"),
    SLUICE_EXCEPTION("OverflowException"),
    SLUICE_EXCEPTION("IndexOutOfRangeException"),
    SLUICE_EXCEPTION("ArgumentException"),
    SLUICE_EXCEPTION("ArgumentNullException"),
    SLUICE_EXCEPTION("ArgumentOutOfRangeException"),
    SLUICE_EXCEPTION("FormatException"),
    SLUICE_EXCEPTION("InvalidOperationException"),
    SLUICE_EXCEPTION("NotSupportedException"),
    SLUICE_EXCEPTION("NotImplementedException"),
    SLUICE_EXCEPTION("TimeoutException"),
    SLUICE_EXCEPTION("KeyNotFoundException"),
    SLUICE_EXCEPTION("JsonException"),
    {"ArgumentException", "new", "(string message, string paramName)", "", make_argument_exception<0>, "",
     Trait::impure},
    {"ArgumentNullException", "new", "(string paramName, string message)", "", make_argument_exception<1>, "",
     Trait::impure},
    {"ArgumentOutOfRangeException", "new", "(string paramName, string message)", "", make_argument_exception<1>, "",
     Trait::impure},
    {"Exception", "Message", "", "string", message},
    {"Exception", "InnerException", "", "Exception", inner},
    {"Exception", "ToString", "()", "string", to_string},
    {"Exception", "StackTrace", "", "string", stack_trace, "Always empty: nothing of the gateway is shown."},
    {"Exception", "Source", "", "string", stack_trace, "Always empty."},
};
#undef SLUICE_EXCEPTION

}  // namespace

extern const Family exception_family{"exception", "Exceptions.", "ECMA-335 base class library", types, {}, members};

}  // namespace sluice::expression
