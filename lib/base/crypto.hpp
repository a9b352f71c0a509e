// SPDX-License-Identifier: Apache-2.0
// Hashes and message authentication codes, and the comparison of secrets.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sluice {

enum class HashAlgorithm : std::uint8_t { md5, sha1, sha256, sha384, sha512 };

/// The bytes of a digest; none when the algorithm is not available.
struct Digest {
  std::array<unsigned char, 64> bytes;
  unsigned size = 0;
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), size}; }
};

/// Bytes of a digest.
std::size_t digest_size(HashAlgorithm algorithm);
Digest digest(HashAlgorithm algorithm, std::string_view data);
Digest hmac(HashAlgorithm algorithm, std::string_view key, std::string_view data);

/// Whether two secrets are the same, in a time that tells nothing of where they differ (K2).
bool equal_in_constant_time(std::string_view left, std::string_view right);

}  // namespace sluice
