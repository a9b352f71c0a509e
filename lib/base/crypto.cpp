// SPDX-License-Identifier: Apache-2.0
// Cryptography by OpenSSL, which no other file of the core includes.
#include "base/crypto.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace sluice {
namespace {

const EVP_MD* implementation(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::md5: return EVP_md5();
    case HashAlgorithm::sha1: return EVP_sha1();
    case HashAlgorithm::sha256: return EVP_sha256();
    case HashAlgorithm::sha384: return EVP_sha384();
    case HashAlgorithm::sha512: return EVP_sha512();
  }
  return EVP_sha256();
}

}  // namespace

std::size_t digest_size(HashAlgorithm algorithm) {
  static constexpr std::size_t sizes[] = {16, 20, 32, 48, 64};
  return sizes[static_cast<std::size_t>(algorithm)];
}

std::string digest(HashAlgorithm algorithm, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (EVP_Digest(data.data(), data.size(), bytes.data(), &size, implementation(algorithm), nullptr) != 1) return {};
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

std::string hmac(HashAlgorithm algorithm, std::string_view key, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  const unsigned char* made =
      HMAC(implementation(algorithm), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(data.data()), data.size(), bytes.data(), &size);
  if (made == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

}  // namespace sluice
