// SPDX-License-Identifier: Apache-2.0
// OpenAPI 3 says `schema` and `content`, Swagger 2.0 says types in the parameter and `consumes`, `produces`; both end
// in the same structs. Examples are kept as the text that a body would be.
#include "model/openapi/parts.hpp"

#include "base/text.hpp"
#include "model/bounds.hpp"
#include "model/openapi/parameters.hpp"
#include "model/openapi/schema_writer.hpp"

namespace sluice::model {
namespace {

void read_schema(Specification& specification, const JsonValue& holder, Direction direction,
                 Representation& representation) {
  const JsonValue* schema = holder.find("schema");
  if (schema == nullptr || !schema->is_object()) return;
  representation.schema_id = Specification::referred_name(*schema);
  representation.schema = schema_text(specification, *schema, direction);
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
std::vector<Representation> read_content(Specification& specification, const JsonValue& holder, Direction direction) {
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
    read_schema(specification, media.value, direction, representation);
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
      if (parameter.place == "body") read_schema(specification, *parameter.value, Direction::request, representation);
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
      read_schema(specification, value, Direction::answer, representation);
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
  if (const JsonValue* description = value.find("description")) response.description = example_text(*description);
  if (const JsonValue* headers = value.find("headers")) {
    for (const JsonMember& member : headers->members) {
      if (!specification.keep(0)) break;
      const JsonValue* header = specification.resolve(member.value);
      if (header != nullptr)
        response.headers.push_back(read_parameter(specification, *header, member.name, Direction::answer));
    }
  }
  if (specification.is_swagger()) {
    read_swagger_answer(specification, method, value, response);
  } else {
    response.representations = read_content(specification, value, Direction::answer);
  }
  operation.responses.push_back(std::move(response));
}

}  // namespace

void read_request(Specification& specification, const JsonValue& path_item, const JsonValue& method,
                  Operation& operation) {
  if (specification.is_swagger()) return read_swagger_request(specification, path_item, method, operation);
  const JsonValue* body = method.find("requestBody");
  if (body == nullptr) return;
  body = specification.resolve(*body);
  if (body != nullptr) operation.request_representations = read_content(specification, *body, Direction::request);
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
