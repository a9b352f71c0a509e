// SPDX-License-Identifier: Apache-2.0
// Variables come as JSON, which is checked against their types here.
#include "graphql/coercion.hpp"
#include "graphql/validation.hpp"

#include <algorithm>

namespace sluice::graphql {
namespace {

bool is_integral(const JsonValue& value) {
  return value.is_number() && value.text.find_first_of(".eE") == std::string_view::npos;
}

class Inputs {
 public:
  explicit Inputs(const Schema& schema) : schema_(schema) {}

  /// As deep as the JSON is nested, which its parser has bounded. False: `fault` says what is wrong.
  bool write(std::string& to, const JsonValue& value, const TypeReference& type) {
    if (value.is_null()) {
      if (type.refuses_null())
        return refuse("Expected a value of the type " + quoted(type.to_string()) + ", found null.");
      to += "null";
      return true;
    }
    if (type.is_list()) return write_list(to, value, type.item());
    const TypeDefinition* definition = schema_.type(type.name);
    if (definition == nullptr) return refuse("Unknown type " + quoted(type.name) + ".");
    switch (definition->kind) {
      case TypeKind::input: return write_object(to, value, *definition);
      case TypeKind::enumeration: return write_enumeration(to, value, *definition);
      default: return write_scalar(to, value, type.name);
    }
  }
  std::string fault;

 private:
  bool refuse(std::string message) {
    if (fault.empty()) fault = std::move(message);
    return false;
  }
  bool write_list(std::string& to, const JsonValue& value, const TypeReference& item) {
    to += '[';
    if (!value.is_array()) {
      if (!write(to, value, item)) return false;
    } else {
      for (const JsonValue& each : value.items) {
        if (to.back() != '[') to += ',';
        if (!write(to, each, item)) return false;
      }
    }
    to += ']';
    return true;
  }
  bool write_object(std::string& to, const JsonValue& value, const TypeDefinition& type) {
    if (!value.is_object()) return refuse("Expected an object of the type " + quoted(type.name) + ".");
    for (const JsonMember& member : value.members) {
      if (find_input(type.inputs, member.name) == nullptr)
        return refuse("Unknown " + quoted(member.name) + " of the type " + quoted(type.name) + ".");
    }
    to += '{';
    for (const InputValue& input : type.inputs) {
      std::string text;
      if (const JsonValue* given = value.find(input.name)) {
        if (!write(text, *given, input.type)) return false;
      } else if (input.fallback) {
        append_constant(text, *input.fallback, input.type, schema_);
      } else if (input.type.refuses_null()) {
        return refuse(quoted(input.name) + " of the type " + quoted(type.name) + " is required.");
      } else {
        continue;
      }
      append_member(to, input.name, text);
    }
    to += '}';
    return true;
  }
  bool write_enumeration(std::string& to, const JsonValue& value, const TypeDefinition& type) {
    const auto& names = type.names;
    if (!value.is_string() || std::find(names.begin(), names.end(), value.text) == names.end())
      return refuse("Expected a value of the enumeration " + quoted(type.name) + ".");
    append_json_string(to, value.text);
    return true;
  }
  bool write_scalar(std::string& to, const JsonValue& value, std::string_view name) {
    const auto number = value.integer();
    const bool fits = name == "Int"       ? number && *number >= INT32_MIN && *number <= INT32_MAX
                      : name == "Float"   ? value.is_number()
                      : name == "String"  ? value.is_string()
                      : name == "Boolean" ? value.kind == JsonKind::boolean
                      : name == "ID"      ? value.is_string() || is_integral(value)
                                          : true;
    if (!fits) return refuse("Expected a value of the type " + quoted(name) + ".");
    if (name == "ID") {
      append_json_string(to, value.text);
    } else {
      append_json(to, value);
    }
    return true;
  }

  const Schema& schema_;
};

}  // namespace

tl::expected<VariableValues, std::vector<Fault>> coerce_variables(const Operation& operation, const JsonValue* given,
                                                                  const Schema& schema) {
  VariableValues values;
  std::vector<Fault> faults;
  for (const VariableDefinition& variable : operation.variables) {
    const JsonValue* value = given == nullptr ? nullptr : given->find(variable.name);
    std::string text;
    if (value != nullptr) {
      Inputs inputs(schema);
      if (!inputs.write(text, *value, variable.type)) {
        faults.push_back({variable.offset, "The variable " + quoted(variable.name) + ": " + inputs.fault});
        continue;
      }
    } else if (variable.fallback) {
      append_constant(text, *variable.fallback, variable.type, schema);
    } else if (variable.type.refuses_null()) {
      faults.push_back({variable.offset, "The variable " + quoted(variable.name) + " of the type " +
                                             quoted(variable.type.to_string()) + " has no value."});
      continue;
    } else {
      continue;
    }
    values.emplace(variable.name, std::move(text));
  }
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return values;
}

}  // namespace sluice::graphql
