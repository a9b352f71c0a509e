// SPDX-License-Identifier: Apache-2.0
// Symmetric ciphers: block ciphers in CBC mode with PKCS #7 padding.
#pragma once

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

enum class Cipher { aes, triple_des };

/// The cipher of a .NET name (`Aes`, `Rijndael`, `TripleDES`), whatever its case.
std::optional<Cipher> find_cipher(std::string_view name);
bool is_key_size(Cipher cipher, std::size_t bytes);
std::size_t block_size(Cipher cipher);

/// **Errors**: what is wrong, as a sentence: sizes of key or IV; for decryption, data or padding.
tl::expected<std::string, std::string> encrypt(Cipher cipher, std::string_view key, std::string_view iv,
                                               std::string_view data);
tl::expected<std::string, std::string> decrypt(Cipher cipher, std::string_view key, std::string_view iv,
                                               std::string_view data);

}  // namespace sluice
