// SPDX-License-Identifier: Apache-2.0
// <set-variable>: gives a context variable a value. A literal is a string, an expression keeps its type.
// Sections and scopes: all.
// Source: API Management policy reference, set-variable (with the list of allowed types).
#include <sluice/bytes_value.hpp>
#include <sluice/policy.hpp>
#include <sluice/response_value.hpp>

#include <string>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "name", .required = true, .doc = "Name of the variable; case matters."},
    {.name = "value", .required = true, .expressions = true, .doc = "The value: a literal is a string."}};

/// Static types that the service refuses when a document is saved. What is not known before it runs passes here.
bool is_refused_type(std::string_view type) {
  if (type == "byte[]" || type == "sbyte[]") return false;
  for (std::string_view start : {"List<", "IList<", "Dictionary<", "IDictionary<", "IEnumerable<", "HashSet<"}) {
    if (type.starts_with(start)) return true;
  }
  return type.ends_with("[]");
}

bool may_be_stored(const Value& value) {
  if (value.kind() == ValueKind::enumeration) return false;
  if (!value.is_reference()) return true;
  if (bytes_of(value) || response_of(value) != nullptr) return true;
  const std::string_view type = type_name(value);
  return type.starts_with("Newtonsoft.Json.Linq.") || type == "System.SByte[]" || type == "Jwt" ||
         type.ends_with(".Jwt");
}

class SetVariable final : public Step {
 public:
  SetVariable(std::string name, Template value) : name_(std::move(name)), key_(name_), value_(std::move(value)) {}

  Outcome run(RequestContext& context) const override {
    auto value = value_.value(context);
    if (!value) return Outcome::fail(std::move(value.error()));
    if (!may_be_stored(*value)) {
      return Outcome::fail(Error(ErrorCode::policy_value_invalid,
                                 "A variable may not hold a value of type " + std::string(type_name(*value)) + "."));
    }
    if (!context.variables.set(key_, *value)) {
      const std::size_t limit = context.services.limits.request.variables;
      return Outcome::fail(Error(ErrorCode::policy_value_invalid,
                                 "The request has " + std::to_string(limit) + " variables; no more are kept."));
    }
    return Outcome::next();
  }

 private:
  std::string name_;
  VariableName key_;
  Template value_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Template value = context.value(element, "value");
  if (is_refused_type(value.static_type())) {
    context.error(*element.attribute("value"), "SL4010",
                  "<set-variable> cannot store a value of type " + std::string(value.static_type()),
                  "store text, a number, a date, binary data or a JSON value");
    return {};
  }
  return make_step<SetVariable>(context.literal(element, "name"), std::move(value));
}

}  // namespace

SLUICE_POLICY(set_variable){
    .elements = "set-variable",
    .sections = Sections::all,
    .attributes = attributes,
    .compile = compile,
    .summary = "Gives a context variable a value.",
    .differs =
        "Types that may not be stored are refused when the document is compiled if they are known then, else "
        "when the policy runs; DateTimeOffset may be stored."};

}  // namespace sluice::policies
