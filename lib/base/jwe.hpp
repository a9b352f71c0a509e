// SPDX-License-Identifier: Apache-2.0
// Encrypted tokens: five parts in compact form, whose content is a signed token. Source: RFC 7516; threats.md J3.
#pragma once

#include <sluice/error.hpp>

#include "base/crypto_key.hpp"
#include "base/jwt.hpp"

#include <span>
#include <string>
#include <string_view>

namespace sluice {

/// A key that opens tokens: a private RSA key, or a secret.
struct DecryptionKey {
  std::string id;  ///< `kid`; empty: it has none.
  CryptoKey key;
};

/// Whether a token has the five parts of an encrypted one.
bool is_encrypted_token(std::string_view text);

/// The content of an encrypted token, in the arena. Keys with the token's `kid` are tried first, then the others.
/// RSA-OAEP (SHA-1, SHA-256, SHA-384, SHA-512), A128KW, A192KW, A256KW and `dir` carry the key; A128CBC-HS256,
/// A192CBC-HS384, A256CBC-HS512, A128GCM, A192GCM and A256GCM the content. RSA1_5 is not among them: what its padding
/// tells has been used to read messages. **Errors**: jwt_invalid, the same text whatever did not fit.
Result<std::string_view> decrypt_token(std::string_view text, std::span<const DecryptionKey> keys, Arena& arena,
                                       std::size_t most_bytes);

}  // namespace sluice
