// SPDX-License-Identifier: Apache-2.0
// <get-authorization-context>: puts the token of a connection of the credential manager into a variable.
// Sections: inbound, backend, outbound. Scopes: all.
// Source: API Management policy reference, get-authorization-context.
#include <sluice/identity_values.hpp>
#include <sluice/policy.hpp>

#include "base/message_parts.hpp"
#include "base/variable_part.hpp"

namespace sluice::policies {
namespace {

constexpr std::string_view identity_types = "managed jwt";

constexpr AttributeSpec attributes[] = {
    {.name = "provider-id", .required = true, .expressions = true, .doc = "The provider of the connection."},
    {.name = "authorization-id", .required = true, .expressions = true, .doc = "The connection."},
    {.name = "context-variable-name",
     .required = true,
     .expressions = true,
     .doc = "Variable that receives the Authorization."},
    {.name = "identity-type",
     .expressions = true,
     .one_of = identity_types,
     .fallback = "managed",
     .doc = "Who asks: the gateway itself, or the bearer of `identity`."},
    {.name = "identity", .expressions = true, .doc = "A token of who asks."},
    {.name = "ignore-error",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "false",
     .doc = "Whether to go on after a failure, with null in the variable."}};

struct Config {
  Template provider, authorization, variable, identity_type, identity, ignore_error;
};

/// What a request's expressions have made of the configuration.
struct Evaluated {
  AuthorizationRequest request;
  std::string_view variable;
  bool ignores_errors = false;
};

Result<Evaluated> evaluate(const Config& config, RequestContext& context) {
  Evaluated made;
  const auto provider = config.provider.text(context);
  if (!provider) return fail(provider.error());
  const auto authorization = config.authorization.text(context);
  if (!authorization) return fail(authorization.error());
  const auto variable = config.variable.text(context);
  if (!variable) return fail(variable.error());
  const auto type = config.identity_type.choice(context, identity_types);
  if (!type) return fail(type.error());
  const auto ignores_errors = config.ignore_error.boolean(context);
  if (!ignores_errors) return fail(ignores_errors.error());
  made = {{*provider, *authorization, {}}, *variable, *ignores_errors};
  if (*type == 0) return made;
  const auto identity = config.identity.text(context);
  if (!identity) return fail(identity.error());
  // An empty token must not turn the bearer into the gateway.
  if (identity->empty())
    return fail(ErrorCode::access_token_unavailable, "identity-type=\"jwt\" needs a token in identity.");
  made.request.identity = *identity;
  return made;
}

class GetAuthorizationContext final : public WaitingStep {
 public:
  explicit GetAuthorizationContext(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    const auto wanted = evaluate(config_, context);
    if (!wanted) co_return Outcome::fail(wanted.error());
    Result<Authorization> got = co_await context.services.authorizations.authorization(wanted->request, cancellation);
    // Nobody waits for a request that was given up: its error is never ignored.
    const bool is_ignored = !got && wanted->ignores_errors && got.error().code() != ErrorCode::cancelled;
    if (!got && !is_ignored) co_return Outcome::fail(std::move(got.error()));
    if (is_ignored) context.trace("get-authorization-context", "information", got.error().message());
    const Value value = got ? make_authorization_value(context, got->access_token, got->claims) : Value();
    co_return parts::end_with_variable(context, wanted->variable, value);
  }

 private:
  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config{context.value(element, "provider-id"),
                context.value(element, "authorization-id"),
                context.value(element, "context-variable-name"),
                context.value(element, "identity-type"),
                context.value(element, "identity"),
                context.value(element, "ignore-error")};
  const auto type = config.identity_type.constant_text();
  if (type && equal_ignoring_case(*type, "jwt") && !config.identity.is_set()) {
    context.error(element, "SL2115", "<" + element.name + " identity-type=\"jwt\"> needs 'identity'",
                  "the token of who asks");
  }
  return make_step<GetAuthorizationContext>(std::move(config));
}

}  // namespace

SLUICE_POLICY(get_authorization_context){
    .elements = "get-authorization-context",
    .sections = Sections::inbound | Sections::backend | Sections::outbound,
    .scopes = Scopes::all | Scopes::resolver,
    .attributes = attributes,
    .compile = compile,
    .summary = "Puts the token of a connection of the credential manager into a variable.",
    .differs =
        "Connections are those of the host's settings, with the client-credentials grant. Claims are what the provider "
        "says beside the token, lists and objects left out. It may stand in workspaces too."};

}  // namespace sluice::policies
