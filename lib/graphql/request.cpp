// SPDX-License-Identifier: Apache-2.0
#include "graphql/request.hpp"

#include "graphql/parser.hpp"

#include <algorithm>
#include <set>

namespace sluice::graphql {
namespace {

/// What stands in place of a field.
constexpr std::string_view never_answered = "__typename @skip(if: true)";

/// The end of the JSON string that begins at `begin`.
std::size_t end_of_string(std::string_view json, std::size_t begin) {
  std::size_t at = begin + 1;
  while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
  return std::min(at + 1, json.size());
}

class Fields {
 public:
  Fields(const Document& document, const Schema& schema) : schema_(schema) {
    for (const Operation& operation : document.operations) walk(schema.root(operation.kind), operation.selections);
    for (const Fragment& fragment : document.fragments) walk(schema.type(fragment.type_condition), fragment.selections);
  }
  std::vector<AskedField> all;

 private:
  void walk(const TypeDefinition* type, const std::vector<Selection>& selections) {
    if (type == nullptr) return;
    for (const Selection& selection : selections) {
      if (selection.kind == Selection::Kind::field) {
        all.push_back({type, &selection});
        const Field* field = schema_.field(*type, selection.name);
        if (field != nullptr) walk(schema_.type(field->type.name), selection.selections);
      } else if (selection.kind == Selection::Kind::inline_fragment) {
        walk(selection.type_condition.empty() ? type : schema_.type(selection.type_condition), selection.selections);
      }
    }
  }
  const Schema& schema_;
};

/// Names of fragments and variables that a definition uses by itself.
struct Uses {
  std::set<std::string_view> fragments, variables;

  void note(const Value& value) {
    if (value.kind == Value::Kind::variable) variables.insert(value.text);
    for (const Value& item : value.items) note(item);
    for (const ValueMember& member : value.members) note(member.value);
  }
  void note(const std::vector<Directive>& directives) {
    for (const Directive& directive : directives) {
      for (const Argument& argument : directive.arguments) note(argument.value);
    }
  }
  void note(const std::vector<Selection>& selections) {
    for (const Selection& selection : selections) {
      if (selection.kind == Selection::Kind::spread) fragments.insert(selection.name);
      for (const Argument& argument : selection.arguments) note(argument.value);
      note(selection.directives);
      note(selection.selections);
    }
  }
};

struct Cut {
  std::size_t begin, end;
  std::string_view by = {};
};
std::string edited(std::string_view text, std::vector<Cut> cuts) {
  std::sort(cuts.begin(), cuts.end(), [](const Cut& a, const Cut& b) { return a.begin < b.begin; });
  std::string result;
  std::size_t at = 0;
  for (const Cut& cut : cuts) {
    if (cut.begin < at) continue;  // Inside of what has gone already.
    result.append(text.substr(at, cut.begin - at)).append(cut.by);
    at = cut.end;
  }
  return result.append(text.substr(at));
}

/// The fragments that nothing reaches any more, and the variables that nothing names.
std::vector<Cut> leftovers(std::string_view text, const Document& document) {
  std::vector<Cut> cuts;
  std::set<std::string_view> reached;
  for (const Operation& operation : document.operations) {
    Uses uses;
    uses.note(operation.directives);
    uses.note(operation.selections);
    std::vector<std::string_view> open(uses.fragments.begin(), uses.fragments.end());
    std::set<std::string_view> own;
    while (!open.empty()) {
      const std::string_view name = open.back();
      open.pop_back();
      const Fragment* fragment = document.fragment(name);
      if (fragment == nullptr || !own.insert(name).second) continue;
      Uses inner;
      inner.note(fragment->directives);
      inner.note(fragment->selections);
      open.insert(open.end(), inner.fragments.begin(), inner.fragments.end());
      uses.variables.merge(inner.variables);
    }
    reached.merge(own);
    std::vector<Cut> variables;
    for (const VariableDefinition& variable : operation.variables) {
      if (!uses.variables.contains(variable.name)) variables.push_back({variable.offset, variable.end});
    }
    if (!variables.empty() && variables.size() == operation.variables.size()) {
      // Brackets with nothing between them are no list of variables.
      const std::size_t open_bracket = text.rfind('(', operation.variables.front().offset);
      const std::size_t close_bracket = text.find(')', operation.variables.back().end);
      variables = {{open_bracket, close_bracket + 1}};
    }
    cuts.insert(cuts.end(), variables.begin(), variables.end());
  }
  for (const Fragment& fragment : document.fragments) {
    if (!reached.contains(fragment.name)) cuts.push_back({fragment.offset, fragment.end});
  }
  return cuts;
}

}  // namespace

tl::expected<RequestBody, std::string> read_request(std::string_view json, Arena& arena, const JsonLimits& limits) {
  const auto root = parse_json(json, arena, limits);
  if (!root) return tl::unexpected("The request's body is no JSON: " + root.error().message + ".");
  if (!(*root)->is_object()) return tl::unexpected(std::string("The request must be one object."));
  const JsonValue *query = nullptr, *operation = nullptr, *variables = nullptr;
  for (const JsonMember& member : (*root)->members) {
    const JsonValue** to = member.name == "query"           ? &query
                           : member.name == "operationName" ? &operation
                           : member.name == "variables"     ? &variables
                                                            : nullptr;
    if (to == nullptr) continue;
    if (*to != nullptr) return tl::unexpected("The request has two members '" + std::string(member.name) + "'.");
    *to = &member.value;
  }
  if (query == nullptr || !query->is_string())
    return tl::unexpected(std::string("The request needs a member 'query' that is a text."));
  RequestBody body{query->text, query->offset, end_of_string(json, query->offset)};
  if (operation != nullptr && !operation->is_null()) {
    if (!operation->is_string()) return tl::unexpected(std::string("The member 'operationName' must be a text."));
    body.operation_name = operation->text;
  }
  if (variables != nullptr && !variables->is_null()) {
    if (!variables->is_object()) return tl::unexpected(std::string("The member 'variables' must be an object."));
    body.variables = variables;
  }
  return body;
}

std::string error_json(std::string_view text, const Fault& fault) {
  const Place place = place_of(text, fault.offset);
  JsonWriter writer;
  writer.begin_object();
  writer.member("message", std::string_view(fault.message));
  writer.key("locations");
  writer.begin_array();
  writer.begin_object();
  writer.member("line", static_cast<std::int64_t>(place.line));
  writer.member("column", static_cast<std::int64_t>(place.column));
  writer.end_object();
  writer.end_array();
  writer.end_object();
  return std::move(writer).take();
}

std::string errors_json(const std::vector<std::string>& errors) {
  std::string all = "[";
  for (const std::string& error : errors) all += (all.size() == 1 ? "" : ",") + error;
  return all + "]";
}

std::string with_errors(std::string_view answer, const std::vector<std::string>& errors, Arena& arena, unsigned depth,
                        std::size_t members) {
  const auto root = parse_json(answer, arena, {depth, members});
  if (!root || !(*root)->is_object()) return std::string(answer);
  const std::string list = errors_json(errors);
  const JsonValue* own = (*root)->find("errors");
  if (own != nullptr && own->is_array()) {
    const std::string separator = own->items.empty() ? "" : ",";
    return edited(answer, {{own->offset, own->offset + 1, arena.copy(list.substr(0, list.size() - 1) + separator)}});
  }
  if (own != nullptr) return std::string(answer);
  const std::string separator = (*root)->members.empty() ? "" : ",";
  return edited(answer, {{(*root)->offset, (*root)->offset + 1, arena.copy("{\"errors\":" + list + separator)}});
}

std::vector<AskedField> asked_fields(const Document& document, const Schema& schema) {
  return Fields(document, schema).all;
}

std::string document_for(std::string_view text, const Document& document, const Operation& operation,
                         const std::vector<const Selection*>& fields, unsigned depth) {
  static constexpr std::string_view kinds[] = {"query ", "mutation ", "subscription "};
  std::string result(kinds[static_cast<std::size_t>(operation.kind)]);
  result += operation.name;
  const auto add = [&](std::size_t begin, std::size_t end) { result.append(text.substr(begin, end - begin)) += ' '; };
  if (!operation.variables.empty()) {
    result += '(';
    for (const VariableDefinition& variable : operation.variables) add(variable.offset, variable.end);
    result += ')';
  }
  result += '{';
  for (const Selection* field : fields) add(field->offset, field->end);
  result += '}';
  for (const Fragment& fragment : document.fragments) add(fragment.offset, fragment.end);
  const auto parsed = parse_document(result, {depth, result.size() + 1});
  return parsed ? edited(result, leftovers(result, *parsed)) : result;
}

std::string without_fields(std::string_view text, const std::vector<const Selection*>& fields, unsigned depth) {
  std::vector<Cut> cuts;
  for (const Selection* field : fields) cuts.push_back({field->offset, field->end, never_answered});
  std::string result = edited(text, std::move(cuts));
  const auto document = parse_document(result, {depth, result.size() + 1});
  return document ? edited(result, leftovers(result, *document)) : result;
}

}  // namespace sluice::graphql
