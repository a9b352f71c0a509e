// SPDX-License-Identifier: Apache-2.0
// Signatures of JSON Web Tokens. The algorithm comes from the key, never from the token alone (J1): a token's `alg`
// only chooses among what its key is for. Source: RFC 7515, RFC 7518 section 3, RFC 8037; threats.md J1, J3, J4.
#pragma once

#include <sluice/error.hpp>

#include "base/crypto_key.hpp"
#include "base/jwt.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

enum class JwsAlgorithm : std::uint8_t {
  hs256,
  hs384,
  hs512,
  rs256,
  rs384,
  rs512,
  ps256,
  ps384,
  ps512,
  es256,
  es384,
  es512,
  eddsa
};

/// By its exact name. Nothing for `none`, whatever its case: it does not exist.
std::optional<JwsAlgorithm> find_jws_algorithm(std::string_view name);

/// A key that verifies tokens.
struct VerificationKey {
  std::string id;  ///< `kid`; empty: it has none.
  CryptoKey key;
  std::optional<JwsAlgorithm> algorithm;  ///< What it is for; nothing: every algorithm that fits it.
};

/// Whether a token with that algorithm may be verified with the key: its kind, its curve, and a secret as long as the
/// hash.
bool fits(const VerificationKey& key, JwsAlgorithm algorithm);

/// The part of a token's header that says how it is signed.
struct JwsHeader {
  JwsAlgorithm algorithm{};
  std::string_view key_id;  ///< Empty: the token names none.
};
/// **Errors**: jwt_invalid for an algorithm that does not exist, `crit`, `b64` and `zip` (J3), and a `kid` that is no
/// text. `jku`, `jwk`, `x5u` and `x5c` are not looked at.
Result<JwsHeader> read_jws_header(const JsonValue& header);

/// Whether the token's signature is the key's. The algorithm must fit the key.
bool verify_jws(const VerificationKey& key, JwsAlgorithm algorithm, const Jwt& token);

}  // namespace sluice
