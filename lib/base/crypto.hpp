// SPDX-License-Identifier: Apache-2.0
// Hashes and message authentication codes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

enum class HashAlgorithm : std::uint8_t { md5, sha1, sha256, sha384, sha512 };

/// Bytes of a digest.
std::size_t digest_size(HashAlgorithm algorithm);
std::string digest(HashAlgorithm algorithm, std::string_view data);
std::string hmac(HashAlgorithm algorithm, std::string_view key, std::string_view data);

}  // namespace sluice
