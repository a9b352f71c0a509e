// SPDX-License-Identifier: Apache-2.0
// <validate-parameters>: holds headers, query and path of the request against the parameters that the operation
// declares. Sections: inbound. All scopes. Source: API Management policy reference, validate-parameters.
#include <sluice/policy.hpp>

#include "base/url.hpp"
#include "base/url_template.hpp"
#include "schema/parameters_check.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

constexpr AttributeSpec specified_attribute = {.name = "specified-parameter-action",
                                               .required = true,
                                               .expressions = true,
                                               .one_of = parts::validation_action_names,
                                               .doc = "What to do about declared parameters that are not as declared."};
constexpr AttributeSpec unspecified_attribute = {.name = "unspecified-parameter-action",
                                                 .required = true,
                                                 .expressions = true,
                                                 .one_of = parts::validation_action_names,
                                                 .doc = "What to do about parameters that are not declared."};
/// The same where it may be left out.
constexpr AttributeSpec optional(AttributeSpec attribute) {
  attribute.required = false;
  return attribute;
}

constexpr AttributeSpec attributes[] = {specified_attribute, unspecified_attribute, parts::errors_variable_attribute};
constexpr AttributeSpec place_attributes[] = {optional(specified_attribute), optional(unspecified_attribute)};
constexpr AttributeSpec path_attributes[] = {optional(specified_attribute)};
constexpr AttributeSpec parameter_attributes[] = {{.name = "name", .required = true, .doc = "Name of the parameter."},
                                                  {.name = "action",
                                                   .required = true,
                                                   .expressions = true,
                                                   .one_of = parts::validation_action_names,
                                                   .doc = "What to do about it, in place of the actions around it."}};
constexpr ElementSpec parameter_elements[] = {{.name = "parameter",
                                               .occurs = Occurs::many,
                                               .attributes = parameter_attributes,
                                               .doc = "A parameter with an action of its own."}};
constexpr ElementSpec children[] = {
    {.name = "headers", .attributes = place_attributes, .children = parameter_elements, .doc = "For headers."},
    {.name = "query", .attributes = place_attributes, .children = parameter_elements, .doc = "For the query."},
    {.name = "path", .attributes = path_attributes, .children = parameter_elements, .doc = "For the path."}};

class ValidateParameters final : public Step {
 public:
  explicit ValidateParameters(parts::ParameterChecks config) : config_(std::move(config)) {}
  Outcome run(RequestContext& context) const override { return parts::ParametersCheck(config_, context).run(); }

 private:
  parts::ParameterChecks config_;
};

parts::ParameterPlace compile_place(const PolicyElement& element, std::string_view child, CompileContext& context) {
  parts::ParameterPlace place{context.value(element, "specified-parameter-action"),
                              context.value(element, "unspecified-parameter-action"),
                              {},
                              {}};
  const PolicyElement* own = element.child(child);
  if (own == nullptr) return place;
  if (own->has("specified-parameter-action")) place.specified = context.value(*own, "specified-parameter-action");
  if (own->has("unspecified-parameter-action")) place.unspecified = context.value(*own, "unspecified-parameter-action");
  place.own = parts::compile_named_actions(*own, "parameter", context);
  return place;
}

/// The query of a template: what is captured goes by its own name in the URL, and fixed items are parameters too.
void compile_template_query(std::string_view query, std::vector<Parameter>& captured, std::vector<Parameter>& to) {
  QueryReader reader(query);
  while (const auto item = reader.next()) {
    Parameter parameter;
    for (const Parameter& each : captured) {
      if (item->value == '{' + each.name + '}') parameter = each;
    }
    parameter.name = item->name;
    to.push_back(std::move(parameter));
  }
}

/// Parameters of the template stand in its path or in its query.
void compile_template(const Operation& operation, std::vector<Parameter>& path, std::vector<Parameter>& query) {
  const std::vector<TemplateParameter> named = template_parameters(operation.url_template);
  std::vector<Parameter> captured;
  for (const Parameter& parameter : operation.template_parameters) {
    const bool in_query = std::any_of(named.begin(), named.end(), [&](const TemplateParameter& each) {
      return each.in_query && each.name == parameter.name;
    });
    (in_query ? captured : path).push_back(parameter);
  }
  const std::size_t mark = operation.url_template.find('?');
  if (mark != std::string::npos) {
    compile_template_query(std::string_view(operation.url_template).substr(mark + 1), captured, query);
  }
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  parts::ParameterChecks config{compile_place(element, "headers", context), compile_place(element, "query", context),
                                compile_place(element, "path", context),
                                context.literal(element, "errors-variable-name")};
  if (const Operation* operation = context.operation()) {
    using From = schema::ParameterRule::Place;
    std::vector<Parameter> path, query = operation->query_parameters;
    compile_template(*operation, path, query);
    config.headers.declared = parts::compile_declared(operation->headers, From::header, element, context);
    config.query.declared = parts::compile_declared(query, From::query, element, context);
    config.path.declared = parts::compile_declared(path, From::path, element, context);
  }
  return make_step<ValidateParameters>(std::move(config));
}

}  // namespace

SLUICE_POLICY(validate_parameters){
    .elements = "validate-parameters",
    .sections = Sections::inbound,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Holds headers, query and path of the request against the operation's declared parameters.",
    .differs =
        "Headers of the connection and the framing, Content-Type and the API's subscription key count as specified. A "
        "required parameter that is missing is an IncorrectMessage. An object whose properties stand in the query by "
        "their "
        "own names (style form, explode) is not put together: declare them one by one."};

}  // namespace sluice::policies
