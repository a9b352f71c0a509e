// SPDX-License-Identifier: Apache-2.0
// OpenAPI 3 says `schema` and `content`, Swagger 2.0 says types in the parameter and `consumes`, `produces`; both end
// in the same structs. Examples are kept as the text that a body would be.
#include "model/openapi/parts.hpp"

#include "base/text.hpp"
#include "model/bounds.hpp"

namespace sluice::model {
namespace {

/// Text that a body with this example has: a string is the body itself, everything else its JSON.
std::string example_text(const JsonValue& value) {
  if (value.is_string()) return std::string(value.text);
  JsonWriter writer;
  write_json(value, writer);
  return std::move(writer).take();
}

/// A scalar as the text that stands in a URL or header.
std::string scalar_text(const JsonValue& value) { return value.is_null() ? std::string() : example_text(value); }

/// `type: string`, or the first of OpenAPI 3.1's `type: [string, "null"]` that is not null.
std::string type_of(const JsonValue& schema) {
  const JsonValue* type = schema.find("type");
  if (type == nullptr) return {};
  if (type->is_string()) return std::string(type->text);
  for (const JsonValue& item : type->items) {
    if (item.is_string() && item.text != "null") return std::string(item.text);
  }
  return {};
}

void read_value_rules(Specification& specification, const JsonValue& schema, Parameter& parameter) {
  parameter.type = type_of(schema);
  if (const JsonValue* fallback = schema.find("default")) parameter.default_value = scalar_text(*fallback);
  const JsonValue* values = schema.find("enum");
  if (values == nullptr) return;
  for (const JsonValue& item : values->items) {
    if (!specification.keep(0)) return;
    parameter.values.push_back(scalar_text(item));
  }
}

Parameter read_parameter(Specification& specification, const JsonValue& value, std::string_view name) {
  Parameter parameter;
  parameter.name = name;
  const JsonValue* required = value.find("required");
  parameter.required = required != nullptr && required->boolean().value_or(false);
  const JsonValue* schema = specification.is_swagger() ? &value : value.find("schema");
  if (schema != nullptr && !specification.is_swagger()) schema = specification.resolve(*schema);
  if (schema != nullptr) read_value_rules(specification, *schema, parameter);
  return parameter;
}

struct DeclaredParameter {
  std::string_view name, place;
  const JsonValue* value;
};

void collect(Specification& specification, const JsonValue& holder, std::vector<DeclaredParameter>& to) {
  const JsonValue* list = holder.find("parameters");
  if (list == nullptr || list->is_null()) return;
  if (!list->is_array()) {
    return specification.error("SL5003", *list,
                               "'parameters' must be an array, found " + std::string(name_of(list->kind)));
  }
  for (const JsonValue& item : list->items) {
    const JsonValue* value = specification.resolve(item);
    if (value == nullptr) continue;
    const JsonValue* name = value->find("name");
    const JsonValue* place = value->find("in");
    if (name == nullptr || !name->is_string() || place == nullptr || !place->is_string()) {
      specification.error("SL5002", *value, "a parameter needs the texts 'name' and 'in'");
      continue;
    }
    std::erase_if(to, [&](const DeclaredParameter& earlier) {
      return earlier.name == name->text && earlier.place == place->text;
    });
    if (to.size() >= parameters_per_operation) {
      return specification.error(
          "SL9003", item, "the operation has more than " + std::to_string(parameters_per_operation) + " parameters");
    }
    to.push_back({name->text, place->text, value});
  }
}

std::vector<DeclaredParameter> declared_parameters(Specification& specification, const JsonValue& path_item,
                                                   const JsonValue& method) {
  std::vector<DeclaredParameter> all;
  collect(specification, path_item, all);
  collect(specification, method, all);
  return all;
}

void read_schema(Specification& specification, const JsonValue& holder, Representation& representation) {
  const JsonValue* schema = holder.find("schema");
  if (schema == nullptr || !schema->is_object()) return;
  representation.schema_id = Specification::referred_name(*schema);
  representation.schema = specification.schema_text(*schema);
}

void add_example(Specification& specification, std::string_view name, const JsonValue& value,
                 Representation& representation) {
  if (!specification.keep(0)) return;
  std::string text = example_text(value);
  if (specification.keep(text.size())) representation.examples.push_back({std::string(name), std::move(text)});
}

void read_examples(Specification& specification, const JsonValue& media, Representation& representation) {
  if (const JsonValue* example = media.find("example")) {
    add_example(specification, "default", *example, representation);
  }
  const JsonValue* examples = media.find("examples");
  if (examples == nullptr) return;
  for (const JsonMember& member : examples->members) {
    const JsonValue* example = specification.resolve(member.value);
    const JsonValue* value = example == nullptr ? nullptr : example->find("value");
    if (value != nullptr) add_example(specification, member.name, *value, representation);
  }
}

/// `content` of OpenAPI 3.
std::vector<Representation> read_content(Specification& specification, const JsonValue& holder) {
  std::vector<Representation> all;
  const JsonValue* content = holder.find("content");
  if (content == nullptr) return all;
  if (!content->is_object()) {
    specification.error("SL5003", *content,
                        "'content' must be an object, found " + std::string(name_of(content->kind)));
    return all;
  }
  for (const JsonMember& media : content->members) {
    if (!specification.keep(0)) break;
    Representation representation;
    representation.content_type = media.name;
    read_schema(specification, media.value, representation);
    read_examples(specification, media.value, representation);
    all.push_back(std::move(representation));
  }
  return all;
}

/// `consumes` or `produces`: the operation's, else the document's, else JSON.
std::vector<std::string> media_types(Specification& specification, const JsonValue& method, std::string_view field) {
  const JsonValue* list = method.find(field);
  if (list == nullptr) list = specification.root().find(field);
  std::vector<std::string> types;
  if (list != nullptr) {
    for (const JsonValue& item : list->items) {
      if (item.is_string() && types.size() < media_types_per_list) types.emplace_back(item.text);
    }
  }
  if (types.empty()) types.emplace_back("application/json");
  return types;
}

void read_swagger_request(Specification& specification, const JsonValue& path_item, const JsonValue& method,
                          Operation& operation) {
  for (const DeclaredParameter& parameter : declared_parameters(specification, path_item, method)) {
    if (parameter.place != "body" && parameter.place != "formData") continue;
    if (parameter.place == "formData" && !operation.request_representations.empty()) continue;
    for (std::string& type : media_types(specification, method, "consumes")) {
      Representation representation;
      representation.content_type = std::move(type);
      if (parameter.place == "body") read_schema(specification, *parameter.value, representation);
      operation.request_representations.push_back(std::move(representation));
    }
  }
}

void read_swagger_answer(Specification& specification, const JsonValue& method, const JsonValue& value,
                         OperationResponse& response) {
  const JsonValue* examples = value.find("examples");
  if (value.find("schema") != nullptr) {
    for (std::string& type : media_types(specification, method, "produces")) {
      Representation representation;
      representation.content_type = std::move(type);
      read_schema(specification, value, representation);
      response.representations.push_back(std::move(representation));
    }
  }
  if (examples == nullptr) return;
  for (const JsonMember& example : examples->members) {
    Representation* to = nullptr;
    for (Representation& known : response.representations) {
      if (known.content_type == example.name) to = &known;
    }
    if (to == nullptr) {
      to = &response.representations.emplace_back();
      to->content_type = example.name;
    }
    add_example(specification, "default", example.value, *to);
  }
}

void read_response(Specification& specification, const JsonValue& method, int status, const JsonValue& value,
                   Operation& operation) {
  OperationResponse response;
  response.status_code = status;
  if (const JsonValue* description = value.find("description")) response.description = scalar_text(*description);
  if (const JsonValue* headers = value.find("headers")) {
    for (const JsonMember& member : headers->members) {
      if (!specification.keep(0)) break;
      const JsonValue* header = specification.resolve(member.value);
      if (header != nullptr) response.headers.push_back(read_parameter(specification, *header, member.name));
    }
  }
  if (specification.is_swagger()) {
    read_swagger_answer(specification, method, value, response);
  } else {
    response.representations = read_content(specification, value);
  }
  operation.responses.push_back(std::move(response));
}

}  // namespace

void read_parameters(Specification& specification, const JsonValue& path_item, const JsonValue& method,
                     Operation& operation) {
  for (const DeclaredParameter& declared : declared_parameters(specification, path_item, method)) {
    std::vector<Parameter>* to = nullptr;
    if (declared.place == "path") to = &operation.template_parameters;
    if (declared.place == "query") to = &operation.query_parameters;
    if (declared.place == "header") to = &operation.headers;
    if (to != nullptr) {
      to->push_back(read_parameter(specification, *declared.value, declared.name));
      if (declared.place == "path") to->back().required = true;
    } else if (declared.place != "cookie" && declared.place != "body" && declared.place != "formData") {
      specification.error(
          "SL5003", *declared.value->find("in"),
          "'in' must be one of path, query, header, cookie; found '" + std::string(declared.place) + "'");
    }
  }
}

void read_request(Specification& specification, const JsonValue& path_item, const JsonValue& method,
                  Operation& operation) {
  if (specification.is_swagger()) return read_swagger_request(specification, path_item, method, operation);
  const JsonValue* body = method.find("requestBody");
  if (body == nullptr) return;
  body = specification.resolve(*body);
  if (body != nullptr) operation.request_representations = read_content(specification, *body);
}

void read_responses(Specification& specification, const JsonValue& method, Operation& operation) {
  const JsonValue* responses = method.find("responses");
  if (responses == nullptr) return;
  if (!responses->is_object()) {
    return specification.error("SL5003", *responses,
                               "'responses' must be an object, found " + std::string(name_of(responses->kind)));
  }
  for (const JsonMember& member : responses->members) {
    if (member.name.starts_with("x-")) continue;
    const auto status = parse_unsigned(member.name);
    const bool is_range = member.name.size() == 3 && to_lower(member.name.substr(1)) == "xx";
    if (member.name == "default" || is_range) continue;
    if (!status || *status < 100 || *status > 599) {
      specification.add(Severity::error, "SL5003", member.name_offset,
                        "'" + std::string(member.name) + "' is not a status code");
      continue;
    }
    const JsonValue* value = specification.resolve(member.value);
    if (value != nullptr) read_response(specification, method, static_cast<int>(*status), *value, operation);
  }
}

}  // namespace sluice::model
