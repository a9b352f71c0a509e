// SPDX-License-Identifier: Apache-2.0
#include "base/crypto_content.hpp"

#include "base/crypto_cipher.hpp"
#include "base/crypto_digest.hpp"
#include "base/crypto_handle.hpp"

#include <openssl/evp.h>
#include <openssl/rsa.h>

namespace sluice {

using namespace crypto;

namespace {

using CipherContext = Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

const EVP_CIPHER* by_key_size(std::size_t size, const EVP_CIPHER* small, const EVP_CIPHER* middle,
                              const EVP_CIPHER* large) {
  return size == 16 ? small : size == 24 ? middle : size == 32 ? large : nullptr;
}

/// The number as eight bytes, the highest first.
std::string eight_bytes(std::uint64_t number) {
  std::string made(8, '\0');
  for (int i = 7; i >= 0; --i, number >>= 8) made[static_cast<std::size_t>(i)] = static_cast<char>(number & 0xFF);
  return made;
}

}  // namespace

std::optional<std::string> decrypt_oaep(const CryptoKey& key, HashAlgorithm hash, std::string_view data) {
  const ErrorsStayHere guard;
  if (key.kind() != KeyKind::rsa || !key.is_private()) return std::nullopt;
  const Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new(key.handle(), nullptr));
  std::size_t size = 0;
  if (context == nullptr || EVP_PKEY_decrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), digest_of(hash)) != 1 ||
      EVP_PKEY_decrypt(context.get(), nullptr, &size, bytes(data), data.size()) != 1) {
    return std::nullopt;
  }
  std::string made(size, '\0');
  if (EVP_PKEY_decrypt(context.get(), bytes_of(made), &size, bytes(data), data.size()) != 1) return std::nullopt;
  made.resize(size);
  return made;
}

std::optional<std::string> unwrap_key(std::string_view key, std::string_view wrapped) {
  constexpr std::size_t block = 8, least = 24;
  const ErrorsStayHere guard;
  const EVP_CIPHER* cipher = by_key_size(key.size(), EVP_aes_128_wrap(), EVP_aes_192_wrap(), EVP_aes_256_wrap());
  if (cipher == nullptr || wrapped.size() % block != 0 || wrapped.size() < least) return std::nullopt;
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string made(wrapped.size(), '\0');
  int size = 0;
  if (context == nullptr || EVP_DecryptInit_ex(context.get(), cipher, nullptr, bytes(key), nullptr) != 1 ||
      EVP_DecryptUpdate(context.get(), bytes_of(made), &size, bytes(wrapped), static_cast<int>(wrapped.size())) != 1) {
    return std::nullopt;
  }
  made.resize(static_cast<std::size_t>(size));
  return made;
}

std::optional<std::string> open_gcm(std::string_view key, const SealedContent& content) {
  constexpr std::size_t iv_bytes = 12, tag_bytes = 16;
  const ErrorsStayHere guard;
  const EVP_CIPHER* cipher = by_key_size(key.size(), EVP_aes_128_gcm(), EVP_aes_192_gcm(), EVP_aes_256_gcm());
  if (cipher == nullptr || content.iv.size() != iv_bytes || content.tag.size() != tag_bytes) return std::nullopt;
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string made(content.data.size() + tag_bytes, '\0'), tag(content.tag);
  int size = 0, rest = 0;
  const auto length = [](std::string_view text) { return static_cast<int>(text.size()); };
  if (context == nullptr || EVP_DecryptInit_ex(context.get(), cipher, nullptr, bytes(key), bytes(content.iv)) != 1 ||
      EVP_DecryptUpdate(context.get(), nullptr, &size, bytes(content.associated), length(content.associated)) != 1 ||
      EVP_DecryptUpdate(context.get(), bytes_of(made), &size, bytes(content.data), length(content.data)) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()) != 1 ||
      EVP_DecryptFinal_ex(context.get(), bytes_of(made) + size, &rest) != 1) {
    return std::nullopt;
  }
  made.resize(static_cast<std::size_t>(size + rest));
  return made;
}

std::optional<std::string> open_cbc_hmac(std::string_view key, HashAlgorithm hash, const SealedContent& content) {
  const std::size_t half = digest_size(hash) / 2;
  if (key.size() != 2 * half || content.tag.size() != half) return std::nullopt;
  std::string authentic(content.associated);
  authentic.append(content.iv).append(content.data).append(eight_bytes(content.associated.size() * 8));
  const Digest code = hmac(hash, key.substr(0, half), authentic);
  if (!equal_in_constant_time(code.view().substr(0, half), content.tag)) return std::nullopt;
  auto opened = decrypt(Cipher::aes, key.substr(half), content.iv, content.data);
  if (!opened) return std::nullopt;
  return std::move(*opened);
}

}  // namespace sluice
