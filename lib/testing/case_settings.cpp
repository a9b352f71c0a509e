// SPDX-License-Identifier: Apache-2.0
// Settings of a case: what the operator of a gateway decides.
#include "testing/case_file.hpp"

#include "base/text.hpp"

namespace sluice::testing {
namespace {

void read_deployment(CaseMap& top, Deployment& to, CaseFindings& findings) {
  to.region = top.text("region", to.region);
  CaseMap deployment(top.find("deployment"), "the deployment", findings);
  to.region = deployment.text("region", to.region);
  to.service_id = deployment.text("service_id", to.service_id);
  to.service_name = deployment.text("service_name", to.service_name);
  to.gateway_id = deployment.text("gateway_id", to.gateway_id);
  deployment.finish();
}

void read_behaviour(CaseMap& top, Behaviour& to, CaseFindings& findings) {
  CaseMap fields(top.find("behaviour"), "the behaviour", findings);
  if (fields.text("rate_window", "sliding") == "token_bucket") to.rate_window = WindowKind::token_bucket;
  to.missing_section_is_base = fields.boolean("missing_section_is_base", to.missing_section_is_base);
  to.gateway_status_codes = fields.boolean("gateway_status_codes", to.gateway_status_codes);
  to.expression_newline = fields.text("expression_newline", to.expression_newline);
  to.tolerate_consumed_body = fields.boolean("tolerate_consumed_body", to.tolerate_consumed_body);
  to.lenient_aliases = fields.boolean("lenient_aliases", to.lenient_aliases);
  to.forward_subscription_key = fields.boolean("forward_subscription_key", to.forward_subscription_key);
  fields.finish();
}

template <class Number>
void bound(CaseMap& fields, std::string_view key, Number& to) {
  if (const auto number = fields.integer(key)) to = static_cast<Number>(*number);
}

void read_limits(CaseMap& top, Limits& to, CaseFindings& findings) {
  CaseMap limits(top.find("limits"), "the limits", findings);
  CaseMap request(limits.find("request"), "the limits of requests", findings);
  bound(request, "buffered_body_bytes", to.request.buffered_body_bytes);
  bound(request, "variables", to.request.variables);
  bound(request, "nested_forwards", to.request.nested_forwards);
  bound(request, "cached_answer_bytes", to.request.cached_answer_bytes);
  bound(request, "trace_bytes", to.request.trace_bytes);
  request.finish();
  CaseMap graphql(limits.find("graphql"), "the limits of GraphQL", findings);
  bound(graphql, "resolver_calls", to.graphql.resolver_calls);
  bound(graphql, "concurrent_calls", to.graphql.concurrent_calls);
  bound(graphql, "values", to.graphql.values);
  bound(graphql, "resolver_bytes", to.graphql.resolver_bytes);
  graphql.finish();
  CaseMap ai(limits.find("ai"), "the limits of AI APIs", findings);
  bound(ai, "vector_dimensions", to.ai.vector_dimensions);
  bound(ai, "queued_requests", to.ai.queued_requests);
  ai.finish();
  limits.finish();
}

/// Calls `read(name, fields)` for each member of the map under `key`.
template <class Read>
void each_member(CaseMap& owner, std::string_view key, CaseFindings& findings, Read read) {
  const YAML::Node members = owner.find(key);
  if (!members || !members.IsMap()) return;
  for (const auto& member : members) {
    CaseMap fields(member.second, "'" + member.first.Scalar() + "'", findings);
    read(member.first.Scalar(), fields);
    fields.finish();
  }
}

double price(CaseMap& fields, std::string_view key, double fallback) {
  const auto text = fields.optional_text(key);
  return text ? parse_double(*text).value_or(fallback) : fallback;
}

void read_ai(CaseMap& top, AiSettings& to, CaseFindings& findings) {
  CaseMap fields(top.find("ai"), "'ai'", findings);
  if (fields.text("token_limits", "documented") == "reservation") to.token_limits = TokenLimitMode::reservation;
  to.ask_usage = fields.boolean("ask_usage", to.ask_usage);
  to.spill_throttled = fields.boolean("spill_throttled", to.spill_throttled);
  each_member(fields, "capacities", findings, [&](const std::string& name, CaseMap& from) {
    bound(from, "tokens_per_minute", to.capacities[name].tokens_per_minute);
    bound(from, "requests_per_minute", to.capacities[name].requests_per_minute);
  });
  each_member(fields, "prices", findings, [&](const std::string& name, CaseMap& from) {
    ModelPrice& made = to.prices[name];
    made.prompt = price(from, "prompt", 0);
    made.cached_prompt = price(from, "cached_prompt", made.prompt);
    made.completion = price(from, "completion", 0);
  });
  fields.finish();
}

}  // namespace

void read_settings(CaseMap& top, GatewayOptions& options, CaseFindings& findings) {
  read_deployment(top, options.deployment, findings);
  read_behaviour(top, options.behaviour, findings);
  read_limits(top, options.limits, findings);
  read_ai(top, options.ai, findings);
  for (const auto& [from, to] : read_fields(top.find("origins"), findings)) options.origins[from] = to;
  read_identity(top, options.identity, findings);
}

}  // namespace sluice::testing
