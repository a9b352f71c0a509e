// SPDX-License-Identifier: Apache-2.0
// <validate-headers>: holds the headers of the answer against those that the operation declares for its status code.
// Sections: outbound, on-error. All scopes.
// Source: API Management policy reference, validate-headers.
#include <sluice/policy.hpp>

#include "base/field_role.hpp"
#include "base/text.hpp"
#include "schema/declared_values.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {{.name = "specified-header-action",
                                         .required = true,
                                         .expressions = true,
                                         .one_of = parts::validation_action_names,
                                         .doc = "What to do about declared headers that are not as declared."},
                                        {.name = "unspecified-header-action",
                                         .required = true,
                                         .expressions = true,
                                         .one_of = parts::validation_action_names,
                                         .doc = "What to do about headers that are not declared."},
                                        parts::errors_variable_attribute};

constexpr AttributeSpec header_attributes[] = {
    {.name = "name", .required = true, .doc = "Name of the header; compared without case."},
    {.name = "action",
     .required = true,
     .expressions = true,
     .one_of = parts::validation_action_names,
     .doc = "What to do about it, in place of the policy's own actions."}};
constexpr ElementSpec children[] = {{.name = "header",
                                     .occurs = Occurs::many,
                                     .attributes = header_attributes,
                                     .doc = "A header with an action of its own."}};

constexpr parts::ValueKindName kind{"ResponseHeader", "header"};

struct Config {
  struct Answer {
    int status;
    std::vector<parts::DeclaredValue> headers;
  };
  Template specified, unspecified;
  std::vector<parts::NamedAction> own;
  std::vector<Answer> answers;
  std::string variable;

  const Answer* answer_for(int status) const {
    const auto found =
        std::find_if(answers.begin(), answers.end(), [&](const Answer& a) { return a.status == status; });
    return found == answers.end() ? nullptr : &*found;
  }
};

/// Fields of the connection and the framing, and the type of the body, which OpenAPI cannot declare as a header.
bool is_outside(const Header& line) {
  const FieldRole role = role_of(line);
  return contains(connection_roles | bit(FieldRole::content_length) | bit(FieldRole::date), role) ||
         line.is("Content-Type");
}

class Check {
 public:
  Check(const Config& config, RequestContext& context)
      : config_(config), context_(context), report_(context, "validate-headers", false) {}

  Outcome run() {
    const Config::Answer* answer = config_.answer_for(context_.response.status);
    if (answer != nullptr) {
      for (const parts::DeclaredValue& declared : answer->headers) {
        auto checked = check(declared);
        if (!checked) return Outcome::fail(std::move(checked.error()));
      }
    }
    auto checked = check_others(answer);
    if (!checked) return Outcome::fail(std::move(checked.error()));
    return std::move(report_).finish(config_.variable);
  }

 private:
  Result<parts::ValidationAction> action_for(std::string_view name, const Template& otherwise) const {
    for (const parts::NamedAction& own : config_.own) {
      if (equal_ignoring_case(own.name, name)) return parts::action_of(own.action, context_);
    }
    return parts::action_of(otherwise, context_);
  }

  Result<void> check(const parts::DeclaredValue& declared) {
    const auto action = action_for(declared.name, config_.specified);
    if (!action) return fail(action.error());
    if (*action == parts::ValidationAction::ignore) return {};
    std::vector<std::string_view> values;
    const HeaderName name(declared.name);
    for (const Header& line : context_.response.headers) {
      if (line.is(name)) values.push_back(line.value);
    }
    if (values.empty()) {
      if (declared.required) report_.add(parts::missing(kind, declared), *action);
    } else if (auto error = parts::check_declared(kind, declared, values)) {
      report_.add(std::move(*error), *action);
    }
    return {};
  }

  Result<void> check_others(const Config::Answer* answer) {
    std::vector<std::string_view> seen;
    for (const Header& line : context_.response.headers) {
      if (report_.count() >= context_.services.limits.schema.findings) return {};
      const auto names_it = [&](std::string_view name) { return equal_ignoring_case(name, line.name); };
      const bool is_declared = answer != nullptr && std::any_of(answer->headers.begin(), answer->headers.end(),
                                                                [&](const auto& each) { return names_it(each.name); });
      if (is_declared || is_outside(line) || std::any_of(seen.begin(), seen.end(), names_it)) continue;
      seen.push_back(line.name);
      const auto action = action_for(line.name, config_.unspecified);
      if (!action) return fail(action.error());
      report_.add(parts::unspecified(kind, line.name), *action);
    }
    return {};
  }

  const Config& config_;
  RequestContext& context_;
  parts::ValidationReport report_;
};

class ValidateHeaders final : public Step {
 public:
  explicit ValidateHeaders(Config config) : config_(std::move(config)) {}
  Outcome run(RequestContext& context) const override {
    return context.has_response ? Check(config_, context).run() : Outcome::next();
  }

 private:
  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{context.value(element, "specified-header-action"),
                context.value(element, "unspecified-header-action"),
                parts::compile_named_actions(element, "header", context),
                {},
                context.literal(element, "errors-variable-name")};
  if (const Operation* operation = context.operation()) {
    for (const OperationResponse& response : operation->responses) {
      config.answers.push_back(
          {response.status_code,
           parts::compile_declared(response.headers, schema::ParameterRule::Place::header, element, context)});
    }
  }
  return make_step<ValidateHeaders>(std::move(config));
}

}  // namespace

SLUICE_POLICY(validate_headers){
    .elements = "validate-headers",
    .sections = Sections::outbound | Sections::on_error,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Holds the headers of the answer against those that the operation declares.",
    .differs =
        "Headers of the connection and the framing, Date and Content-Type count as specified: an API cannot declare "
        "them. A required header that is missing is an IncorrectMessage."};

}  // namespace sluice::policies
