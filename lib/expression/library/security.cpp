// SPDX-License-Identifier: Apache-2.0
// Hashes, HMAC, and the gateway's own readers of Authorization headers: AsJwt, AsBasic.
#include "expression/library/convert.hpp"
#include "expression/library/json.hpp"
#include "expression/temporal.hpp"
#include "expression/unicode.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"

#include <cmath>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"HashAlgorithm", "System.Security.Cryptography.HashAlgorithm", TypeKind::reference, "IDisposable"},
    {"KeyedHashAlgorithm", "System.Security.Cryptography.KeyedHashAlgorithm", TypeKind::reference, "HashAlgorithm"},
    {"HMAC", "System.Security.Cryptography.HMAC", TypeKind::reference, "KeyedHashAlgorithm"},
    {"MD5", "System.Security.Cryptography.MD5", TypeKind::reference, "HashAlgorithm"},
    {"SHA1", "System.Security.Cryptography.SHA1", TypeKind::reference, "HashAlgorithm"},
    {"SHA256", "System.Security.Cryptography.SHA256", TypeKind::reference, "HashAlgorithm"},
    {"SHA384", "System.Security.Cryptography.SHA384", TypeKind::reference, "HashAlgorithm"},
    {"SHA512", "System.Security.Cryptography.SHA512", TypeKind::reference, "HashAlgorithm"},
    {"SHA1Managed", "System.Security.Cryptography.SHA1Managed", TypeKind::reference, "SHA1"},
    {"SHA256Managed", "System.Security.Cryptography.SHA256Managed", TypeKind::reference, "SHA256"},
    {"SHA384Managed", "System.Security.Cryptography.SHA384Managed", TypeKind::reference, "SHA384"},
    {"SHA512Managed", "System.Security.Cryptography.SHA512Managed", TypeKind::reference, "SHA512"},
    {"HMACMD5", "System.Security.Cryptography.HMACMD5", TypeKind::reference, "HMAC"},
    {"HMACSHA1", "System.Security.Cryptography.HMACSHA1", TypeKind::reference, "HMAC"},
    {"HMACSHA256", "System.Security.Cryptography.HMACSHA256", TypeKind::reference, "HMAC"},
    {"HMACSHA384", "System.Security.Cryptography.HMACSHA384", TypeKind::reference, "HMAC"},
    {"HMACSHA512", "System.Security.Cryptography.HMACSHA512", TypeKind::reference, "HMAC"},
    {"BasicAuthCredentials", "context:BasicAuthCredentials"},
    {"Jwt", "context:Jwt"},
    {"IClaims", "context:IClaims", TypeKind::reference, "IReadOnlyDictionary<string,string[]>"},
};

struct HashObject : Object {
  HashAlgorithm algorithm;
  bool keyed;
  Value key;
};
HashAlgorithm algorithm_of(std::string_view name) {
  if (name.find("MD5") != std::string_view::npos) return HashAlgorithm::md5;
  if (name.find("SHA256") != std::string_view::npos) return HashAlgorithm::sha256;
  if (name.find("SHA384") != std::string_view::npos) return HashAlgorithm::sha384;
  if (name.find("SHA512") != std::string_view::npos) return HashAlgorithm::sha512;
  return HashAlgorithm::sha1;
}
Value hash_new(Call& call) {
  auto* made = call.run.make<HashObject>();
  if (made == nullptr) return {};
  const Type* type = call.result();
  made->type = type;
  made->algorithm = algorithm_of(type->display);
  made->keyed = type->display.starts_with("HMAC");
  if (call.count > 0) {
    if (call.is_null(0)) return call.null_argument("key");
    made->key = call[0];
  } else if (made->keyed) {
    std::uint64_t bits[8];
    for (std::uint64_t& word : bits) word = call.run.context->services.random.bits();
    made->key = make_bytes(call.run, bits, sizeof bits);
  }
  return Value::object(made);
}
Value set_key(Call& call) {
  if (call.is_null(1)) return call.null_argument("value");
  call.object<HashObject>(0).key = call[1];
  return {};
}
Value get_key(Call& call) { return call.object<HashObject>(0).key; }
Value compute(Call& call) {
  if (call.is_null(1)) return call.null_argument("buffer");
  const auto& hash = call.object<HashObject>(0);
  std::string_view data = call.object<BytesObject>(1).view();
  if (call.count > 3) {
    const std::int64_t start = call.integer(2), count = call.integer(3);
    if (start < 0 || count < 0 || static_cast<std::size_t>(start + count) > data.size())
      return call.raise(Fault::argument, "Value was invalid.");
    data = data.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(count));
  }
  if (!call.run.charge(data.size() / 16 + 16)) return {};
  const Digest made = hash.keyed
                          ? hmac(hash.algorithm, static_cast<const BytesObject*>(hash.key.as_object())->view(), data)
                          : digest(hash.algorithm, data);
  return make_bytes(call.run, made.bytes.data(), made.size);
}
Value hash_size(Call& call) {
  return Value::int32(static_cast<std::int32_t>(digest_size(call.object<HashObject>(0).algorithm) * 8));
}

// Basic
Value basic_of(Call& call, const Value& header) {
  if (header.is_null()) return {};
  std::string_view text = trim(header.as_string());
  if (text.size() < 6 || to_lower(text.substr(0, 6)) != "basic ") return {};
  std::string bytes, credentials;
  if (!decode_base64(trim(text.substr(6)), bytes)) return {};
  for (const char c : bytes) append_point(credentials, static_cast<unsigned char>(c));
  const std::size_t colon = credentials.rfind(':');
  if (colon == std::string::npos) return {};
  static const Type* type = read_type("BasicAuthCredentials");
  const Value fields[] = {call.run.text(credentials.substr(0, colon)), call.run.text(credentials.substr(colon + 1))};
  return make_fields(call.run, type, fields, 2);
}
Value as_basic(Call& call) { return basic_of(call, call[0]); }
Value try_basic(Call& call) {
  call.out(1) = basic_of(call, call[0]);
  return Value::boolean(!call.out(1).is_null());
}
template <std::uint32_t number>
Value field(Call& call) {
  return call.object<FieldsObject>(0).fields[number];
}

// Jwt
struct JwtObject : Object {
  JsonContainer* header;
  JsonContainer* payload;
};
JsonContainer* decoded_part(Call& call, std::string_view part) {
  std::string padded(part), bytes;
  for (char& c : padded) c = c == '-' ? '+' : c == '_' ? '/' : c;
  padded.append((4 - padded.size() % 4) % 4, '=');
  if (!decode_base64(padded, bytes)) return nullptr;
  const Value text = call.run.text(bytes);
  if (!text.is_string()) return nullptr;
  JsonToken* token = parse_json_text(call.run, text.as_string());
  if (call.run.failed() && !call.run.fatal) call.run.raised = nullptr;
  return token != nullptr && is_json_object(token) ? static_cast<JsonContainer*>(token) : nullptr;
}
Value jwt_of(Call& call, const Value& given) {
  if (given.is_null()) return {};
  std::string_view text = trim(given.as_string());
  if (text.size() > 7 && to_lower(text.substr(0, 7)) == "bearer ") text = trim(text.substr(7));
  const auto parts = split(text, '.');
  if (parts.size() != 3) return {};
  JsonContainer* header = decoded_part(call, parts[0]);
  JsonContainer* payload = header == nullptr ? nullptr : decoded_part(call, parts[1]);
  if (payload == nullptr) return {};
  static const Type* type = read_type("Jwt");
  auto* made = call.run.make<JwtObject>();
  if (made == nullptr) return {};
  made->type = type;
  made->header = header;
  made->payload = payload;
  return Value::object(made);
}
Value as_jwt(Call& call) { return jwt_of(call, call[0]); }
Value try_jwt(Call& call) {
  call.out(1) = jwt_of(call, call[0]);
  return Value::boolean(!call.out(1).is_null());
}
/// A claim's values: arrays as several, objects as their JSON, numbers and booleans as JSON writes them.
std::vector<Value> claim_values(Call& call, const JsonToken* token) {
  std::vector<Value> values;
  const auto add = [&](const JsonToken* item) {
    if (!is_json_container(item) && static_cast<const JsonScalar*>(item)->value.is_string()) {
      values.push_back(static_cast<const JsonScalar*>(item)->value);
      return;
    }
    ArenaText text(&call.arena());
    write_json(call.run, text, item, false);
    const bool quoted = text.size() >= 2 && text.front() == '"';
    values.push_back(call.run.text(quoted ? std::string_view(text).substr(1, text.size() - 2) : text));
  };
  if (is_json_array(token)) {
    const auto* array = static_cast<const JsonContainer*>(token);
    for (std::uint32_t i = 0; i < array->count; ++i) add(array->items[i]);
  } else {
    add(token);
  }
  return values;
}
Value text_member(Call& call, const JsonContainer& from, std::string_view name) {
  const JsonProperty* property = json_find(from, name);
  if (property == nullptr) return {};
  const std::vector<Value> values = claim_values(call, property->value);
  return values.empty() ? Value() : values[0];
}
const JwtObject& jwt(Call& call) { return call.object<JwtObject>(0); }
Value jwt_algorithm(Call& call) { return text_member(call, *jwt(call).header, "alg"); }
Value jwt_type(Call& call) { return text_member(call, *jwt(call).header, "typ"); }
Value jwt_id(Call& call) { return text_member(call, *jwt(call).payload, "jti"); }
Value jwt_issuer(Call& call) { return text_member(call, *jwt(call).payload, "iss"); }
Value jwt_subject(Call& call) { return text_member(call, *jwt(call).payload, "sub"); }
Value jwt_audiences(Call& call) {
  const JsonProperty* property = json_find(*jwt(call).payload, "aud");
  const std::vector<Value> values = property == nullptr ? std::vector<Value>() : claim_values(call, property->value);
  Value* items = call.run.make_array<Value>(values.size());
  if (items == nullptr) return {};
  std::copy(values.begin(), values.end(), items);
  return adopt_array(call.run, core().string_array, items, static_cast<std::uint32_t>(values.size()));
}
Value jwt_time(Call& call, std::string_view name) {
  const JsonProperty* property = json_find(*jwt(call).payload, name);
  if (property == nullptr || is_json_container(property->value)) return {};
  const Value& value = static_cast<const JsonScalar*>(property->value)->value;
  double seconds = 0;
  if (value.kind() == ValueKind::int64)
    seconds = static_cast<double>(value.as_integer());
  else if (value.kind() == ValueKind::float64)
    seconds = std::floor(value.as_number());
  else
    return {};
  if (!(seconds > -62135596800.0 && seconds < 253402300800.0)) return {};
  return Value::date_time(unix_epoch_ticks + static_cast<std::int64_t>(seconds) * ticks_per_second, utc_kind);
}
Value jwt_expires(Call& call) { return jwt_time(call, "exp"); }
Value jwt_issued(Call& call) { return jwt_time(call, "iat"); }
Value jwt_not_before(Call& call) { return jwt_time(call, "nbf"); }
Value jwt_claims(Call& call) {
  static const Type* type = read_type("IClaims");
  return make_handle(call.run, type, jwt(call).payload);
}
const JsonContainer& claims(Call& call) {
  return *static_cast<const JsonContainer*>(call.object<HandleObject>(0).target);
}
Value claim_array(Call& call, const JsonToken* token) {
  const std::vector<Value> values = claim_values(call, token);
  return make_array(call.run, core().string_array, values.data(), static_cast<std::uint32_t>(values.size()));
}
Value claims_item(Call& call) {
  const JsonProperty* found = json_find(claims(call), call.text(1));
  return found == nullptr ? call.raise(Fault::key_not_found, "The given key was not present in the dictionary.")
                          : claim_array(call, found->value);
}
Value claims_contains(Call& call) { return Value::boolean(json_find(claims(call), call.text(1)) != nullptr); }
Value claims_try_get(Call& call) {
  const JsonProperty* found = json_find(claims(call), call.text(1));
  call.out(2) = found == nullptr ? Value() : claim_array(call, found->value);
  return Value::boolean(found != nullptr);
}
Value claims_get(Call& call) {
  const JsonProperty* found = json_find(claims(call), call.text(1));
  if (found == nullptr) return call.count > 2 ? call[2] : Value();
  if (call.result() == core().string_array) return claim_array(call, found->value);
  std::string joined;
  bool first = true;
  for (const Value& value : claim_values(call, found->value)) {
    if (!first) joined += ',';
    first = false;
    joined += value.as_string();
  }
  return call.text_result(joined);
}
Value claims_count(Call& call) { return Value::int32(static_cast<std::int32_t>(claims(call).count)); }
Value claims_items(Call& call) {
  static const Type* pair = read_type("KeyValuePair<string,string[]>");
  Value* items = call.run.make_array<Value>(claims(call).count);
  if (items == nullptr) return {};
  for (std::uint32_t i = 0; i < claims(call).count; ++i) {
    const auto* property = static_cast<const JsonProperty*>(claims(call).items[i]);
    items[i] = make_pair(call.run, pair, Value::string(property->name), claim_array(call, property->value));
  }
  return adopt_array(call.run, core().object_array, items, claims(call).count);
}

constexpr Trait changes = Trait::impure;
#define SLUICE_HASH(name)                                              \
  {"static " name, "Create", "()", name, hash_new, "", changes}, {     \
    name "Managed", "new", "()", name "Managed", hash_new, "", changes \
  }
#define SLUICE_HMAC(name) \
  {name, "new", "()", name, hash_new, "", changes}, { name, "new", "(byte[] key)", name, hash_new, "", changes }

constexpr MemberRow members[] = {
    {"static MD5", "Create", "()", "MD5", hash_new, "", changes},
    SLUICE_HASH("SHA1"),
    SLUICE_HASH("SHA256"),
    SLUICE_HASH("SHA384"),
    SLUICE_HASH("SHA512"),
    SLUICE_HMAC("HMACMD5"),
    SLUICE_HMAC("HMACSHA1"),
    SLUICE_HMAC("HMACSHA256"),
    SLUICE_HMAC("HMACSHA384"),
    SLUICE_HMAC("HMACSHA512"),
    {"KeyedHashAlgorithm", "Key", "", "byte[]", get_key, "", changes},
    {"KeyedHashAlgorithm", "Key=", "(byte[] value)", "void", set_key, "", changes},
    {"HashAlgorithm", "ComputeHash", "(byte[] buffer)", "byte[]", compute, "", changes},
    {"HashAlgorithm", "ComputeHash", "(byte[] buffer, int offset, int count)", "byte[]", compute, "", changes},
    {"HashAlgorithm", "HashSize", "", "int", hash_size, "", changes},
    {"static BasicAuthCredentials", "AsBasic", "(this string value)", "BasicAuthCredentials", as_basic,
     "A whole Authorization header; null when malformed.", changes},
    {"static BasicAuthCredentials", "TryParseBasic", "(this string value, out BasicAuthCredentials result)", "bool",
     try_basic, "", changes},
    {"BasicAuthCredentials", "UserId", "", "string", field<0>},
    {"BasicAuthCredentials", "Username", "", "string", field<0>},
    {"BasicAuthCredentials", "Password", "", "string", field<1>},
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
#undef SLUICE_HASH
#undef SLUICE_HMAC

}  // namespace

extern const Family security_family{
    "security", "Hashes, tokens, credentials.", "System.Security.Cryptography; policy expressions: Jwt", types, {},
    members};

}  // namespace sluice::expression
