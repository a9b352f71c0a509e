// SPDX-License-Identifier: Apache-2.0
#include "base/jwk.hpp"

#include "base/base64url.hpp"
#include "base/crypto_certificate.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// The bytes of a member in base64url; empty when it is not there or malformed.
std::string bytes_of(const JsonValue& key, std::string_view name) {
  const JsonValue* member = key.find(name);
  if (member == nullptr || !member->is_string()) return {};
  return decode_base64url(member->text).value_or(std::string());
}

std::string_view text_of(const JsonValue& key, std::string_view name) {
  const JsonValue* member = key.find(name);
  return member != nullptr && member->is_string() ? member->text : std::string_view();
}

/// Of the first certificate of `x5c`, where a provider gives no numbers.
KeyResult key_of_certificate(const JsonValue& key) {
  const JsonValue* chain = key.find("x5c");
  if (chain == nullptr || chain->items.empty() || !chain->items.front().is_string())
    return tl::unexpected<std::string>("cannot be read");
  const auto der = decode_base64(chain->items.front().text);
  const auto certificate = read_certificate(der.value_or(std::string()));
  if (!certificate) return tl::unexpected<std::string>("has a certificate that cannot be read");
  return public_key_of_der(certificate->public_key);
}

KeyResult read_material(const JsonValue& key) {
  const std::string_view type = text_of(key, "kty"), curve = text_of(key, "crv");
  if (type == "RSA") {
    if (key.find("n") == nullptr) return key_of_certificate(key);
    return rsa_public_key(bytes_of(key, "n"), bytes_of(key, "e"));
  }
  if (type == "EC") {
    const std::string x = bytes_of(key, "x"), y = bytes_of(key, "y");
    if (curve == "P-256") return ec_public_key(KeyKind::p256, x, y);
    if (curve == "P-384") return ec_public_key(KeyKind::p384, x, y);
    if (curve == "P-521") return ec_public_key(KeyKind::p521, x, y);
    return tl::unexpected<std::string>("is of a curve that is not known");
  }
  if (type == "OKP") {
    if (curve == "Ed25519") return edwards_public_key(KeyKind::ed25519, bytes_of(key, "x"));
    if (curve == "Ed448") return edwards_public_key(KeyKind::ed448, bytes_of(key, "x"));
    return tl::unexpected<std::string>("is of a curve that is not known");
  }
  if (type == "oct") {
    const std::string secret = bytes_of(key, "k");
    if (secret.empty()) return tl::unexpected<std::string>("cannot be read");
    return secret_key(secret);
  }
  return tl::unexpected<std::string>("is of a kind that is not known");
}

/// Whether `use` and `key_ops`, where they stand, say that the key verifies.
bool is_for_verifying(const JsonValue& key) {
  if (const JsonValue* use = key.find("use"); use != nullptr && use->string() != "sig") return false;
  const JsonValue* operations = key.find("key_ops");
  return operations == nullptr || std::any_of(operations->items.begin(), operations->items.end(),
                                              [](const JsonValue& item) { return item.string() == "verify"; });
}

}  // namespace

tl::expected<VerificationKey, std::string> read_jwk(const JsonValue& key) {
  if (!key.is_object()) return tl::unexpected<std::string>("is no object");
  if (!is_for_verifying(key)) return tl::unexpected<std::string>("is not meant for verifying");
  KeyResult material = read_material(key);
  if (!material) return tl::unexpected(std::move(material.error()));
  VerificationKey made{std::string(text_of(key, "kid")), std::move(*material), std::nullopt};
  if (const JsonValue* name = key.find("alg")) {
    made.algorithm = name->is_string() ? find_jws_algorithm(name->text) : std::nullopt;
    if (!made.algorithm || !fits(made, *made.algorithm))
      return tl::unexpected<std::string>("is for an algorithm that does not fit it");
  }
  return made;
}

tl::expected<std::vector<VerificationKey>, std::string> read_jwk_set(std::string_view text) {
  Arena arena;
  const JsonValue* set = parse_jwt_json(text, arena);
  const JsonValue* keys = set != nullptr ? set->find("keys") : nullptr;
  if (keys == nullptr || !keys->is_array()) return tl::unexpected<std::string>("the text is no JSON Web Key Set");
  std::vector<VerificationKey> usable;
  for (const JsonValue& item : keys->items.first(std::min(keys->items.size(), most_keys_of_set))) {
    auto key = read_jwk(item);
    if (key && key->key.kind() != KeyKind::secret) usable.push_back(std::move(*key));
  }
  return usable;
}

}  // namespace sluice
