// SPDX-License-Identifier: Apache-2.0
// <set-query-parameter>: sets, adds or removes a query parameter of the URL that the backend will see.
// Sections: inbound, backend; outbound and on-error as the policy toolkit has it. All scopes.
// Source: API Management policy reference, set-query-parameter.
#include <sluice/policy.hpp>

#include "base/message_parts.hpp"
#include "base/query_edit.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "name", .required = true, .expressions = true, .doc = "Name of the parameter; case matters."},
    {.name = "exists-action",
     .expressions = true,
     .one_of = exists_action_names,
     .fallback = "override",
     .doc = "What to do when the parameter is there: replace it, leave it, add the values to it, or remove it."}};

constexpr ElementSpec children[] = {{.name = "value",
                                     .occurs = Occurs::many,
                                     .text = TextRule::expression,
                                     .doc = "A value; several values repeat the parameter."}};

struct Config {
  Template name;
  Template action;
  std::vector<Template> values;
  std::optional<std::string> constant_query;  ///< What becomes of an empty query, when that is always the same.
};

std::optional<std::string> constant_query(const Config& config) {
  const auto name = config.name.constant_text();
  const auto action = config.action.constant_text();
  if (!name || name->empty() || !action || exists_action(*action) == ExistsAction::remove) return std::nullopt;
  std::vector<std::string> texts;
  for (const Template& value : config.values) {
    auto text = value.constant_text();
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  const std::vector<std::string_view> values(texts.begin(), texts.end());
  Arena arena;
  return std::string(query_items(*name, values, arena));
}

class SetQueryParameter final : public Step {
 public:
  explicit SetQueryParameter(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    auto done = edit(context);
    return done ? Outcome::next() : Outcome::fail(std::move(done.error()));
  }

 private:
  Result<void> edit(RequestContext& context) const {
    if (config_.constant_query && context.target.query.empty()) {
      context.target.query = *config_.constant_query;
      return {};
    }
    const auto name = config_.name.text(context);
    if (!name) return fail(name.error());
    if (name->empty()) return fail(ErrorCode::policy_value_invalid, "The name of the query parameter is empty.");
    const auto action = config_.action.choice(context, exists_action_names);
    if (!action) return fail(action.error());
    const auto values = context.arena.make_array<std::string_view>(config_.values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto text = config_.values[i].text(context);
      if (!text) return fail(text.error());
      values[i] = *text;
    }
    context.target.query =
        edit_query(context.target.query, *name, static_cast<ExistsAction>(*action), values, context.arena);
    return {};
  }

  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{context.value(element, "name"), context.value(element, "exists-action"), {}, {}};
  for (const PolicyElement& child : element.children) config.values.push_back(context.text(child));
  const auto action = config.action.constant_text();
  if (config.values.empty() && action && !equal_ignoring_case(*action, "delete")) {
    context.error(element, "SL2110", "<set-query-parameter> has no <value>",
                  "give it a value, or write exists-action=\"delete\"");
  }
  config.constant_query = constant_query(config);
  return make_step<SetQueryParameter>(std::move(config));
}

}  // namespace

SLUICE_POLICY(set_query_parameter){.elements = "set-query-parameter",
                                   .sections = Sections::all,
                                   .attributes = attributes,
                                   .children = children,
                                   .compile = compile,
                                   .summary = "Sets, adds or removes a query parameter of the request."};

}  // namespace sluice::policies
