// SPDX-License-Identifier: Apache-2.0
// Cryptography by OpenSSL, which no file of the core but crypto* and random includes.
#include "base/crypto_digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace sluice {

std::size_t digest_size(HashAlgorithm algorithm) {
  static constexpr std::size_t sizes[] = {16, 20, 32, 48, 64};
  return sizes[static_cast<std::size_t>(algorithm)];
}

std::string digest(HashAlgorithm algorithm, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (EVP_Digest(data.data(), data.size(), bytes.data(), &size, digest_of(algorithm), nullptr) != 1) return {};
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

std::string hmac(HashAlgorithm algorithm, std::string_view key, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  const unsigned char* made =
      HMAC(digest_of(algorithm), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(data.data()), data.size(), bytes.data(), &size);
  if (made == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

}  // namespace sluice
