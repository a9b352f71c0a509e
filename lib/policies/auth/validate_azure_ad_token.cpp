// SPDX-License-Identifier: Apache-2.0
// <validate-azure-ad-token>: lets a request pass that brings a token of a Microsoft Entra tenant.   Sections: inbound.
// All scopes. The tenant's two discovery documents give keys and issuers: tokens of version 2 and of version 1 differ
// in their issuer, and share their keys.
// Source: API Management policy reference, validate-azure-ad-token; threats.md section 8.
#include <sluice/policy.hpp>

#include "base/provider_url.hpp"
#include "base/token_parts.hpp"

#include <array>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "tenant-id",
     .required = true,
     .expressions = true,
     .doc = "Id, domain or URL of the tenant; or `organizations`, `common`, `consumers`."},
    parts::header_name_attribute,
    parts::query_name_attribute,
    parts::token_value_attribute,
    {.name = "authentication-endpoint",
     .expressions = true,
     .fallback = "https://login.microsoftonline.com",
     .doc = "Where the cloud's tenants are, for clouds other than the public one."},
    parts::failed_status_attribute,
    parts::failed_message_attribute,
    parts::output_token_attribute};

constexpr ElementSpec application_elements[] = {{.name = "application-id",
                                                 .occurs = Occurs::at_least_once,
                                                 .text = TextRule::expression,
                                                 .doc = "An application that is accepted."}};
constexpr ElementSpec children[] = {
    {.name = "client-application-ids",
     .children = application_elements,
     .doc = "The applications that may ask (`appid` or `azp`)."},
    {.name = "backend-application-ids",
     .children = application_elements,
     .doc = "The applications that the token may be for: audiences, as they are or behind `api://`."},
    parts::audiences_child,
    parts::claims_child,
    parts::decryption_keys_child};

/// The tenant of accounts that belong to no organisation; `organizations` leaves it out.
constexpr std::string_view consumers_tenant = "9188040d-6c67-4c5b-b112-36a304b66dad";

struct Config {
  parts::TokenPlace place;
  parts::TokenOutcome outcome;
  Template tenant, endpoint;
  parts::TemplateList clients, backends, audiences;
  std::vector<parts::KeyPart> decryption_keys;
  std::vector<parts::ClaimPart> claims;
};

/// Where a tenant's discovery documents begin. A tenant given as a URL stands for itself. **Errors**:
/// policy_value_invalid for a tenant that is no single name.
Result<std::string_view> authority_of(std::string_view tenant, std::string_view endpoint, Arena& arena) {
  const auto bare = [](std::string_view url) {
    while (url.ends_with('/')) url.remove_suffix(1);
    return url;
  };
  constexpr std::string_view version = "/v2.0";
  if (tenant.starts_with("https://") || tenant.starts_with("http://")) {
    std::string_view url = bare(tenant);
    if (url.ends_with(version)) url.remove_suffix(version.size());
    return url;
  }
  const bool is_name = !tenant.empty() && std::all_of(tenant.begin(), tenant.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  });
  if (!is_name) return fail(ErrorCode::policy_value_invalid, "A tenant-id must be an id, a domain or a URL.");
  return arena.concat({bare(endpoint), "/", tenant});
}

/// What a request's expressions have made of the configuration.
struct Evaluated {
  std::string_view tenant;
  std::array<std::string_view, 2> documents;
  std::span<const std::string_view> clients;
  std::vector<std::string_view> audiences;
  std::vector<DecryptionKey> decryption_keys;
  TokenRules rules;
};

/// `audiences`, and the backends' ids in both of their spellings.
Result<std::vector<std::string_view>> all_audiences(const Config& config, RequestContext& context) {
  const auto listed = parts::texts_of(config.audiences, context);
  if (!listed) return fail(listed.error());
  const auto backends = parts::texts_of(config.backends, context);
  if (!backends) return fail(backends.error());
  std::vector<std::string_view> all(listed->begin(), listed->end());
  for (const std::string_view id : *backends) {
    all.push_back(id);
    all.push_back(context.arena.concat({"api://", id}));
  }
  return all;
}

Result<void> evaluate(const Config& config, RequestContext& context, Evaluated& to) {
  const auto tenant = config.tenant.text(context);
  if (!tenant) return fail(tenant.error());
  const auto endpoint = config.endpoint.text(context);
  if (!endpoint) return fail(endpoint.error());
  const auto authority = authority_of(trim(*tenant), trim(*endpoint), context.arena);
  if (!authority) return fail(authority.error());
  auto audiences = all_audiences(config, context);
  if (!audiences) return fail(std::move(audiences.error()));
  const auto clients = parts::texts_of(config.clients, context);
  if (!clients) return fail(clients.error());
  const auto claims = parts::claim_rules(config.claims, context);
  if (!claims) return fail(claims.error());
  auto keys = parts::decryption_keys(config.decryption_keys, context);
  if (!keys) return fail(std::move(keys.error()));
  to.tenant = trim(*tenant);
  to.documents = {context.arena.concat({*authority, "/v2.0/.well-known/openid-configuration"}),
                  context.arena.concat({*authority, "/.well-known/openid-configuration"})};
  to.clients = *clients;
  to.audiences = std::move(*audiences);
  to.decryption_keys = std::move(*keys);
  to.rules.decryption_keys = to.decryption_keys;
  to.rules.open_id_urls = to.documents;
  to.rules.audiences = to.audiences;
  to.rules.claims = *claims;
  to.rules.times.now = context.services.clock.now();
  return {};
}

/// The application that asked for the token is one of those listed, and its account is of the kind that the tenant
/// stands for.
Result<void> check_caller(const Evaluated& wanted, const JsonValue& payload) {
  const bool is_consumer = text_claim(payload, "tid") == consumers_tenant;
  if ((equal_ignoring_case(wanted.tenant, "organizations") && is_consumer) ||
      (equal_ignoring_case(wanted.tenant, "consumers") && !is_consumer)) {
    return fail(ErrorCode::token_issuer_not_allowed, "The token's tenant is not allowed. Access denied.");
  }
  if (wanted.clients.empty()) return {};
  std::string_view client = text_claim(payload, "azp");
  if (client.empty()) client = text_claim(payload, "appid");
  if (client.empty()) {
    return fail(ErrorCode::token_claim_not_found,
                "JWT token is missing the following claims: azp, appid. Access denied.");
  }
  const bool is_listed = std::any_of(wanted.clients.begin(), wanted.clients.end(),
                                     [&](std::string_view id) { return equal_ignoring_case(id, client); });
  if (is_listed) return {};
  return fail(ErrorCode::token_claim_value_not_allowed,
              "The client application " + std::string(client) + " is not allowed. Access denied.");
}

class ValidateAzureAdToken final : public WaitingStep {
 public:
  explicit ValidateAzureAdToken(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    const auto text = parts::find_token(config_.place, context);
    if (!text) co_return parts::refuse(config_.outcome, context, text.error());
    if (text->empty()) co_return parts::refuse(config_.outcome, context, Error(ErrorCode::token_not_present));
    Evaluated evaluated;
    auto complete = evaluate(config_, context, evaluated);
    if (!complete) co_return Outcome::fail(std::move(complete.error()));
    Result<Jwt> token = co_await check_token(*text, evaluated.rules, context.services.open_id_keys,
                                             context.services.limits.identity, context.arena, cancellation);
    if (!token) co_return parts::refuse(config_.outcome, context, std::move(token.error()));
    auto allowed = check_caller(evaluated, *token->payload);
    if (!allowed) co_return parts::refuse(config_.outcome, context, std::move(allowed.error()));
    co_return parts::keep_token(config_.outcome, context, *token);
  }

 private:
  Config config_;
};

void check_literals(const Config& config, const PolicyElement& element, CompileContext& context) {
  const auto tenant = config.tenant.constant_text(), endpoint = config.endpoint.constant_text();
  if (!tenant || !endpoint || parts::has_placeholder(*tenant) || parts::has_placeholder(*endpoint)) return;
  Arena arena;
  const auto authority = authority_of(trim(*tenant), trim(*endpoint), arena);
  if (!authority) {
    context.warning(element, "SL2106",
                    "attribute 'tenant-id' of <" + element.name + "> is no id, domain or URL: no token is accepted",
                    "found '" + *tenant + "'");
  } else if (!parse_provider_url(*authority, arena)) {
    const bool is_url = tenant->find("://") != std::string::npos;
    const PolicyAttribute* at = element.attribute(is_url ? "tenant-id" : "authentication-endpoint");
    context.error(*at, "SL2106", "attribute '" + at->name + "' of <" + element.name + "> must be an https:// URL");
  }
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  const int places =
      int{element.has("header-name")} + int{element.has("query-parameter-name")} + int{element.has("token-value")};
  if (places > 1) {
    context.error(element, "SL2115",
                  "<" + element.name + "> takes one of 'header-name', 'query-parameter-name' and 'token-value'");
  }
  Config config{parts::compile_place(element, context),
                parts::compile_outcome(element, context),
                context.value(element, "tenant-id"),
                context.value(element, "authentication-endpoint"),
                parts::compile_texts(element, "client-application-ids", context),
                parts::compile_texts(element, "backend-application-ids", context),
                parts::compile_texts(element, "audiences", context),
                parts::compile_keys(element, "decryption-keys", parts::KeyUse::decrypts, context),
                parts::compile_claims(element, context)};
  if (places == 0) config.place.header = Template("Authorization");
  check_literals(config, element, context);
  return make_step<ValidateAzureAdToken>(std::move(config));
}

}  // namespace

SLUICE_POLICY(validate_azure_ad_token){
    .elements = "validate-azure-ad-token",
    .sections = Sections::inbound,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Lets a request pass that brings a token of a Microsoft Entra tenant.",
    .differs =
        "client-application-ids may be left out, as real documents do. The client is taken from azp, then appid. "
        "backend-application-ids are audiences, with and without api://. Without ids and audiences every token of the "
        "tenant passes. Tokens of version 1 and 2 are accepted. Refusals are those of validate-jwt."};

}  // namespace sluice::policies
