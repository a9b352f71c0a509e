// SPDX-License-Identifier: Apache-2.0
// Hashes, HMAC, and AsBasic, the gateway's own reader of Authorization headers for user names. AsJwt is in jwt.cpp.
#include "expression/library/convert.hpp"
#include "expression/unicode.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"

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
};
#undef SLUICE_HASH
#undef SLUICE_HMAC

}  // namespace

extern const Family security_family{"security",
                                    "Hashes, credentials.",
                                    "System.Security.Cryptography; policy expressions: BasicAuthCredentials",
                                    types,
                                    {},
                                    members};

}  // namespace sluice::expression
