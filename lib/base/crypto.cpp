// SPDX-License-Identifier: Apache-2.0
// Cryptography by OpenSSL, which no file of the core but crypto* and random includes.
#include "base/crypto_digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace sluice {

std::size_t digest_size(HashAlgorithm algorithm) {
  static constexpr std::size_t sizes[] = {16, 20, 32, 48, 64};
  return sizes[static_cast<std::size_t>(algorithm)];
}

Digest digest(HashAlgorithm algorithm, std::string_view data) {
  static_assert(sizeof(Digest::bytes) >= EVP_MAX_MD_SIZE);
  Digest made;
  if (EVP_Digest(data.data(), data.size(), made.bytes.data(), &made.size, digest_of(algorithm), nullptr) != 1)
    return {};
  return made;
}

Digest hmac(HashAlgorithm algorithm, std::string_view key, std::string_view data) {
  Digest made;
  if (HMAC(digest_of(algorithm), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(data.data()), data.size(), made.bytes.data(),
           &made.size) == nullptr) {
    return {};
  }
  return made;
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace sluice
