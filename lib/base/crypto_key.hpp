// SPDX-License-Identifier: Apache-2.0
// Keys that signatures are verified with and contents decrypted, ready for use: immutable, shared by threads.
#pragma once

#include "base/crypto.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace sluice {

enum class KeyKind : std::uint8_t { secret, rsa, p256, p384, p521, ed25519, ed448 };

/// One key. Copies share it. A secret is wiped with the last copy (K2).
class CryptoKey {
 public:
  KeyKind kind() const { return kind_; }
  bool is_private() const { return is_private_; }
  /// Of the modulus; of a secret all; of a curve its order.
  unsigned bits() const { return bits_; }
  /// The bytes of a secret; empty for other kinds.
  std::string_view secret() const { return secret_ != nullptr ? std::string_view(*secret_) : std::string_view(); }
  evp_pkey_st* handle() const { return key_.get(); }

 private:
  friend class KeyMaker;
  KeyKind kind_ = KeyKind::secret;
  bool is_private_ = false;
  unsigned bits_ = 0;
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<const std::string> secret_;
};

/// A key, or why there is none, as the end of a sentence that begins with "the key".
using KeyResult = tl::expected<CryptoKey, std::string>;

/// RSA keys are taken with 2048 to 16384 bits (J4), by any of the functions below.
constexpr unsigned least_rsa_bits = 2'048;
constexpr unsigned most_rsa_bits = 16'384;

/// From modulus and exponent, big-endian.
KeyResult rsa_public_key(std::string_view modulus, std::string_view exponent);
/// `kind` is one of the three curves; the coordinates have the length of its field, the point lies on it.
KeyResult ec_public_key(KeyKind kind, std::string_view x, std::string_view y);
/// `kind` is ed25519 or ed448.
KeyResult edwards_public_key(KeyKind kind, std::string_view bytes);
/// From a SubjectPublicKeyInfo.
KeyResult public_key_of_der(std::string_view der);
/// From PKCS #8 or the key's own form.
KeyResult private_key_of_der(std::string_view der);
/// From a PEM text, without a passphrase; certificates beside it are passed over.
KeyResult private_key_of_pem(std::string_view pem);
CryptoKey secret_key(std::string_view bytes);

/// How a signature is made.
enum class SignatureScheme : std::uint8_t {
  hmac,
  rsa_pkcs1,
  rsa_pss,  ///< The salt is as long as the hash.
  ecdsa,    ///< Two numbers of the length of the curve's field, one behind the other.
  eddsa     ///< Without a hash of its own.
};

/// Whether `signature` is the key's over `data`. False for a key of another kind.
bool verify_signature(const CryptoKey& key, SignatureScheme scheme, HashAlgorithm hash, std::string_view data,
                      std::string_view signature);

}  // namespace sluice
