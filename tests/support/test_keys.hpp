// SPDX-License-Identifier: Apache-2.0
// Keys made for one run of a test, and tokens signed with them.
#pragma once

#include "base/base64url.hpp"
#include "base/crypto.hpp"
#include "base/crypto_certificate.hpp"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace sluice::test {

/// An RSA key.
class RsaKey {
 public:
  explicit RsaKey(unsigned bits = 2048) : key_(EVP_RSA_gen(bits), EVP_PKEY_free) {}

  std::string private_der() const {
    return encoded([](EVP_PKEY* key, unsigned char** to) { return i2d_PrivateKey(key, to); });
  }
  std::string public_der() const {
    return encoded([](EVP_PKEY* key, unsigned char** to) { return i2d_PUBKEY(key, to); });
  }
  std::string modulus() const { return number("n"); }
  std::string exponent() const { return number("e"); }
  /// A JSON Web Key.
  std::string jwk(std::string_view id, std::string_view more = {}) const {
    return "{\"kty\":\"RSA\",\"kid\":\"" + std::string(id) + "\",\"n\":\"" + encode_base64url(modulus()) +
           "\",\"e\":\"" + encode_base64url(exponent()) + "\"" + std::string(more) + "}";
  }
  std::string sign(std::string_view text, HashAlgorithm hash = HashAlgorithm::sha256,
                   SignaturePadding padding = SignaturePadding::pkcs1) const {
    return rsa_sign(private_der(), hash, padding, text).value();
  }

 private:
  template <class Encode>
  std::string encoded(Encode encode) const {
    unsigned char* data = nullptr;
    const int size = encode(key_.get(), &data);
    std::string made(reinterpret_cast<char*>(data), static_cast<std::size_t>(size));
    OPENSSL_free(data);
    return made;
  }
  std::string number(const char* name) const {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &value);
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
    BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
    BN_free(value);
    return bytes;
  }

  std::shared_ptr<EVP_PKEY> key_;
};

/// Header and payload as they stand in a token, before the signature.
inline std::string unsigned_token(std::string_view header, std::string_view payload) {
  return encode_base64url(header) + "." + encode_base64url(payload);
}
inline std::string token_rs256(const RsaKey& key, std::string_view id, std::string_view payload) {
  const std::string text = unsigned_token("{\"alg\":\"RS256\",\"kid\":\"" + std::string(id) + "\"}", payload);
  return text + "." + encode_base64url(key.sign(text));
}
inline std::string token_hs256(std::string_view secret, std::string_view payload,
                               std::string_view header = R"({"alg":"HS256"})") {
  const std::string text = unsigned_token(header, payload);
  return text + "." + encode_base64url(hmac(HashAlgorithm::sha256, secret, text).view());
}

}  // namespace sluice::test
