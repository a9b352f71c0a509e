// SPDX-License-Identifier: Apache-2.0
// <validate-content>: holds the size, the content type and the content of a body against what the API specifies, or
// against schemas of the service.   Sections: inbound (the request), outbound, on-error (the answer). All scopes.
// Source: API Management policy reference, validate-content.
#include <sluice/policy.hpp>

#include "base/validation_parts.hpp"
#include "schema/content_check.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {{.name = "unspecified-content-type-action",
                                         .required = true,
                                         .expressions = true,
                                         .one_of = parts::validation_action_names,
                                         .doc = "What to do about content types that the API does not specify."},
                                        {.name = "max-size",
                                         .type = ValueType::integer,
                                         .required = true,
                                         .expressions = true,
                                         .min = 1,
                                         .max = parts::most_validated_bytes,
                                         .doc = "Bytes that a body may have."},
                                        {.name = "size-exceeded-action",
                                         .required = true,
                                         .expressions = true,
                                         .one_of = parts::validation_action_names,
                                         .doc = "What to do about larger bodies, whose content is not checked."},
                                        parts::errors_variable_attribute};

constexpr AttributeSpec map_attributes[] = {
    {.name = "any-content-type-value", .doc = "Content type that takes the place of every other."},
    {.name = "missing-content-type-value", .doc = "Content type of a body that comes without one."}};
constexpr AttributeSpec type_attributes[] = {
    {.name = "from", .doc = "Content type that comes."},
    {.name = "when", .type = ValueType::boolean, .expressions = true, .doc = "Whether the content type is replaced."},
    {.name = "to", .required = true, .doc = "Content type that takes its place."}};
constexpr ElementSpec map_children[] = {{.name = "type",
                                         .occurs = Occurs::many,
                                         .attributes = type_attributes,
                                         .doc = "One replacement; the first counts."}};

constexpr AttributeSpec content_attributes[] = {
    {.name = "type", .doc = "Content type that is checked; all that the API specifies when absent."},
    {.name = "validate-as", .required = true, .one_of = parts::body_language_names, .doc = "What the body is read as."},
    {.name = "schema-id", .doc = "Schema of the service to check against, in place of the API's own."},
    {.name = "schema-ref", .doc = "JSON pointer to the part of the schema that is meant."},
    {.name = "action",
     .required = true,
     .expressions = true,
     .one_of = parts::validation_action_names,
     .doc = "What to do about content that does not conform."},
    {.name = "allow-additional-properties",
     .type = ValueType::boolean,
     .doc = "Overrides what the schema says of properties that it does not name."},
    {.name = "case-insensitive-property-names",
     .type = ValueType::boolean,
     .fallback = "false",
     .doc = "Whether names of properties are compared without case."}};

constexpr ElementSpec children[] = {{.name = "content-type-map",
                                     .attributes = map_attributes,
                                     .children = map_children,
                                     .doc = "Content types that are checked as others."},
                                    {.name = "content",
                                     .occurs = Occurs::many,
                                     .attributes = content_attributes,
                                     .doc = "How the content of a content type is checked."}};

class ValidateContent final : public WaitingStep {
 public:
  explicit ValidateContent(parts::ContentChecks config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation&) const override {
    if (!config_.on_request && !context.has_response) co_return Outcome::next();
    parts::ContentCheck check(config_, context);
    Outcome outcome = co_await check.run();
    co_return outcome;
  }

 private:
  parts::ContentChecks config_;
};

void compile_map(const PolicyElement& element, CompileContext& context, parts::ContentChecks& config) {
  const PolicyElement* map = element.child("content-type-map");
  if (map == nullptr) return;
  config.any_type = media_type(context.literal(*map, "any-content-type-value"));
  config.missing_type = media_type(context.literal(*map, "missing-content-type-value"));
  for (const PolicyElement& child : map->children) {
    if (child.has("from") && child.has("when")) {
      context.error(child, "SL2115", "attributes 'from' and 'when' of <type> exclude one another");
    }
    config.replacements.push_back({std::string(media_type(context.literal(child, "from"))),
                                   std::string(media_type(context.literal(child, "to"))),
                                   context.value(child, "when")});
  }
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  parts::ContentChecks config;
  config.on_request = parts::works_on_request(context.section());
  config.unspecified = context.value(element, "unspecified-content-type-action");
  config.max_size = context.value(element, "max-size");
  config.size_exceeded = context.value(element, "size-exceeded-action");
  config.variable = context.literal(element, "errors-variable-name");
  compile_map(element, context, config);
  for (const PolicyElement& child : element.children) {
    if (child.name == "content") config.contents.push_back(parts::compile_content(child, config.on_request, context));
  }
  config.specified = parts::specified_contents(context.operation(), config.on_request);
  if (!config.on_request) context.needs(Effects::reads_response_body);
  return make_step<ValidateContent>(std::move(config));
}

}  // namespace

SLUICE_POLICY(validate_content){
    .elements = "validate-content",
    .sections = Sections::inbound | Sections::outbound | Sections::on_error,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Holds size, content type and content of a body against the API's definitions.",
    .differs =
        "Bodies coded as gzip or deflate are decoded for the check, and sent on as they came; others cannot be "
        "validated. Bodies beyond the gateway's bound for buffered ones are refused whatever max-size says. A body "
        "larger than "
        "max-size is not validated, whatever size-exceeded-action says. allow-additional-properties=\"false\" refuses "
        "what "
        "no schema of an object names, in whatever allOf or anyOf it stands. Of JSON Schema, unevaluatedProperties and "
        "the like are refused by name. Lines of XML come without a position."};

}  // namespace sluice::policies
