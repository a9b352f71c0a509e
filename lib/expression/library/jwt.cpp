// SPDX-License-Identifier: Apache-2.0
// Jwt: AsJwt, TryParseJwt and what validate-jwt leaves in its variable; Authorization as get-authorization-context
// leaves it. Tokens are read by the code that validation uses; nothing is verified here.
#include "expression/library/convert.hpp"
#include "expression/library/json.hpp"
#include "expression/temporal.hpp"

#include <sluice/identity_values.hpp>

#include "base/jwt.hpp"
#include "base/text.hpp"

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"Jwt", "context:Jwt"},
    {"IClaims", "context:IClaims", TypeKind::reference, "IReadOnlyDictionary<string,string[]>"},
};

struct JwtObject : Object {
  const JsonValue* header;
  const JsonValue* payload;
};

Value make_jwt(Evaluation& run, const JsonValue* header, const JsonValue* payload) {
  static const Type* type = read_type("Jwt");
  auto* made = run.make<JwtObject>();
  if (made == nullptr) return {};
  made->type = type;
  made->header = header;
  made->payload = payload;
  return Value::object(made);
}

Value jwt_of(Call& call, const Value& given) {
  if (given.is_null()) return {};
  constexpr std::string_view scheme = "bearer ";
  std::string_view text = trim(given.as_string());
  if (text.size() > scheme.size() && equal_ignoring_case(text.substr(0, scheme.size()), scheme))
    text = trim(text.substr(scheme.size()));
  if (!call.run.charge(text.size())) return {};
  const RequestContext* context = call.run.context;
  const std::size_t most = context != nullptr ? context->services.limits.identity.token_bytes : 0;
  const auto token = parse_jwt(text, call.arena(), most);
  return token ? make_jwt(call.run, token->header, token->payload) : Value();
}
Value as_jwt(Call& call) { return jwt_of(call, call[0]); }
Value try_jwt(Call& call) {
  call.out(1) = jwt_of(call, call[0]);
  return Value::boolean(!call.out(1).is_null());
}

const JsonValue& header(Call& call) { return *call.object<JwtObject>(0).header; }
const JsonValue& payload(Call& call) { return *call.object<JwtObject>(0).payload; }

Value text_member(Call& call, const JsonValue& from, std::string_view name) {
  const JsonValue* claim = from.find(name);
  const auto text = claim != nullptr ? claim_text(*claim, call.arena()) : std::nullopt;
  return text ? call.run.text_view(*text) : Value();
}
Value jwt_algorithm(Call& call) { return text_member(call, header(call), "alg"); }
Value jwt_type(Call& call) { return text_member(call, header(call), "typ"); }
Value jwt_id(Call& call) { return text_member(call, payload(call), "jti"); }
Value jwt_issuer(Call& call) { return text_member(call, payload(call), "iss"); }
Value jwt_subject(Call& call) { return text_member(call, payload(call), "sub"); }

/// The claim's values as string[].
Value claim_array(Call& call, const JsonValue& claim) {
  if (!call.run.charge(claim.items.size() + 1)) return {};
  const auto texts = claim_texts(claim, call.arena());
  Value* items = call.run.make_array<Value>(texts.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < texts.size(); ++i) items[i] = Value::string(texts[i]);
  return adopt_array(call.run, core().string_array, items, static_cast<std::uint32_t>(texts.size()));
}
Value jwt_audiences(Call& call) {
  static const JsonValue none{.kind = JsonKind::array};
  const JsonValue* claim = payload(call).find("aud");
  return claim_array(call, claim != nullptr ? *claim : none);
}

Value jwt_time(Call& call, std::string_view name) {
  const JsonValue* claim = payload(call).find(name);
  const auto time = claim != nullptr ? claim_time(*claim) : std::nullopt;
  if (!time) return {};
  return Value::date_time(unix_epoch_ticks + time->time_since_epoch().count() * ticks_per_second, utc_kind);
}
Value jwt_expires(Call& call) { return jwt_time(call, "exp"); }
Value jwt_issued(Call& call) { return jwt_time(call, "iat"); }
Value jwt_not_before(Call& call) { return jwt_time(call, "nbf"); }

Value jwt_claims(Call& call) {
  static const Type* type = read_type("IClaims");
  return make_handle(call.run, type, &payload(call));
}
const JsonValue& claims(Call& call) { return *static_cast<const JsonValue*>(call.object<HandleObject>(0).target); }
const JsonValue* named_claim(Call& call) { return call.is_null(1) ? nullptr : claims(call).find(call.text(1)); }

Value claims_item(Call& call) {
  const JsonValue* found = named_claim(call);
  return found == nullptr ? call.raise(Fault::key_not_found, "The given key was not present in the dictionary.")
                          : claim_array(call, *found);
}
Value claims_contains(Call& call) { return Value::boolean(named_claim(call) != nullptr); }
Value claims_try_get(Call& call) {
  const JsonValue* found = named_claim(call);
  call.out(2) = found == nullptr ? Value() : claim_array(call, *found);
  return Value::boolean(found != nullptr);
}
Value claims_get(Call& call) {
  const JsonValue* found = named_claim(call);
  if (found == nullptr) return call.count > 2 ? call[2] : Value();
  if (call.result() == core().string_array) return claim_array(call, *found);
  std::string joined;
  bool is_first = true;
  for (const std::string_view text : claim_texts(*found, call.arena())) {
    if (!is_first) joined += ',';
    is_first = false;
    joined += text;
  }
  return call.text_result(joined);
}
Value claims_count(Call& call) { return Value::int32(static_cast<std::int32_t>(claims(call).members.size())); }
Value claims_items(Call& call) {
  static const Type* pair = read_type("KeyValuePair<string,string[]>");
  const auto members = claims(call).members;
  Value* items = call.run.make_array<Value>(members.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < members.size(); ++i)
    items[i] = make_pair(call.run, pair, Value::string(members[i].name), claim_array(call, members[i].value));
  return adopt_array(call.run, core().object_array, items, static_cast<std::uint32_t>(members.size()));
}

constexpr Trait changes = Trait::impure;

constexpr MemberRow members[] = {
    {"static Jwt", "AsJwt", "(this string value)", "Jwt", as_jwt,
     "A token, with or without Bearer; no signature is checked. Null when malformed.", changes},
    {"static Jwt", "TryParseJwt", "(this string value, out Jwt result)", "bool", try_jwt, "", changes},
    {"Jwt", "Algorithm", "", "string", jwt_algorithm, "", changes},
    {"Jwt", "Type", "", "string", jwt_type, "", changes},
    {"Jwt", "Id", "", "string", jwt_id, "", changes},
    {"Jwt", "Issuer", "", "string", jwt_issuer, "", changes},
    {"Jwt", "Subject", "", "string", jwt_subject, "", changes},
    {"Jwt", "Audiences", "", "string[]", jwt_audiences, "", changes},
    {"Jwt", "ExpirationTime", "", "DateTime?", jwt_expires, "", changes},
    {"Jwt", "IssuedAt", "", "DateTime?", jwt_issued, "", changes},
    {"Jwt", "NotBefore", "", "DateTime?", jwt_not_before, "", changes},
    {"Jwt", "Claims", "", "IClaims", jwt_claims, "", changes},
    {"IClaims", "this", "[string key]", "string[]", claims_item, "", changes},
    {"IClaims", "ContainsKey", "(string key)", "bool", claims_contains, "", changes},
    {"IClaims", "TryGetValue", "(string key, out string[] value)", "bool", claims_try_get, "", changes},
    {"IClaims", "GetValueOrDefault", "(string key)", "string", claims_get, "Several values joined with a comma.",
     changes},
    {"IClaims", "GetValueOrDefault", "(string key, string defaultValue)", "string", claims_get, "", changes},
    {"IClaims", "GetValueOrDefault", "(string key, string[] defaultValue)", "string[]", claims_get, "", changes},
    {"IClaims", "Count", "", "int", claims_count, "", changes},
    {"IClaims", "$items", "()", "object[]", claims_items, "", changes},
};

/// What the provider said, as Dictionary<string, object>: texts, numbers and truths as such, the rest as JSON.
Value claims_dictionary(Evaluation& run, std::string_view claims) {
  static const Type* type = read_type("Dictionary<string,object>");
  const Value made = make_dictionary(run, type, false);
  JsonToken* parsed = claims.empty() || !made.is_reference() ? nullptr : parse_json_text(run, claims);
  if (parsed == nullptr || !is_json_object(parsed)) return made;
  auto& dictionary = *static_cast<DictionaryObject*>(const_cast<Object*>(made.as_object()));
  const auto& object = *static_cast<const JsonContainer*>(parsed);
  for (std::uint32_t i = 0; i < object.count && !run.failed(); ++i) {
    const auto& property = *static_cast<const JsonProperty*>(object.items[i]);
    const bool is_plain = is_json_value(property.value);
    const Value value =
        is_plain ? static_cast<const JsonScalar*>(property.value)->value : Value::object(property.value);
    dictionary_set(run, dictionary, Value::string(property.name), value);
  }
  return made;
}

}  // namespace

extern const Family jwt_family{"jwt", "Tokens.", "API Management policy expressions: Jwt", types, {}, members};

}  // namespace sluice::expression

namespace sluice {

std::optional<Value> make_jwt_value(RequestContext& context, std::string_view header, std::string_view payload) {
  const JsonValue* read_header = parse_jwt_json(context.arena.copy(header), context.arena);
  const JsonValue* read_payload = parse_jwt_json(context.arena.copy(payload), context.arena);
  if (read_header == nullptr || read_payload == nullptr) return std::nullopt;
  expression::Evaluation run(context.arena, &context, context.services.limits.expression);
  return expression::make_jwt(run, read_header, read_payload);
}

Value make_authorization_value(RequestContext& context, std::string_view access_token, std::string_view claims) {
  static const expression::Type* type = expression::read_type("Authorization");
  expression::Evaluation run(context.arena, &context, context.services.limits.expression);
  const Value fields[] = {Value::string(context.arena.copy(access_token)),
                          expression::claims_dictionary(run, context.arena.copy(claims))};
  return expression::make_fields(run, type, fields, 2);
}

}  // namespace sluice
