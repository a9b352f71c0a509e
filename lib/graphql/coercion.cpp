// SPDX-License-Identifier: Apache-2.0
// What stands in the document has been checked when it was validated. It is written as JSON: names of enumerations as
// texts, identifiers as texts, single values of lists as lists of one.
#include "graphql/coercion.hpp"

#include "graphql/validation.hpp"
#include "graphql/written_text.hpp"

#include <algorithm>

namespace sluice::graphql {
namespace {

class Literals {
 public:
  /// `most_bytes`: what variables may put in. One that stands in a thousand places is written a thousand times.
  Literals(const VariableValues& variables, const Schema* schema, std::size_t most_bytes)
      : variables_(variables), schema_(schema), bytes_left_(most_bytes) {}

  bool is_too_large() const { return is_too_large_; }
  std::size_t bytes_left() const { return bytes_left_; }

  /// False: a variable without a value, or one that finds no room.
  bool write(std::string& to, const Value& value, const TypeReference* type) {
    if (value.kind == Value::Kind::variable) {
      const auto found = variables_.find(value.text);
      if (found == variables_.end()) return false;
      is_too_large_ = is_too_large_ || found->second.size() > bytes_left_;
      if (is_too_large_) return false;
      bytes_left_ -= found->second.size();
      to += found->second;
      return true;
    }
    if (type != nullptr && type->is_list() && value.kind != Value::Kind::null) {
      const TypeReference item = type->item();
      if (value.kind == Value::Kind::list) return write_list(to, value, &item);
      to += '[';
      write(to, value, &item);
      to += ']';
      return true;
    }
    switch (value.kind) {
      case Value::Kind::null: to += "null"; return true;
      case Value::Kind::list: return write_list(to, value, nullptr);
      case Value::Kind::object: return write_object(to, value, type);
      case Value::Kind::text: append_json_string(to, decoded({value.text, value.is_block})); return true;
      case Value::Kind::enumeration: append_json_string(to, value.text); return true;
      case Value::Kind::integer:
        if (type != nullptr && type->name == "ID") {
          append_json_string(to, value.text);
          return true;
        }
        to += value.text;
        return true;
      default: to += value.text; return true;
    }
  }

  /// The members that are declared, or, in scalars that take anything, all.
  bool write_members(std::string& to, const std::vector<ValueMember>& given, const std::vector<InputValue>* declared,
                     const InputValue*& missing) {
    to += '{';
    if (declared == nullptr) {
      for (const ValueMember& member : given) {
        if (std::string text; write(text, member.value, nullptr)) append_member(to, member.name, text);
      }
    } else {
      for (const InputValue& input : *declared) {
        if (!write_input(to, given, input) && input.type.refuses_null()) missing = &input;
      }
    }
    to += '}';
    return missing == nullptr;
  }

 private:
  bool write_list(std::string& to, const Value& value, const TypeReference* item) {
    to += '[';
    for (const Value& each : value.items) {
      if (to.back() != '[') to += ',';
      // In a list a variable without a value is null.
      if (!write(to, each, item)) to += "null";
    }
    to += ']';
    return true;
  }
  bool write_object(std::string& to, const Value& value, const TypeReference* type) {
    const TypeDefinition* definition = type == nullptr || schema_ == nullptr ? nullptr : schema_->type(type->name);
    const bool is_declared = definition != nullptr && definition->kind == TypeKind::input;
    const InputValue* missing = nullptr;
    return write_members(to, value.members, is_declared ? &definition->inputs : nullptr, missing);
  }
  /// False: there is no value, or null for what refuses it.
  bool write_input(std::string& to, const std::vector<ValueMember>& given, const InputValue& input) {
    const auto found =
        std::find_if(given.begin(), given.end(), [&](const ValueMember& each) { return each.name == input.name; });
    std::string text;
    if (found == given.end() || !write(text, found->value, &input.type)) {
      text.clear();
      if (!input.fallback || !write(text, *input.fallback, &input.type)) return false;
    }
    if (text == "null" && input.type.refuses_null()) return false;
    append_member(to, input.name, text);
    return true;
  }

  const VariableValues& variables_;
  const Schema* schema_;
  std::size_t bytes_left_;
  bool is_too_large_ = false;
};

const Value* find_argument(const std::vector<Argument>& arguments, std::string_view name) {
  const auto found =
      std::find_if(arguments.begin(), arguments.end(), [&](const Argument& each) { return each.name == name; });
  return found == arguments.end() ? nullptr : &found->value;
}

}  // namespace

void append_member(std::string& to, std::string_view name, std::string_view json) {
  if (to.back() != '{') to += ',';
  append_json_string(to, name);
  to += ':';
  to += json;
}

void append_constant(std::string& to, const Value& value, const TypeReference& type, const Schema& schema) {
  static const VariableValues none;
  Literals(none, &schema, 0).write(to, value, &type);
}

void append_json(std::string& to, const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::null: to += "null"; break;
    case JsonKind::boolean: to += value.truth ? "true" : "false"; break;
    case JsonKind::number: to += value.text; break;
    case JsonKind::string: append_json_string(to, value.text); break;
    case JsonKind::array:
      to += '[';
      for (const JsonValue& item : value.items) {
        if (&item != value.items.data()) to += ',';
        append_json(to, item);
      }
      to += ']';
      break;
    case JsonKind::object:
      to += '{';
      for (const JsonMember& member : value.members) {
        if (&member != value.members.data()) to += ',';
        append_json_string(to, member.name);
        to += ':';
        append_json(to, member.value);
      }
      to += '}';
      break;
  }
}

tl::expected<std::string, Fault> coerce_arguments(const std::vector<InputValue>& declared, const Selection& selection,
                                                  const VariableValues& variables, const Schema& schema,
                                                  std::size_t& most_bytes) {
  std::string text;
  const InputValue* missing = nullptr;
  Literals literals(variables, &schema, most_bytes);
  const bool is_complete = literals.write_members(text, selection.arguments, &declared, missing);
  most_bytes = literals.bytes_left();
  if (literals.is_too_large())
    return tl::unexpected(Fault{selection.offset, "The values of the variables are too large for so many fields."});
  if (is_complete) return text;
  return tl::unexpected(Fault{selection.offset, quoted(missing->name) + " of the field " + quoted(selection.name) +
                                                    " is required and has no value."});
}

bool is_included(const std::vector<Directive>& directives, const VariableValues& variables) {
  return std::none_of(directives.begin(), directives.end(), [&](const Directive& directive) {
    if (directive.name != "skip" && directive.name != "include") return false;
    return (json_of_argument(directive.arguments, "if", variables) == "true") == (directive.name == "skip");
  });
}

std::string json_of_argument(const std::vector<Argument>& arguments, std::string_view name,
                             const VariableValues& variables) {
  const Value* value = find_argument(arguments, name);
  std::string text;
  if (value == nullptr || !Literals(variables, nullptr, std::string::npos).write(text, *value, nullptr)) return {};
  return text;
}

}  // namespace sluice::graphql
