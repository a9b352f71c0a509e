// SPDX-License-Identifier: Apache-2.0
// <validate-parameters>: holds headers, query and path of the request against the parameters that the operation
// declares. Sections: inbound. All scopes. Source: API Management policy reference, validate-parameters.
#include <sluice/policy.hpp>

#include "base/field_role.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "base/url_template.hpp"
#include "schema/declared_values.hpp"

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

constexpr parts::ValueKindName header_kind{"RequestHeader", "header"};
constexpr parts::ValueKindName query_kind{"QueryParameter", "query parameter"};
constexpr parts::ValueKindName path_kind{"PathParameter", "path parameter"};

/// Headers, query or path.
struct Place {
  Template specified, unspecified;
  std::vector<parts::NamedAction> own;
  std::vector<parts::DeclaredValue> declared;
};

struct Config {
  Place headers, query, path;
  std::string variable;
};

/// One parameter of the query, decoded.
struct QueryValue {
  std::string_view name, value;
};

class Check {
 public:
  Check(const Config& config, RequestContext& context)
      : config_(config), context_(context), report_(context, "validate-parameters", true) {}

  Outcome run() {
    for (Result<void> (Check::*part)() : {&Check::check_path, &Check::check_query, &Check::check_headers}) {
      auto checked = (this->*part)();
      if (!checked) return Outcome::fail(std::move(checked.error()));
    }
    return std::move(report_).finish(config_.variable);
  }

 private:
  using Values = std::vector<std::string_view>;
  bool is_full() const { return report_.count() >= context_.services.limits.schema.findings; }

  template <class Same>
  Result<parts::ValidationAction> action_for(const Place& place, std::string_view name, const Template& otherwise,
                                             Same same) const {
    for (const parts::NamedAction& own : place.own) {
      if (same(own.name, name)) return parts::action_of(own.action, context_);
    }
    return parts::action_of(otherwise, context_);
  }

  template <class Same, class Find>
  Result<void> check_specified(const Place& place, const parts::ValueKindName& kind, Same same, Find find) {
    for (const parts::DeclaredValue& declared : place.declared) {
      if (is_full()) return {};
      const auto action = action_for(place, declared.name, place.specified, same);
      if (!action) return fail(action.error());
      if (*action == parts::ValidationAction::ignore) continue;
      const std::optional<Values> values = find(declared);
      if (!values) continue;
      if (!values->empty()) {
        if (auto error = parts::check_declared(kind, declared, *values)) report_.add(std::move(*error), *action);
      } else if (declared.required) {
        report_.add(parts::missing(kind, declared), *action);
      }
    }
    return {};
  }

  template <class Same>
  Result<void> refuse(const Place& place, const parts::ValueKindName& kind, std::string_view name, Same same) {
    const auto action = action_for(place, name, place.unspecified, same);
    if (!action) return fail(action.error());
    report_.add(parts::unspecified(kind, name), *action);
    return {};
  }

  Result<void> check_path() {
    return check_specified(config_.path, path_kind, same_text, [&](const parts::DeclaredValue& declared) {
      Values values;
      for (const MatchedParameter& matched : context_.matched_parameters) {
        if (matched.name == declared.name) values.push_back(matched.value);
      }
      return std::optional(values);
    });
  }

  Result<void> check_query() {
    std::vector<QueryValue> query;
    QueryReader reader(context_.request.url.query);
    while (const auto item = reader.next()) {
      query.push_back(
          {percent_decode(item->name, context_.arena, true), percent_decode(item->value, context_.arena, true)});
    }
    auto checked = check_specified(config_.query, query_kind, same_text, [&](const parts::DeclaredValue& declared) {
      if (declared.rule && declared.rule->is_deep_object()) return check_deep_object(declared, query);
      Values values;
      for (const QueryValue& value : query) {
        if (value.name == declared.name) values.push_back(value.value);
      }
      return std::optional(values);
    });
    if (!checked) return checked;
    std::vector<std::string_view> seen;
    for (const QueryValue& value : query) {
      if (is_full()) return {};
      if (is_specified(value.name) || std::find(seen.begin(), seen.end(), value.name) != seen.end()) continue;
      seen.push_back(value.name);
      auto refused = refuse(config_.query, query_kind, value.name, same_text);
      if (!refused) return refused;
    }
    return {};
  }

  bool is_specified(std::string_view name) const {
    if (context_.api != nullptr && name == context_.api->subscription_key_parameter_names.query) return true;
    const std::size_t bracket = name.find('[');
    return std::any_of(config_.query.declared.begin(), config_.query.declared.end(),
                       [&](const parts::DeclaredValue& declared) {
                         const bool is_deep = declared.rule && declared.rule->is_deep_object();
                         return name == declared.name || (is_deep && name.substr(0, bracket) == declared.name);
                       });
  }

  /// `name[property]=value`. Nothing when the error has been noted; no values when there is no property.
  std::optional<Values> check_deep_object(const parts::DeclaredValue& declared, const std::vector<QueryValue>& query) {
    std::vector<schema::ParameterRule::Property> properties;
    for (const QueryValue& value : query) {
      const std::size_t bracket = value.name.find('[');
      if (bracket == std::string_view::npos || value.name.substr(0, bracket) != declared.name) continue;
      std::string_view property = value.name.substr(bracket + 1);
      if (property.ends_with(']')) property.remove_suffix(1);
      properties.push_back({property, value.value});
    }
    if (properties.empty()) return Values();
    const auto action = action_for(config_.query, declared.name, config_.query.specified, same_text);
    auto error = parts::error_of(query_kind, declared, declared.rule->check_properties(properties));
    if (action && error) report_.add(std::move(*error), *action);
    return std::nullopt;
  }

  Result<void> check_headers() {
    auto checked =
        check_specified(config_.headers, header_kind, equal_ignoring_case, [&](const parts::DeclaredValue& declared) {
          Values values;
          const HeaderName name(declared.name);
          for (const Header& line : context_.request.headers) {
            if (line.is(name)) values.push_back(line.value);
          }
          return std::optional(values);
        });
    if (!checked) return checked;
    std::vector<std::string_view> seen;
    for (const Header& line : context_.request.headers) {
      if (is_full()) return {};
      const auto names_it = [&](std::string_view name) { return equal_ignoring_case(name, line.name); };
      const auto& declared = config_.headers.declared;
      if (is_outside(line) || std::any_of(seen.begin(), seen.end(), names_it)) continue;
      if (std::any_of(declared.begin(), declared.end(), [&](const auto& each) { return names_it(each.name); }))
        continue;
      seen.push_back(line.name);
      auto refused = refuse(config_.headers, header_kind, line.name, equal_ignoring_case);
      if (!refused) return refused;
    }
    return {};
  }

  /// Fields of the connection and the framing, the type of the body, and the gateway's own key.
  bool is_outside(const Header& line) const {
    const FieldRole role = role_of(line);
    if (contains(connection_roles | bit(FieldRole::content_length), role) || line.is("Content-Type")) return true;
    return context_.api != nullptr && line.is(context_.api->subscription_key_parameter_names.header_name());
  }

  const Config& config_;
  RequestContext& context_;
  parts::ValidationReport report_;
};

class ValidateParameters final : public Step {
 public:
  explicit ValidateParameters(Config config) : config_(std::move(config)) {}
  Outcome run(RequestContext& context) const override { return Check(config_, context).run(); }

 private:
  Config config_;
};

Place compile_place(const PolicyElement& element, std::string_view child, CompileContext& context) {
  Place place{context.value(element, "specified-parameter-action"),
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
  Config config{compile_place(element, "headers", context), compile_place(element, "query", context),
                compile_place(element, "path", context), context.literal(element, "errors-variable-name")};
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
        "required parameter that is missing is an IncorrectMessage."};

}  // namespace sluice::policies
