// SPDX-License-Identifier: Apache-2.0
// What the policies that validate tokens share: where the token stands in the request, what is wanted of its claims,
// the keys that documents hold, and the refusal. Inline for the reason that message_parts.hpp gives.
#pragma once

#include <sluice/identity_values.hpp>
#include <sluice/policy.hpp>

#include "base/key_parts.hpp"
#include "base/message_parts.hpp"
#include "base/token_check.hpp"
#include "base/url.hpp"
#include "base/variable_part.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::parts {

// ---- Attributes and children -------------------------------------------------------------------------------------

inline constexpr AttributeSpec header_name_attribute = {
    .name = "header-name", .expressions = true, .doc = "Header that holds the token."};
inline constexpr AttributeSpec query_name_attribute = {
    .name = "query-parameter-name", .expressions = true, .doc = "Query parameter that holds the token."};
inline constexpr AttributeSpec token_value_attribute = {
    .name = "token-value", .expressions = true, .doc = "The token itself, without a scheme."};
inline constexpr AttributeSpec failed_status_attribute = {.name = "failed-validation-httpcode",
                                                          .type = ValueType::integer,
                                                          .expressions = true,
                                                          .fallback = "401",
                                                          .min = min_status,
                                                          .max = max_status,
                                                          .doc = "Status of the refusal."};
inline constexpr AttributeSpec failed_message_attribute = {
    .name = "failed-validation-error-message",
    .expressions = true,
    .doc = "Message in the body of the refusal; a fixed phrase when absent."};
inline constexpr AttributeSpec output_token_attribute = {.name = "output-token-variable-name",
                                                         .doc = "Variable that receives the token as a Jwt."};

inline constexpr ElementSpec audience_elements[] = {{.name = "audience",
                                                     .occurs = Occurs::at_least_once,
                                                     .text = TextRule::expression,
                                                     .doc = "An audience that is accepted."}};
inline constexpr AttributeSpec claim_attributes[] = {
    {.name = "name", .required = true, .expressions = true, .doc = "Name of the claim."},
    {.name = "match",
     .expressions = true,
     .one_of = "all any",
     .fallback = "all",
     .doc = "Whether all of the values must be there, or one of them."},
    {.name = "separator", .expressions = true, .doc = "What stands between values inside one text."}};
inline constexpr ElementSpec claim_values[] = {{.name = "value",
                                                .occurs = Occurs::many,
                                                .text = TextRule::expression,
                                                .doc = "A value; without any, the claim only has to be there."}};
inline constexpr ElementSpec claim_elements[] = {{.name = "claim",
                                                  .occurs = Occurs::at_least_once,
                                                  .attributes = claim_attributes,
                                                  .children = claim_values,
                                                  .doc = "A claim that the token must have."}};
inline constexpr AttributeSpec key_attributes[] = {
    {.name = "id", .doc = "The `kid` of tokens that the key is tried on first."},
    {.name = "certificate-id", .doc = "A certificate of the gateway that has the key."},
    {.name = "n", .doc = "Modulus of an RSA key, in base64url."},
    {.name = "e", .doc = "Its exponent, in base64url."}};
inline constexpr ElementSpec key_elements[] = {{.name = "key",
                                                .occurs = Occurs::at_least_once,
                                                .text = TextRule::expression,
                                                .attributes = key_attributes,
                                                .doc = "A secret in base64, or one of its attributes."}};

inline constexpr ElementSpec audiences_child = {
    .name = "audiences", .children = audience_elements, .doc = "Whom the token must be for."};
inline constexpr ElementSpec claims_child = {
    .name = "required-claims", .children = claim_elements, .doc = "What the token must claim."};
inline constexpr ElementSpec decryption_keys_child = {
    .name = "decryption-keys", .children = key_elements, .doc = "Keys that open encrypted tokens."};

// ---- Lists of texts ----------------------------------------------------------------------------------------------

using TemplateList = std::vector<Template>;

/// The texts of the children of `element`'s child `list`.
inline TemplateList compile_texts(const PolicyElement& element, std::string_view list, CompileContext& context) {
  TemplateList texts;
  if (const PolicyElement* child = element.child(list)) {
    for (const PolicyElement& item : child->children) texts.push_back(context.text(item));
  }
  return texts;
}

/// Null becomes the empty text, which no token has: what is wanted must never turn into nothing being wanted.
inline Result<std::span<const std::string_view>> texts_of(const TemplateList& templates, RequestContext& context) {
  const auto list = context.arena.make_array<std::string_view>(templates.size());
  for (std::size_t i = 0; i < templates.size(); ++i) {
    const auto text = templates[i].text(context);
    if (!text) return fail(text.error());
    list[i] = *text;
  }
  return std::span<const std::string_view>(list.data(), list.size());
}

// ---- Claims ------------------------------------------------------------------------------------------------------

struct ClaimPart {
  Template name, match, separator;
  TemplateList values;
};

inline std::vector<ClaimPart> compile_claims(const PolicyElement& element, CompileContext& context) {
  std::vector<ClaimPart> parts;
  const PolicyElement* list = element.child("required-claims");
  if (list == nullptr) return parts;
  for (const PolicyElement& claim : list->children) {
    ClaimPart part{context.value(claim, "name"), context.value(claim, "match"), context.value(claim, "separator"), {}};
    for (const PolicyElement& value : claim.children) part.values.push_back(context.text(value));
    parts.push_back(std::move(part));
  }
  return parts;
}

inline Result<std::span<const ClaimRule>> claim_rules(const std::vector<ClaimPart>& parts, RequestContext& context) {
  const auto rules = context.arena.make_array<ClaimRule>(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto name = parts[i].name.text(context);
    if (!name) return fail(name.error());
    const auto match = parts[i].match.choice(context, "all any");
    if (!match) return fail(match.error());
    std::string_view separator;
    if (parts[i].separator.is_set()) {
      const auto text = parts[i].separator.text(context);
      if (!text) return fail(text.error());
      separator = *text;
    }
    const auto values = texts_of(parts[i].values, context);
    if (!values) return fail(values.error());
    rules[i] = {*name, *match == 1, separator, *values};
  }
  return std::span<const ClaimRule>(rules.data(), rules.size());
}

// ---- The token in the request ------------------------------------------------------------------------------------

struct TokenPlace {
  Template header, query, value, scheme;
};

inline TokenPlace compile_place(const PolicyElement& element, CompileContext& context) {
  return {context.value(element, "header-name"),
          context.value(element, "query-parameter-name"),
          context.value(element, "token-value"),
          {}};
}

/// The one value of a header. **Errors**: bad_request when it is sent twice (P6).
inline Result<std::string_view> single_header(const Headers& headers, std::string_view name) {
  const HeaderName header(name);
  if (headers.count(header) > 1)
    return fail(ErrorCode::bad_request, "Header " + std::string(name.substr(0, 100)) + " is sent more than once.");
  return strip_blanks(headers.get(header));
}

/// The one value of a query parameter, likewise.
inline Result<std::string_view> single_parameter(std::string_view query, std::string_view name, Arena& arena) {
  std::optional<std::string_view> found;
  QueryReader items(query);
  while (const auto item = items.next()) {
    if (percent_decode(item->name, arena, true) != name) continue;
    if (found)
      return fail(ErrorCode::bad_request,
                  "Query parameter " + std::string(name.substr(0, 100)) + " is sent more than once.");
    found = percent_decode(item->value, arena, true);
  }
  return found.value_or(std::string_view());
}

/// The token behind the scheme of an Authorization header. With a scheme wanted, any other leaves nothing.
inline std::string_view behind_scheme(std::string_view value, std::string_view wanted) {
  const std::size_t blank = value.find(' ');
  const std::string_view scheme = blank == std::string_view::npos ? std::string_view() : value.substr(0, blank);
  if (equal_ignoring_case(value, "Bearer")) return {};
  if (!wanted.empty() && !equal_ignoring_case(scheme, wanted)) return {};
  return blank == std::string_view::npos ? value : strip_blanks(value.substr(blank));
}

/// The token; empty when the request brings none.
inline Result<std::string_view> find_token(const TokenPlace& place, RequestContext& context) {
  if (place.value.is_set()) return place.value.text(context);
  if (place.query.is_set()) {
    const auto name = place.query.text(context);
    if (!name) return fail(name.error());
    return single_parameter(context.request.url.query, *name, context.arena);
  }
  const auto name = place.header.text(context);
  if (!name) return fail(name.error());
  auto value = single_header(context.request.headers, *name);
  if (!value || !equal_ignoring_case(*name, "Authorization")) return value;
  std::string_view scheme;
  if (place.scheme.is_set()) {
    const auto text = place.scheme.text(context);
    if (!text) return fail(text.error());
    scheme = *text;
  }
  return behind_scheme(*value, scheme);
}

// ---- What comes of it --------------------------------------------------------------------------------------------

struct TokenOutcome {
  Template status, message;
  std::string variable;
};

inline TokenOutcome compile_outcome(const PolicyElement& element, CompileContext& context) {
  return {context.value(element, "failed-validation-httpcode"),
          context.value(element, "failed-validation-error-message"),
          context.literal(element, "output-token-variable-name")};
}

/// Whether an error is about the token, so that the policy's own status and message are for it.
inline bool is_about_token(const Error& error) {
  return error.code() >= ErrorCode::token_not_present && error.code() <= ErrorCode::jwt_invalid;
}

/// The refusal as the policy words it. Without words of its own the caller hears a fixed phrase (J7); what exactly is
/// wrong stands in LastError.
inline Outcome refuse(const TokenOutcome& outcome, RequestContext& context, Error error) {
  if (!is_about_token(error)) return Outcome::fail(std::move(error));
  const auto status = outcome.status.integer(context, min_status, max_status);
  if (!status) return Outcome::fail(status.error());
  const bool is_missing = error.code() == ErrorCode::token_not_present;
  std::string message(describe(is_missing ? ErrorCode::token_not_present : ErrorCode::jwt_invalid).message);
  if (outcome.message.is_set()) {
    const auto text = outcome.message.text(context);
    if (!text) return Outcome::fail(text.error());
    message = *text;
  }
  constexpr int unauthorized = 401;  // says what would be accepted: RFC 9110 section 15.5.2, RFC 6750 section 3
  error.edit().status = static_cast<int>(*status);
  error.edit().wire_message = std::move(message);
  if (*status == unauthorized)
    error.edit().headers.emplace_back("WWW-Authenticate", is_missing ? "Bearer" : "Bearer error=\"invalid_token\"");
  return Outcome::fail(std::move(error));
}

inline Outcome keep_token(const TokenOutcome& outcome, RequestContext& context, const Jwt& token) {
  if (outcome.variable.empty()) return Outcome::next();
  const auto value = make_jwt_value(context, token.header_text, token.payload_text);
  if (!value) return Outcome::fail(Error(ErrorCode::policy_value_invalid, "The request has too many variables."));
  return end_with_variable(context, outcome.variable, *value);
}

}  // namespace sluice::parts
