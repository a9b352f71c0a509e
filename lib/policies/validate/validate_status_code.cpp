// SPDX-License-Identifier: Apache-2.0
// <validate-status-code>: holds the status code of the answer against those that the operation declares.
// Sections: outbound, on-error. All scopes.
// Source: API Management policy reference, validate-status-code.
#include <sluice/policy.hpp>

#include "base/text.hpp"
#include "base/validation_parts.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

constexpr std::int64_t least_status = 100, most_status = 599;

constexpr AttributeSpec attributes[] = {
    {.name = "unspecified-status-code-action",
     .required = true,
     .expressions = true,
     .one_of = parts::validation_action_names,
     .doc = "What to do about status codes that the operation does not declare."},
    parts::errors_variable_attribute,
    {.name = "error-variable-name", .doc = "Not documented: errors-variable-name, as the policy toolkit writes it."}};

constexpr AttributeSpec code_attributes[] = {{.name = "code",
                                              .type = ValueType::integer,
                                              .required = true,
                                              .min = least_status,
                                              .max = most_status,
                                              .doc = "Status code; no effect when the operation declares it."},
                                             {.name = "action",
                                              .required = true,
                                              .expressions = true,
                                              .one_of = "ignore prevent detect allow",
                                              .doc = "What to do about it."}};
constexpr ElementSpec children[] = {{.name = "status-code",
                                     .occurs = Occurs::many,
                                     .attributes = code_attributes,
                                     .doc = "A status code with an action of its own."}};

struct Config {
  struct Code {
    int code;
    Template action;
  };
  Template unspecified;
  std::vector<Code> codes;
  std::vector<int> declared;
  std::string variable;
};

class ValidateStatusCode final : public Step {
 public:
  explicit ValidateStatusCode(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    if (!context.has_response) return Outcome::next();
    const int status = context.response.status;
    if (std::find(config_.declared.begin(), config_.declared.end(), status) != config_.declared.end()) {
      return Outcome::next();
    }
    const auto own = std::find_if(config_.codes.begin(), config_.codes.end(),
                                  [&](const Config::Code& each) { return each.code == status; });
    const auto action = parts::action_of(own == config_.codes.end() ? config_.unspecified : own->action, context);
    if (!action) return Outcome::fail(action.error());
    parts::ValidationReport report(context, "validate-status-code", false);
    const std::string code = std::to_string(status);
    report.add({code, "StatusCode", "Unspecified", "Response status code " + code + " is not allowed."}, *action);
    return std::move(report).finish(config_.variable);
  }

 private:
  Config config_;
};

/// `allow` is what the policy toolkit writes for `ignore`.
Template action_of(const PolicyElement& child, CompileContext& context) {
  Template action = context.value(child, "action");
  const auto text = action.constant_text();
  if (!text || !equal_ignoring_case(*text, "allow")) return action;
  if (context.behaviour().lenient_aliases) {
    context.warning(child, "SL2120", "the action 'allow' of <status-code> is not documented", "write ignore");
  } else {
    context.error(*child.attribute("action"), "SL2107", "the action 'allow' of <status-code> is not documented",
                  "write ignore");
  }
  return Template("ignore");
}

std::string variable_of(const PolicyElement& element, CompileContext& context) {
  const std::string documented = context.literal(element, "errors-variable-name");
  if (!element.has("error-variable-name")) return documented;
  if (element.has("errors-variable-name")) {
    context.error(*element.attribute("error-variable-name"), "SL2115",
                  "errors-variable-name and error-variable-name exclude one another");
  }
  context.warning(element, "SL2120", "'error-variable-name' of <validate-status-code> is not documented",
                  "write errors-variable-name");
  return context.literal(element, "error-variable-name");
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{context.value(element, "unspecified-status-code-action"), {}, {}, variable_of(element, context)};
  for (const PolicyElement& child : element.children) {
    config.codes.push_back({static_cast<int>(context.literal_integer(child, "code")), action_of(child, context)});
  }
  if (const Operation* operation = context.operation()) {
    for (const OperationResponse& response : operation->responses) config.declared.push_back(response.status_code);
  }
  return make_step<ValidateStatusCode>(std::move(config));
}

}  // namespace

SLUICE_POLICY(validate_status_code){
    .elements = "validate-status-code",
    .sections = Sections::outbound | Sections::on_error,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Holds the status code of the answer against those that the operation declares.",
    .differs =
        "OpenAPI's 'default' and '4XX' declare no status code. Without an answer in on-error there is nothing to "
        "check. The action 'allow', which the policy toolkit writes, is 'ignore'."};

}  // namespace sluice::policies
