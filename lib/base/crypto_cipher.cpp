// SPDX-License-Identifier: Apache-2.0
#include "base/crypto_cipher.hpp"

#include "base/text.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>

namespace sluice {
namespace {

using Failure = tl::unexpected<std::string>;

const EVP_CIPHER* implementation(Cipher cipher, std::size_t key_bytes) {
  if (cipher == Cipher::triple_des) return EVP_des_ede3_cbc();
  return key_bytes == 16 ? EVP_aes_128_cbc() : key_bytes == 24 ? EVP_aes_192_cbc() : EVP_aes_256_cbc();
}

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

tl::expected<std::string, std::string> run(Cipher cipher, std::string_view key, std::string_view iv,
                                           std::string_view data, bool encrypting) {
  if (!is_key_size(cipher, key.size())) return Failure("Specified key is not a valid size for this algorithm.");
  if (iv.size() != block_size(cipher))
    return Failure("Specified initialization vector (IV) does not match the block size for this algorithm.");
  // Two keys of Triple DES stand for three, the first being the third as well.
  std::string whole_key(key);
  if (cipher == Cipher::triple_des && key.size() == 16) whole_key += key.substr(0, 8);
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                &EVP_CIPHER_CTX_free);
  std::string made(data.size() + block_size(cipher), '\0');
  auto* out = reinterpret_cast<unsigned char*>(made.data());
  int first = 0, last = 0;
  const bool ok = EVP_CipherInit_ex(context.get(), implementation(cipher, key.size()), nullptr, bytes(whole_key),
                                    bytes(iv), encrypting ? 1 : 0) == 1 &&
                  EVP_CipherUpdate(context.get(), out, &first, bytes(data), static_cast<int>(data.size())) == 1 &&
                  EVP_CipherFinal_ex(context.get(), out + first, &last) == 1;
  if (!ok) return Failure(encrypting ? "The data cannot be encrypted." : "Padding is invalid and cannot be removed.");
  made.resize(static_cast<std::size_t>(first + last));
  return made;
}

}  // namespace

std::optional<Cipher> find_cipher(std::string_view name) {
  const std::string lower = to_lower(name.substr(name.rfind('.') + 1));
  for (const std::string_view aes : {"aes", "aesmanaged", "aescryptoserviceprovider", "rijndael", "rijndaelmanaged"}) {
    if (lower == aes) return Cipher::aes;
  }
  for (const std::string_view triple : {"tripledes", "3des", "triple des", "tripledescryptoserviceprovider"}) {
    if (lower == triple) return Cipher::triple_des;
  }
  return std::nullopt;
}

bool is_key_size(Cipher cipher, std::size_t size) {
  return size == 16 || size == 24 || (cipher == Cipher::aes && size == 32);
}

std::size_t block_size(Cipher cipher) { return cipher == Cipher::aes ? 16 : 8; }

tl::expected<std::string, std::string> encrypt(Cipher cipher, std::string_view key, std::string_view iv,
                                               std::string_view data) {
  return run(cipher, key, iv, data, true);
}
tl::expected<std::string, std::string> decrypt(Cipher cipher, std::string_view key, std::string_view iv,
                                               std::string_view data) {
  return run(cipher, key, iv, data, false);
}

}  // namespace sluice
