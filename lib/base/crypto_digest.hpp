// SPDX-License-Identifier: Apache-2.0
// OpenSSL's digests, for lib/base/crypto* alone.
#pragma once

#include "base/crypto.hpp"

#include <openssl/evp.h>

namespace sluice {

inline const EVP_MD* digest_of(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::md5: return EVP_md5();
    case HashAlgorithm::sha1: return EVP_sha1();
    case HashAlgorithm::sha256: return EVP_sha256();
    case HashAlgorithm::sha384: return EVP_sha384();
    case HashAlgorithm::sha512: return EVP_sha512();
  }
  return EVP_sha256();
}

}  // namespace sluice
