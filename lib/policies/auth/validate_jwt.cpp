// SPDX-License-Identifier: Apache-2.0
// <validate-jwt>: lets a request pass that brings a token which can be believed.   Sections: inbound. All scopes.
// The keys stand in the document, are those of certificates, or come from OpenID providers, which are asked through
// the gateway's services; base/token_check says in which order things are looked at.
// Source: API Management policy reference, validate-jwt; threats.md section 8.
#include <sluice/policy.hpp>

#include "base/key_parts.hpp"
#include "base/provider_url.hpp"
#include "base/token_parts.hpp"

namespace sluice::policies {
namespace {

/// Clocks that differ by more are to be set, not to be lived with (J5).
constexpr std::int64_t max_skew_seconds = 300;

constexpr AttributeSpec attributes[] = {
    parts::header_name_attribute,
    parts::query_name_attribute,
    parts::token_value_attribute,
    parts::failed_status_attribute,
    parts::failed_message_attribute,
    {.name = "require-expiration-time",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "true",
     .doc = "Whether a token must say when it expires."},
    {.name = "require-scheme", .expressions = true, .doc = "Scheme of the Authorization header: `Bearer`."},
    {.name = "require-signed-tokens",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "true",
     .doc = "Whether a token must be signed; false lets pass those whose algorithm is `none` as well."},
    {.name = "clock-skew",
     .expressions = true,
     .fallback = "0",
     .doc = "How much the clocks may differ: seconds, or hh:mm:ss; at most five minutes."},
    parts::output_token_attribute};

constexpr AttributeSpec provider_attributes[] = {
    {.name = "url", .required = true, .expressions = true, .doc = "The provider's discovery document."}};
constexpr ElementSpec issuer_elements[] = {{.name = "issuer",
                                            .occurs = Occurs::at_least_once,
                                            .text = TextRule::expression,
                                            .doc = "An issuer that is accepted."}};
constexpr ElementSpec children[] = {
    {.name = "openid-config",
     .occurs = Occurs::many,
     .attributes = provider_attributes,
     .doc = "A provider whose keys and issuer are accepted."},
    {.name = "issuer-signing-keys", .children = parts::key_elements, .doc = "Keys that tokens are verified with."},
    parts::decryption_keys_child,
    parts::audiences_child,
    {.name = "issuers", .children = issuer_elements, .doc = "Issuers, beside those of the providers."},
    parts::claims_child};

struct Config {
  parts::TokenPlace place;
  parts::TokenOutcome outcome;
  Template requires_expiration, requires_signature, skew;
  parts::TemplateList providers, audiences, issuers;
  std::vector<parts::KeyPart> keys, decryption_keys;
  std::vector<parts::ClaimPart> claims;
};

/// `90` or `00:01:30` as seconds; nothing for anything else and beyond the bound.
std::optional<std::chrono::seconds> parse_skew(std::string_view text) {
  std::int64_t seconds = 0;
  const auto fields = split(trim(text), ':');
  if (fields.size() != 1 && fields.size() != 3) return std::nullopt;
  for (const std::string_view field : fields) {
    const auto number = parse_unsigned(field);
    if (!number || *number > max_skew_seconds) return std::nullopt;
    seconds = seconds * 60 + static_cast<std::int64_t>(*number);
  }
  return seconds <= max_skew_seconds ? std::optional(std::chrono::seconds(seconds)) : std::nullopt;
}

/// What a request's expressions have made of the configuration. Lives while its token is checked.
struct Evaluated {
  std::vector<VerificationKey> keys;
  std::vector<DecryptionKey> decryption_keys;
  TokenRules rules;
};

Result<TimeRule> time_rule(const Config& config, RequestContext& context) {
  const auto requires_it = config.requires_expiration.boolean(context);
  if (!requires_it) return fail(requires_it.error());
  const auto text = config.skew.text(context);
  if (!text) return fail(text.error());
  const auto skew = parse_skew(*text);
  if (!skew) {
    return fail(ErrorCode::policy_value_invalid,
                "A clock-skew must be between 0 and " + std::to_string(max_skew_seconds) + " seconds.");
  }
  return TimeRule{context.services.clock.now(), *skew, *requires_it};
}

Result<void> evaluate(const Config& config, RequestContext& context, Evaluated& to) {
  const auto requires_signature = config.requires_signature.boolean(context);
  auto times = time_rule(config, context);
  auto keys = parts::verification_keys(config.keys, context);
  auto decryption_keys = parts::decryption_keys(config.decryption_keys, context);
  const auto providers = parts::texts_of(config.providers, context);
  const auto audiences = parts::texts_of(config.audiences, context);
  const auto issuers = parts::texts_of(config.issuers, context);
  const auto claims = parts::claim_rules(config.claims, context);
  if (!requires_signature) return fail(requires_signature.error());
  if (!times) return fail(times.error());
  if (!keys) return fail(keys.error());
  if (!decryption_keys) return fail(decryption_keys.error());
  for (const auto* texts : {&providers, &audiences, &issuers}) {
    if (!*texts) return fail(texts->error());
  }
  if (!claims) return fail(claims.error());
  to.keys = std::move(*keys);
  to.decryption_keys = std::move(*decryption_keys);
  to.rules = {to.keys, to.decryption_keys, *providers, *issuers, *audiences, *claims, *times, *requires_signature};
  return {};
}

class ValidateJwt final : public WaitingStep {
 public:
  explicit ValidateJwt(Config config) : config_(std::move(config)) {}

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
    co_return parts::keep_token(config_.outcome, context, *token);
  }

 private:
  Config config_;
};

void check_place(const PolicyElement& element, CompileContext& context) {
  const int places =
      int{element.has("header-name")} + int{element.has("query-parameter-name")} + int{element.has("token-value")};
  if (places == 1) return;
  context.error(element, "SL2115",
                "<" + element.name + "> needs one of 'header-name', 'query-parameter-name' and 'token-value'");
}

/// What a literal can show before any request comes.
void check_literals(const Config& config, const PolicyElement& element, CompileContext& context) {
  const auto skew = config.skew.constant_text();
  if (skew && !parts::has_placeholder(*skew) && !parse_skew(*skew)) {
    context.error(*element.attribute("clock-skew"), "SL2106",
                  "attribute 'clock-skew' of <" + element.name + "> must be 0 to " + std::to_string(max_skew_seconds) +
                      " seconds, as a number or as hh:mm:ss, found '" + *skew + "'");
  }
  std::size_t provider = 0;
  for (const PolicyElement& child : element.children) {
    if (child.name != "openid-config") continue;
    const auto url = config.providers[provider++].constant_text();
    Arena arena;
    if (!url || parts::has_placeholder(*url) || parse_provider_url(*url, arena)) continue;
    context.error(
        *child.attribute("url"), "SL2106",
        "attribute 'url' of <openid-config> must be an https:// URL (http:// for this machine alone), found '" + *url +
            "'");
  }
  const bool has_keys = element.child("issuer-signing-keys") != nullptr || !config.providers.empty();
  if (config.requires_signature.constant_boolean() == false) {
    context.warning(element, "SL2115", "<" + element.name + "> accepts tokens that nobody has signed",
                    "leave out require-signed-tokens");
  } else if (!has_keys) {
    context.warning(element, "SL2110", "<" + element.name + "> has no keys: it accepts no token",
                    "add <openid-config> or <issuer-signing-keys>");
  }
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  check_place(element, context);
  Config config{parts::compile_place(element, context),
                parts::compile_outcome(element, context),
                context.value(element, "require-expiration-time"),
                context.value(element, "require-signed-tokens"),
                context.value(element, "clock-skew"),
                {},
                parts::compile_texts(element, "audiences", context),
                parts::compile_texts(element, "issuers", context),
                parts::compile_keys(element, "issuer-signing-keys", parts::KeyUse::verifies, context),
                parts::compile_keys(element, "decryption-keys", parts::KeyUse::decrypts, context),
                parts::compile_claims(element, context)};
  config.place.scheme = context.value(element, "require-scheme");
  for (const PolicyElement& child : element.children) {
    if (child.name == "openid-config") config.providers.push_back(context.value(child, "url"));
  }
  check_literals(config, element, context);
  return make_step<ValidateJwt>(std::move(config));
}

}  // namespace

SLUICE_POLICY(validate_jwt){
    .elements = "validate-jwt",
    .sections = Sections::inbound,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Lets a request pass that brings a token which can be believed.",
    .differs =
        "RS, PS, ES and HS with 256, 384 and 512 bits and EdDSA are accepted; RSA keys need 2048 bits, secrets the "
        "length of the hash. A provider's key vouches for that provider's issuer and for those listed, not for other "
        "providers. The caller hears a fixed phrase unless the policy gives a message; a 401 carries WWW-Authenticate. "
        "A header or parameter that is sent twice is answered 400. When no key can be fetched the answer is 503. "
        "Encrypted tokens with RSA1_5 are refused. clock-skew is at most five minutes."};

}  // namespace sluice::policies
