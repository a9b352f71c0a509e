// SPDX-License-Identifier: Apache-2.0
// The <content> elements of validate-content, compiled: which definition a content type of the operation's request or
// answer has. Inline for the reason that base/message_parts.hpp gives.
#pragma once

#include <sluice/policy.hpp>

#include "base/media_type.hpp"
#include "base/message_parts.hpp"
#include "schema/body_definition.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::parts {

inline constexpr std::string_view body_language_names = "json xml soap";

/// A content type that the API specifies for the request, or for answers of one status.
struct SpecifiedContent {
  int status = 0;  ///< 0: the request.
  std::string type;
};

/// What one <content> says of one specified content type.
struct ContentDefinition {
  int status = 0;
  std::string type;
  schema::BodyDefinition definition;
};

struct ContentRule {
  std::string type;  ///< Empty: all that the API specifies.
  Template action;
  std::optional<schema::BodyDefinition> service;  ///< Of `schema-id`: for whatever content type.
  bool has_service = false;
  std::vector<ContentDefinition> own;  ///< Of the API.

  bool speaks_of(std::string_view content_type) const {
    return type.empty() || equal_ignoring_case(type, content_type);
  }
  const schema::BodyDefinition* find(int status, std::string_view content_type) const {
    if (service) return &*service;
    for (const ContentDefinition& each : own) {
      if (each.status == status && equal_ignoring_case(each.type, content_type)) return &each.definition;
    }
    return nullptr;
  }
};

/// `/schemas/{id}`, a URL that ends so, or the id alone.
inline const Schema* find_service_schema(const ServiceModel* model, std::string_view reference) {
  if (model == nullptr) return nullptr;
  if (const std::size_t slash = reference.rfind("/schemas/"); slash != std::string_view::npos) {
    reference.remove_prefix(slash + 9);
  }
  for (const Schema& schema : model->schemas) {
    if (equal_ignoring_case(schema.id, reference)) return &schema;
  }
  return nullptr;
}

inline schema::SchemaSource service_schemas(const ServiceModel* model) {
  return [model](std::string_view uri) {
    const Schema* found = find_service_schema(model, uri);
    return found == nullptr ? nullptr : &found->text;
  };
}

inline void compile_service_schema(const PolicyElement& element, schema::BodyLanguage language,
                                   const schema::JsonSchemaOptions& options, CompileContext& context,
                                   ContentRule& rule) {
  const std::string id = context.literal(element, "schema-id");
  const PolicyAttribute& attribute = *element.attribute("schema-id");
  rule.has_service = true;
  if (context.model() == nullptr) {
    return context.warning(element, "SL2125", "the schema '" + id + "' of <content> is not known here",
                           "check the folder that the document belongs to");
  }
  const Schema* found = find_service_schema(context.model(), id);
  if (found == nullptr) {
    return context.error(attribute, "SL2125", "the service has no schema '" + id + "'",
                         "schemas stand in the folder 'schemas'");
  }
  rule.service = schema::BodyDefinition::make(id + options.pointer, language, found->text, options,
                                              context.limits().schema, service_schemas(context.model()));
  if (!rule.service->problem().empty()) {
    context.error(attribute, "SL2124", "the schema '" + id + "' cannot be used: " + rule.service->problem());
  }
}

/// The text of the API's own definition for a representation; empty when there is none.
inline std::string_view own_schema_text(const Representation& representation, schema::BodyLanguage language,
                                        const Api* api) {
  if (language == schema::BodyLanguage::json) return representation.schema;
  if (api == nullptr) return {};
  // XML Schemas belong to the API as a whole.
  for (const Schema& schema : api->schemas) {
    const bool is_named = representation.schema_id.empty() || schema.id == representation.schema_id;
    if (schema.kind == Schema::Kind::xml && is_named) return schema.text;
  }
  return {};
}

inline void compile_own_schemas(const PolicyElement& element, int status, const std::vector<Representation>& all,
                                schema::BodyLanguage language, const schema::JsonSchemaOptions& options,
                                CompileContext& context, ContentRule& rule) {
  for (const Representation& representation : all) {
    const std::string type(media_type(representation.content_type));
    if (!rule.speaks_of(type)) continue;
    const std::string_view text = own_schema_text(representation, language, context.api());
    if (text.empty()) continue;
    const std::string name = representation.schema_id.empty() ? context.operation()->id : representation.schema_id;
    auto definition = schema::BodyDefinition::make(name, language, text, options, context.limits().schema);
    if (!definition.problem().empty()) {
      context.warning(element, "SL2124",
                      "the definition '" + name + "' of " + type + " cannot be used: " + definition.problem());
    }
    rule.own.push_back({status, type, std::move(definition)});
  }
}

inline void check_json_attributes(const PolicyElement& element, schema::BodyLanguage language,
                                  CompileContext& context) {
  if (language == schema::BodyLanguage::json) return;
  for (std::string_view name : {"schema-ref", "allow-additional-properties", "case-insensitive-property-names"}) {
    if (const PolicyAttribute* attribute = element.attribute(name)) {
      context.error(*attribute, "SL2115",
                    "attribute '" + attribute->name + "' of <content> is for validate-as=\"json\" alone");
    }
  }
}

inline ContentRule compile_content(const PolicyElement& element, bool on_request, CompileContext& context) {
  const std::string as = context.literal(element, "validate-as");
  const auto language = equal_ignoring_case(as, "xml")    ? schema::BodyLanguage::xml
                        : equal_ignoring_case(as, "soap") ? schema::BodyLanguage::soap
                                                          : schema::BodyLanguage::json;
  check_json_attributes(element, language, context);
  ContentRule rule;
  rule.type = media_type(context.literal(element, "type"));
  rule.action = context.value(element, "action");
  schema::JsonSchemaOptions options;
  options.pointer = context.literal(element, "schema-ref");
  options.ignore_name_case = context.literal_boolean(element, "case-insensitive-property-names");
  if (element.has("allow-additional-properties")) {
    options.additional_properties = context.literal_boolean(element, "allow-additional-properties");
  }
  if (element.has("schema-id")) {
    compile_service_schema(element, language, options, context, rule);
    return rule;
  }
  const Operation* operation = context.operation();
  if (operation == nullptr) return rule;
  if (on_request) {
    compile_own_schemas(element, 0, operation->request_representations, language, options, context, rule);
    return rule;
  }
  for (const OperationResponse& response : operation->responses) {
    compile_own_schemas(element, response.status_code, response.representations, language, options, context, rule);
  }
  return rule;
}

inline std::vector<SpecifiedContent> specified_contents(const Operation* operation, bool on_request) {
  std::vector<SpecifiedContent> all;
  if (operation == nullptr) return all;
  const auto add = [&](int status, const std::vector<Representation>& representations) {
    for (const Representation& each : representations)
      all.push_back({status, std::string(media_type(each.content_type))});
  };
  if (on_request) {
    add(0, operation->request_representations);
  } else {
    for (const OperationResponse& response : operation->responses) add(response.status_code, response.representations);
  }
  return all;
}

}  // namespace sluice::parts
