// SPDX-License-Identifier: Apache-2.0
// Cryptography by OpenSSL, which no file of the core but crypto* and random includes.
#include "base/crypto_digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstring>

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
  if (left.size() != right.size()) return false;
  std::uint64_t difference = 0;
  // The compiler, which cannot know `difference`, may not leave early.
  const auto compare = [&](std::size_t at, std::size_t bytes) {
    std::uint64_t a = 0, b = 0;
    std::memcpy(&a, left.data() + at, bytes);
    std::memcpy(&b, right.data() + at, bytes);
    difference |= a ^ b;
    asm volatile("" : "+r"(difference));
  };
  std::size_t at = 0;
  for (; at + sizeof(difference) <= left.size(); at += sizeof(difference)) compare(at, sizeof(difference));
  for (; at < left.size(); ++at) compare(at, 1);
  return difference == 0;
}

}  // namespace sluice
