// SPDX-License-Identifier: Apache-2.0
// The schemas of an API hold OpenAPI's components or Swagger's definitions: they are read as a specification without
// paths, so that what becomes of a schema is the same wherever it stands.
#include "model/read/operation_resource.hpp"

#include "base/text.hpp"
#include "model/bounds.hpp"
#include "model/openapi/operations.hpp"
#include "model/openapi/schema_writer.hpp"

#include <algorithm>

namespace sluice::model {

/// A schema of the API as a specification.
struct SchemaDocument {
  std::unique_ptr<DataDocument> document;
  Diagnostics found;  ///< Of what is wrong in the schema, which is the schema's own affair.
  std::unique_ptr<Specification> specification;
};

namespace {

using SchemaDocuments = std::map<const Schema*, std::unique_ptr<SchemaDocument>>;

class OperationReader {
 public:
  OperationReader(ObjectReader& fields, std::string_view id, const Api& api, SchemaDocuments& documents)
      : fields_(fields), api_(api), documents_(documents) {
    operation_.id = id;
  }

  Operation run() {
    fields_.ignore({"description", "policies", "provisioningState"});
    operation_.display_name = fields_.text("displayName", operation_.id);
    operation_.method = fields_.required_text("method");
    operation_.url_template = fields_.required_text("urlTemplate");
    if (!operation_.url_template.starts_with('/')) operation_.url_template.insert(0, 1, '/');
    read_parameters(fields_, "templateParameters", Direction::request, operation_.template_parameters);
    if (const JsonValue* request = fields_.find("request", JsonKind::object)) read_request(*request);
    if (const JsonValue* responses = fields_.find("responses", JsonKind::array)) {
      for (const JsonValue& response : responses->items) read_response(response);
    }
    return std::move(operation_);
  }

 private:
  void read_request(const JsonValue& value) {
    ObjectReader request(value, "the request", fields_.report());
    request.ignore({"description"});
    read_parameters(request, "queryParameters", Direction::request, operation_.query_parameters);
    read_parameters(request, "headers", Direction::request, operation_.headers);
    read_representations(request, Direction::request, operation_.request_representations);
    request.finish();
  }

  void read_response(const JsonValue& value) {
    ObjectReader response(value, "the response", fields_.report());
    OperationResponse made;
    made.status_code = static_cast<int>(response.integer("statusCode", 100, 599).value_or(200));
    made.description = response.text("description");
    read_parameters(response, "headers", Direction::answer, made.headers);
    read_representations(response, Direction::answer, made.representations);
    response.finish();
    operation_.responses.push_back(std::move(made));
  }

  void read_parameters(ObjectReader& holder, std::string_view name, Direction direction, std::vector<Parameter>& to) {
    const JsonValue* list = holder.find(name, JsonKind::array);
    if (list == nullptr) return;
    for (const JsonValue& item : list->items) {
      if (to.size() >= parameters_per_operation) {
        return fields_.report().error(
            "SL9003", item, "the operation has more than " + std::to_string(parameters_per_operation) + " parameters");
      }
      ObjectReader fields(item, "the parameter", fields_.report());
      Parameter parameter;
      parameter.name = fields.required_text("name");
      parameter.type = to_lower(fields.text("type"));
      parameter.required = fields.boolean("required", false);
      parameter.default_value = fields.text("defaultValue");
      parameter.values = fields.texts("values");
      parameter.schema = schema_of(fields, direction, nullptr);
      fields.ignore({"description", "examples"});
      fields.finish();
      to.push_back(std::move(parameter));
    }
  }

  void read_representations(ObjectReader& holder, Direction direction, std::vector<Representation>& to) {
    const JsonValue* list = holder.find("representations", JsonKind::array);
    if (list == nullptr) return;
    for (const JsonValue& item : list->items) {
      if (to.size() >= parameters_per_operation) {
        return fields_.report().error(
            "SL9003", item,
            "the operation has more than " + std::to_string(parameters_per_operation) + " representations");
      }
      ObjectReader fields(item, "the representation", fields_.report());
      Representation representation;
      representation.content_type = fields.required_text("contentType");
      representation.schema = schema_of(fields, direction, &representation.schema_id);
      read_examples(fields, representation);
      fields.ignore({"formParameters", "sample"});
      fields.finish();
      to.push_back(std::move(representation));
    }
  }

  void read_examples(ObjectReader& holder, Representation& representation) {
    const JsonValue* examples = holder.find("examples", JsonKind::object);
    if (examples == nullptr) return;
    for (const JsonMember& member : examples->members) {
      const JsonValue* value = member.value.find("value");
      if (value != nullptr) representation.examples.push_back({std::string(member.name), example_text(*value)});
    }
  }

  /// The text of what `schemaId` and `typeName` name; empty when they name nothing. `name` gets the type's name, or for
  /// an XML Schema its id.
  std::string schema_of(ObjectReader& fields, Direction direction, std::string* name) {
    const std::string id = fields.text("schemaId"), type = fields.text("typeName");
    if (name != nullptr) *name = type.empty() ? id : type;
    if (id.empty()) return {};
    const Schema* schema = nullptr;
    for (const Schema& each : api_.schemas) {
      if (each.id == id) schema = &each;
    }
    if (schema == nullptr) {
      fields.report().warning("SL5005", *fields.find("schemaId"), "the API has no schema '" + id + "'");
      return {};
    }
    if (schema->kind != Schema::Kind::json) {
      if (name != nullptr) *name = id;
      return {};
    }
    SchemaDocument& document = document_of(*schema);
    const JsonValue* target = document.specification == nullptr ? nullptr : type_in(document, type);
    if (target == nullptr || !target->is_object()) {
      fields.report().warning("SL5005", *fields.find("schemaId"), "the schema '" + id + "' has no type '" + type + "'");
      return {};
    }
    return schema_text(*document.specification, *target, direction);
  }

  SchemaDocument& document_of(const Schema& schema) {
    std::unique_ptr<SchemaDocument>& known = documents_[&schema];
    if (known != nullptr) return *known;
    known = std::make_unique<SchemaDocument>();
    SchemaDocument& made = *known;
    const std::string_view rest =
        std::string_view(schema.text).substr(std::min(schema.text.find('{') + 1, schema.text.size()));
    const bool is_swagger = schema.text.find("\"definitions\"") < schema.text.find("\"components\"");
    const bool is_empty = trim(rest) == "}";
    made.document =
        parse_data(schema.file,
                   (is_swagger ? "{\"swagger\":\"2.0\"" : "{\"openapi\":\"3.0.1\"") + std::string(is_empty ? "" : ",") +
                       std::string(rest),
                   DataFormat::json, {.depth = specification_depth, .members = specification_values}, made.found);
    if (made.document != nullptr) made.specification = std::make_unique<Specification>(*made.document, made.found);
    return made;
  }

  const JsonValue* type_in(SchemaDocument& document, std::string_view type) {
    if (type.empty()) return document.document->root;
    const JsonValue& root = *document.document->root;
    const JsonValue* all = root.at({"components", "schemas"});
    if (all == nullptr) all = root.find("definitions");
    return all == nullptr ? nullptr : document.specification->member(*all, type);
  }

  ObjectReader& fields_;
  const Api& api_;
  Operation operation_;
  SchemaDocuments& documents_;
};

}  // namespace

OperationResources::OperationResources(const Api& api) : api_(api) {}
OperationResources::~OperationResources() = default;

Operation OperationResources::read(ObjectReader& fields, std::string_view id) {
  return OperationReader(fields, id, api_, documents_).run();
}

}  // namespace sluice::model
