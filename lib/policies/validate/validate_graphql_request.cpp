// SPDX-License-Identifier: Apache-2.0
// <validate-graphql-request>: lets a GraphQL request through that is valid, small and flat enough, and allowed.
// Sections: inbound. All scopes.
// What is not is answered with `errors` and no `data`; fields that may not be seen are cut out of the request.
// Source: API Management policy reference, validate-graphql-request; GraphQL specification, October 2021.
#include <sluice/policy.hpp>

#include "base/current_message.hpp"
#include "base/variable_part.hpp"
#include "graphql/field_rule.hpp"
#include "graphql/http_request.hpp"
#include "graphql/parser.hpp"
#include "graphql/validate.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

using namespace sluice::graphql;

constexpr std::int64_t most_size = 102'400;
constexpr std::string_view errors_variable = "GraphQLErrors";
/// The word `deny` stands in a sample of the reference.
constexpr std::string_view actions = "allow reject remove ignore deny";
enum class Action : std::uint8_t { allow, reject, remove, ignore, deny };

constexpr AttributeSpec attributes[] = {
    {.name = "error-variable-name", .expressions = true, .doc = "Variable that receives the errors too."},
    {.name = "max-size",
     .type = ValueType::integer,
     .required = true,
     .expressions = true,
     .min = 1,
     .max = most_size,
     .doc = "Bytes that the request may have."},
    {.name = "max-depth",
     .type = ValueType::integer,
     .expressions = true,
     .fallback = "6",
     .min = 1,
     .doc = "How deep fields may stand inside one another."}};
constexpr AttributeSpec rule_attributes[] = {
    {.name = "path", .required = true, .doc = "/Type/field, /Type/* or /__* for introspection."},
    {.name = "action",
     .expressions = true,
     .one_of = actions,
     .fallback = "allow",
     .doc = "What becomes of a request for such a field, or of the field."}};
constexpr ElementSpec rules[] = {
    {.name = "rule", .occurs = Occurs::at_least_once, .attributes = rule_attributes, .doc = "A rule for some fields."}};
constexpr ElementSpec children[] = {{.name = "authorize", .children = rules, .doc = "Which fields may be asked for."}};

struct Config {
  Template error_variable, max_size, max_depth;
  std::vector<std::pair<FieldRule, Template>> rules;      ///< With their actions.
  std::shared_ptr<const sluice::graphql::Schema> schema;  ///< Null: the API has none.
};

/// Puts another document where that of the request stood.
Result<void> replace_document(RequestContext& context, const Asked& asked, std::string_view document) {
  if (asked.form == Asked::Form::url) {
    context.target.query = with_document(asked, context.target.query, document, context.arena);
    return {};
  }
  const auto message = parts::current_message(context, true);
  return parts::put_body(context, message, with_document(asked, message.body.data(), document, context.arena));
}

/// The errors of fields stand beside what the backend answers.
void add_to_answer(RequestContext& context, std::vector<std::string> errors) {
  context.wants_buffered_response = true;
  context.before_send([&context, errors = std::move(errors)]() -> Task<void> {
    Response& response = context.response;
    if (!context.answered_by_backend || !response.body.is_bytes()) return Task<void>();
    const ContentLimits& limits = context.services.limits.content;
    const std::string body = with_errors(response.body.data(), errors, context.arena, limits.depth, limits.members);
    parts::replace_body(response.headers, response.body, context.arena.copy(body));
    return Task<void>();
  });
}

class ValidateGraphqlRequest final : public Step {
 public:
  explicit ValidateGraphqlRequest(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    auto outcome = check(context);
    return outcome ? std::move(*outcome) : Outcome::fail(std::move(outcome.error()));
  }

 private:
  Result<Outcome> check(RequestContext& context) const {
    const auto max_size = config_.max_size.integer(context, 1, most_size);
    if (!max_size) return fail(max_size.error());
    const auto max_depth = config_.max_depth.integer(context, 1);
    if (!max_depth) return fail(max_depth.error());
    const std::string too_long = "The request has more than " + std::to_string(*max_size) + " bytes.";
    const std::size_t body_size = context.request.body.data().size();
    if (body_size > static_cast<std::size_t>(*max_size)) return refuse(context, too_long);
    // What comes over a WebSocket is not seen here: whatever this may refuse must not get in that way.
    if (!context.request.upgrade.empty()) return refuse(context, "The API takes no WebSockets.", 400);
    const auto found = find_document(context);
    if (!found) return refuse(context, found.error(), 400);
    const Asked& asked = *found;
    if (asked.query.size() > static_cast<std::size_t>(*max_size)) return refuse(context, too_long);
    const SchemaLimits& limits = context.services.limits.schema;
    const auto document = parse_document(asked.query, {limits.graphql_depth, limits.graphql_tokens});
    if (!document) return answer(context, {error_json(asked.query, document.error())});
    if (config_.schema != nullptr) {
      std::vector<std::string> errors;
      for (const Fault& fault : validate(*document, *config_.schema, limits.findings))
        errors.push_back(error_json(asked.query, fault));
      if (!errors.empty()) return answer(context, errors);
    }
    if (depth_of(*document) > static_cast<std::uint64_t>(*max_depth))
      return refuse(context, "The request is deeper than " + std::to_string(*max_depth) + " fields.");
    return authorize(context, asked, *document);
  }

  Result<Outcome> refuse(RequestContext& context, std::string message, int status = 200) const {
    return answer(context, {error_json({}, {0, std::move(message)})}, status);
  }

  /// For each field the first rule decides that is for it and does not say `ignore`.
  Result<Outcome> authorize(RequestContext& context, const Asked& asked, const Document& document) const {
    if (config_.rules.empty()) return Outcome::next();
    if (config_.schema == nullptr)
      return fail(ErrorCode::policy_value_invalid, "The rules need a GraphQL schema of the API.");
    std::vector<std::optional<Action>> known(config_.rules.size());
    std::vector<const Selection*> removed;
    std::vector<std::string> errors;
    for (const AskedField& field : asked_fields(document, *config_.schema)) {
      const auto action = action_for(field, known, context);
      if (!action) return fail(action.error());
      if (*action == Action::allow) continue;
      const std::string name = std::string(field.type->name) + "." + std::string(field.selection->name);
      errors.push_back(
          error_json(asked.query, {field.selection->offset, "Access to the field '" + name + "' is denied."}));
      if (*action == Action::reject) return answer(context, {errors.back()});
      removed.push_back(field.selection);
    }
    if (removed.empty()) return Outcome::next();
    const SchemaLimits& limits = context.services.limits.schema;
    const std::string rest = without_fields(asked.query, removed, limits.graphql_depth);
    // Of a subscription nothing is left without its one field.
    const auto remaining = parse_document(rest, {limits.graphql_depth, limits.graphql_tokens});
    if (!remaining || !validate(*remaining, *config_.schema, 1).empty()) return answer(context, errors);
    auto done = tell(context, errors);
    if (done) done = replace_document(context, asked, rest);
    if (!done) return fail(std::move(done.error()));
    add_to_answer(context, std::move(errors));
    return Outcome::next();
  }
  /// Actions are computed once a request, where they are first asked for.
  Result<Action> action_for(const AskedField& field, std::vector<std::optional<Action>>& known,
                            RequestContext& context) const {
    for (std::size_t i = 0; i < config_.rules.size(); ++i) {
      const auto& [rule, action] = config_.rules[i];
      if (!rule.fits(field, *config_.schema)) continue;
      if (!known[i]) {
        const auto word = action.choice(context, actions);
        if (!word) return fail(word.error());
        known[i] = static_cast<Action>(*word);
      }
      if (*known[i] == Action::deny) return Action::reject;
      if (*known[i] != Action::ignore) return *known[i];
    }
    return Action::allow;
  }

  Result<void> tell(RequestContext& context, const std::vector<std::string>& errors) const {
    const auto value = sluice::Value::string(context.arena.copy(errors_json(errors)));
    std::string_view name;
    if (config_.error_variable.is_set()) {
      const auto text = config_.error_variable.text(context);
      if (!text) return fail(text.error());
      name = *text;
    }
    for (const std::string_view each : {errors_variable, name}) {
      if (each.empty()) continue;
      auto done = parts::put_variable(context, each, value);
      if (!done) return done;
    }
    return {};
  }

  /// **Source**: GraphQL over HTTP, section 6.4: only its own media type has statuses of errors.
  Result<Outcome> answer(RequestContext& context, const std::vector<std::string>& errors, int status = 200) const {
    auto told = tell(context, errors);
    if (!told) return fail(std::move(told.error()));
    const bool is_own = wants_own_type(context.request.headers);
    Response& response = context.replace_response();
    response.status = is_own ? 400 : status;
    response.headers.set("Content-Type", answer_type(is_own));
    response.body.set_bytes(context.arena.concat({"{\"errors\":", errors_json(errors), "}"}));
    return Outcome::respond();
  }

  Config config_;
};

void compile_rule(const PolicyElement& element, CompileContext& context, Config& config) {
  const std::string path = context.literal(element, "path");
  auto rule = parse_field_rule(path);
  const std::string fault = !rule ? "the path of a <rule> must be /Type/field, /Type/* or /__*, found '" + path + "'"
                            : config.schema != nullptr ? fault_of(*rule, *config.schema)
                                                       : std::string();
  if (!fault.empty()) return context.error(*element.attribute("path"), "SL2106", fault);
  config.rules.emplace_back(std::move(*rule), context.value(element, "action"));
}

void compile_schema(const PolicyElement& element, CompileContext& context, Config& config) {
  const Api* api = context.api();
  if (api == nullptr) return;
  const auto source = std::find_if(api->schemas.begin(), api->schemas.end(),
                                   [](const auto& each) { return each.kind == sluice::Schema::Kind::graphql; });
  if (source == api->schemas.end()) {
    const std::string message = "the API '" + api->id + "' has no GraphQL schema";
    if (element.child("authorize") != nullptr)
      return context.error(element, "SL2115", message + ", which the rules of <authorize> need");
    return context.warning(element, "SL2115", message + ": only syntax, size and depth of requests are checked");
  }
  const SchemaLimits& limits = context.limits().schema;
  std::vector<Fault> faults;
  config.schema = sluice::graphql::Schema::make(source->text, limits.bytes, limits.depth, faults);
  for (const Fault& fault : faults) {
    const Place place = place_of(source->text, fault.offset);
    context.error(element, "SL2115",
                  "the GraphQL schema of the API cannot be used: " + fault.message + " (" + source->file + ":" +
                      std::to_string(place.line) + ":" + std::to_string(place.column) + ")");
  }
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{context.value(element, "error-variable-name"),
                context.value(element, "max-size"),
                context.value(element, "max-depth"),
                {},
                nullptr};
  compile_schema(element, context, config);
  if (const PolicyElement* authorize = element.child("authorize")) {
    for (const PolicyElement& rule : authorize->children) compile_rule(rule, context, config);
  }
  context.needs(Effects::reads_request_body);
  return make_step<ValidateGraphqlRequest>(std::move(config));
}

}  // namespace

SLUICE_POLICY(validate_graphql_request){
    .elements = "validate-graphql-request",
    .sections = Sections::inbound,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Lets GraphQL requests through that are valid, small enough and allowed.",
    .differs =
        "Errors are answered with status 200, as GraphQL over HTTP has it for application/json (400 where the caller "
        "accepts application/graphql-response+json, or where the request holds no document). The variables hold JSON "
        "text. A field that is removed is left out of data. /__* is __schema and __type. The action deny, which "
        "stands in a sample, means reject. Batches of requests are refused, and so are handshakes of WebSockets, "
        "whose documents this policy does not see (400). Not carried out: max-total-depth and max-complexity."};

}  // namespace sluice::policies
