// SPDX-License-Identifier: Apache-2.0
// What validate-parameters does with one request. Inline for the reason that base/message_parts.hpp gives.
#pragma once

#include "base/field_role.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "schema/declared_values.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::parts {

inline constexpr ValueKindName header_kind{"RequestHeader", "header"};
inline constexpr ValueKindName query_kind{"QueryParameter", "query parameter"};
inline constexpr ValueKindName path_kind{"PathParameter", "path parameter"};

/// What is said of headers, query or path.
struct ParameterPlace {
  Template specified, unspecified;
  std::vector<NamedAction> own;
  std::vector<DeclaredValue> declared;
};

/// <validate-parameters>, compiled.
struct ParameterChecks {
  ParameterPlace headers, query, path;
  std::string variable;
};

/// One parameter of the query, decoded.
struct QueryValue {
  std::string_view name, value;
};

/// One request held against them.
class ParametersCheck {
 public:
  ParametersCheck(const ParameterChecks& config, RequestContext& context)
      : config_(config), context_(context), report_(context, "validate-parameters", true) {}

  Outcome run() {
    for (Result<void> (ParametersCheck::*part)() :
         {&ParametersCheck::check_path, &ParametersCheck::check_query, &ParametersCheck::check_headers}) {
      auto checked = (this->*part)();
      if (!checked) return Outcome::fail(std::move(checked.error()));
    }
    return std::move(report_).finish(config_.variable);
  }

 private:
  using Values = std::vector<std::string_view>;
  bool is_full() const { return report_.count() >= context_.services.limits.schema.findings; }

  template <class Same>
  Result<ValidationAction> action_for(const ParameterPlace& place, std::string_view name, const Template& otherwise,
                                      Same same) const {
    for (const NamedAction& own : place.own) {
      if (same(own.name, name)) return action_of(own.action, context_);
    }
    return action_of(otherwise, context_);
  }

  template <class Same, class Find>
  Result<void> check_specified(const ParameterPlace& place, const ValueKindName& kind, Same same, Find find) {
    for (const DeclaredValue& declared : place.declared) {
      if (is_full()) return {};
      const auto action = action_for(place, declared.name, place.specified, same);
      if (!action) return fail(action.error());
      if (*action == ValidationAction::ignore) continue;
      const std::optional<Values> values = find(declared);
      if (!values) continue;
      if (!values->empty()) {
        if (auto error = check_declared(kind, declared, *values)) report_.add(std::move(*error), *action);
      } else if (declared.required) {
        report_.add(missing(kind, declared), *action);
      }
    }
    return {};
  }

  template <class Same>
  Result<void> refuse(const ParameterPlace& place, const ValueKindName& kind, std::string_view name, Same same) {
    const auto action = action_for(place, name, place.unspecified, same);
    if (!action) return fail(action.error());
    report_.add(unspecified(kind, name), *action);
    return {};
  }

  Result<void> check_path() {
    return check_specified(config_.path, path_kind, same_text, [&](const DeclaredValue& declared) {
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
    auto checked = check_specified(config_.query, query_kind, same_text, [&](const DeclaredValue& declared) {
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
                       [&](const DeclaredValue& declared) {
                         const bool is_deep = declared.rule && declared.rule->is_deep_object();
                         return name == declared.name || (is_deep && name.substr(0, bracket) == declared.name);
                       });
  }

  /// `name[property]=value`. Nothing when the error has been noted; no values when there is no property.
  std::optional<Values> check_deep_object(const DeclaredValue& declared, const std::vector<QueryValue>& query) {
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
    auto error = error_of(query_kind, declared, declared.rule->check_properties(properties));
    if (action && error) report_.add(std::move(*error), *action);
    return std::nullopt;
  }

  Result<void> check_headers() {
    auto checked =
        check_specified(config_.headers, header_kind, equal_ignoring_case, [&](const DeclaredValue& declared) {
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

  const ParameterChecks& config_;
  RequestContext& context_;
  ValidationReport report_;
};

}  // namespace sluice::parts
