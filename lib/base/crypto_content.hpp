// SPDX-License-Identifier: Apache-2.0
// What encrypted tokens are made with: keys wrapped in keys, contents encrypted and authenticated.
// Source: RFC 7518 sections 4 and 5, RFC 3394.
#pragma once

#include "base/crypto_key.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// RSA with OAEP; `hash` is that of the mask too. Nothing when it does not fit the private key.
std::optional<std::string> decrypt_oaep(const CryptoKey& key, HashAlgorithm hash, std::string_view data);
/// AES Key Wrap with a key of 16, 24 or 32 bytes. Nothing when the check value is not right.
std::optional<std::string> unwrap_key(std::string_view key, std::string_view wrapped);

/// A content and what came with it.
struct SealedContent {
  std::string_view iv;
  std::string_view data;
  std::string_view tag;
  std::string_view associated;
};
/// AES in GCM, IV of 12 and tag of 16 bytes. Nothing when it is not authentic.
std::optional<std::string> open_gcm(std::string_view key, const SealedContent& content);
/// AES in CBC with HMAC: the first half of `key` authenticates, the second decrypts. The tag is looked at first.
std::optional<std::string> open_cbc_hmac(std::string_view key, HashAlgorithm hash, const SealedContent& content);

}  // namespace sluice
