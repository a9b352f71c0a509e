// SPDX-License-Identifier: Apache-2.0
// What validate-parameters and validate-headers share: the definitions of an operation's parameters or of an answer's
// headers, compiled with the pipeline, and the errors that values against them are. Inline for the reason that
// base/message_parts.hpp gives.
#pragma once

#include "base/validation_parts.hpp"
#include "schema/parameter_rule.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::parts {

/// A parameter or header that the operation declares.
struct DeclaredValue {
  std::string name;
  bool required = false;
  std::optional<schema::ParameterRule> rule;
  std::string problem;  ///< Why there is no rule.
};

/// A child element: a name with an action of its own.
struct NamedAction {
  std::string name;
  Template action;
};

inline std::vector<DeclaredValue> compile_declared(std::span<const Parameter> parameters,
                                                   schema::ParameterRule::Place place, const PolicyElement& element,
                                                   CompileContext& context) {
  std::vector<DeclaredValue> all;
  for (const Parameter& parameter : parameters) {
    DeclaredValue& value = all.emplace_back();
    value.name = parameter.name;
    value.required = parameter.required;
    auto rule = schema::ParameterRule::make(parameter, place, context.limits().schema);
    if (rule) {
      value.rule = std::move(*rule);
      continue;
    }
    value.problem = std::move(rule.error());
    context.warning(element, "SL2124", "the definition of '" + parameter.name + "' cannot be used: " + value.problem);
  }
  return all;
}

inline std::vector<NamedAction> compile_named_actions(const PolicyElement& element, std::string_view child,
                                                      CompileContext& context) {
  std::vector<NamedAction> all;
  for (const PolicyElement& each : element.children) {
    if (each.name == child) all.push_back({context.literal(each, "name"), context.value(each, "action")});
  }
  return all;
}

/// The kind of value as errors name it.
struct ValueKindName {
  std::string_view type;   ///< `QueryParameter`
  std::string_view words;  ///< `query parameter`
};

inline ValidationError unspecified(const ValueKindName& kind, std::string_view name) {
  std::string shown = shown_text(name);
  std::string details = "Unspecified " + std::string(kind.words) + ' ' + shown + " is not allowed.";
  return {std::move(shown), kind.type, "Unspecified", std::move(details)};
}

inline ValidationError missing(const ValueKindName& kind, const DeclaredValue& declared) {
  return {declared.name, kind.type, "IncorrectMessage",
          "The required " + std::string(kind.words) + ' ' + declared.name + " is missing."};
}

/// The error that an answer of the rule means; nothing when the values agree.
inline std::optional<ValidationError> error_of(const ValueKindName& kind, const DeclaredValue& declared,
                                               const schema::ParameterRule::Answer& answer) {
  using Verdict = schema::ParameterRule::Verdict;
  const std::string what = std::string(kind.words) + ' ' + declared.name;
  const auto error = [&](std::string_view rule, std::string details, bool is_internal = false) {
    if (!answer.message.empty()) details += ' ' + answer.message;
    return ValidationError{declared.name, kind.type, rule, std::move(details), is_internal};
  };
  switch (answer.verdict) {
    case Verdict::agrees: break;
    case Verdict::several_values: return error("IncorrectMessage", "The " + what + " does not allow several values.");
    case Verdict::differs:
      return error("IncorrectMessage", "The value of " + what + " does not conform to its definition.");
    case Verdict::not_readable:
      return error("IncorrectMessage", "The value of " + what + " cannot be parsed according to its definition.");
    case Verdict::not_checked: return error("ValidationError", "The " + what + " cannot be validated.", true);
  }
  return std::nullopt;
}

/// Holds the values of one name against its definition.
inline std::optional<ValidationError> check_declared(const ValueKindName& kind, const DeclaredValue& declared,
                                                     std::span<const std::string_view> values) {
  if (declared.rule) return error_of(kind, declared, declared.rule->check(values));
  return ValidationError{
      declared.name, kind.type, "MissingDefinition",
      "The definition of " + std::string(kind.words) + ' ' + declared.name + " cannot be used: " + declared.problem,
      true};
}

}  // namespace sluice::parts
