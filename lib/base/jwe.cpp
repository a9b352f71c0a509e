// SPDX-License-Identifier: Apache-2.0
#include "base/jwe.hpp"

#include "base/base64url.hpp"
#include "base/crypto_content.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

/// How the content is encrypted: the length of its key, and whether in GCM or in CBC with an HMAC.
struct ContentRow {
  std::string_view name;
  std::size_t key_bytes;
  bool is_gcm;
  HashAlgorithm hash;
};
constexpr ContentRow contents[] = {
    {"A128CBC-HS256", 32, false, HashAlgorithm::sha256}, {"A192CBC-HS384", 48, false, HashAlgorithm::sha384},
    {"A256CBC-HS512", 64, false, HashAlgorithm::sha512}, {"A128GCM", 16, true, HashAlgorithm::sha256},
    {"A192GCM", 24, true, HashAlgorithm::sha256},        {"A256GCM", 32, true, HashAlgorithm::sha256}};

/// How the content's key is carried. `key_bytes` 0: by RSA; otherwise the length of the secret that wraps it.
struct CarrierRow {
  std::string_view name;
  std::size_t key_bytes;
  HashAlgorithm hash;
};
constexpr CarrierRow carriers[] = {
    {"RSA-OAEP", 0, HashAlgorithm::sha1},       {"RSA-OAEP-256", 0, HashAlgorithm::sha256},
    {"RSA-OAEP-384", 0, HashAlgorithm::sha384}, {"RSA-OAEP-512", 0, HashAlgorithm::sha512},
    {"A128KW", 16, HashAlgorithm::sha256},      {"A192KW", 24, HashAlgorithm::sha256},
    {"A256KW", 32, HashAlgorithm::sha256}};
constexpr std::string_view direct = "dir";

template <class Rows>
auto find_row(const Rows& rows, std::string_view name) {
  const auto found = std::find_if(std::begin(rows), std::end(rows), [&](const auto& row) { return row.name == name; });
  return found == std::end(rows) ? nullptr : found;
}

std::string_view text_of(const JsonValue& header, std::string_view name) {
  const JsonValue* member = header.find(name);
  return member != nullptr && member->is_string() ? member->text : std::string_view();
}

struct Sealed {
  std::string_view carrier;
  const ContentRow* content;
  std::array<std::string, 4> parts;  ///< Key, IV, data, tag.
  std::string_view associated;
};

/// The content's key, or nothing when this key does not open it.
std::optional<std::string> content_key(const Sealed& sealed, const CryptoKey& key) {
  const std::string& carried = sealed.parts[0];
  if (sealed.carrier == direct) {
    if (key.kind() != KeyKind::secret || !carried.empty()) return std::nullopt;
    return std::string(key.secret());
  }
  const CarrierRow* row = find_row(carriers, sealed.carrier);
  if (row == nullptr) return std::nullopt;
  if (row->key_bytes == 0) return decrypt_oaep(key, row->hash, carried);
  if (key.secret().size() != row->key_bytes) return std::nullopt;
  return unwrap_key(key.secret(), carried);
}

std::optional<std::string> open(const Sealed& sealed, const CryptoKey& key) {
  const auto content = content_key(sealed, key);
  if (!content || content->size() != sealed.content->key_bytes) return std::nullopt;
  const SealedContent given{sealed.parts[1], sealed.parts[2], sealed.parts[3], sealed.associated};
  return sealed.content->is_gcm ? open_gcm(*content, given) : open_cbc_hmac(*content, sealed.content->hash, given);
}

}  // namespace

bool is_encrypted_token(std::string_view text) { return std::count(text.begin(), text.end(), '.') == 4; }

Result<std::string_view> decrypt_token(std::string_view text, std::span<const DecryptionKey> keys, Arena& arena,
                                       std::size_t most_bytes) {
  const auto refusal = fail(ErrorCode::jwt_invalid, "The token is not valid: it cannot be decrypted.");
  if (text.size() > most_bytes || !is_encrypted_token(text)) return refusal;
  const auto parts = split(text, '.');
  const auto head = decode_base64url(parts[0]);
  const JsonValue* header = head ? parse_jwt_json(*head, arena) : nullptr;
  if (header == nullptr || header->find("zip") != nullptr || header->find("crit") != nullptr) return refusal;
  Sealed sealed{text_of(*header, "alg"), find_row(contents, text_of(*header, "enc")), {}, parts[0]};
  if (sealed.content == nullptr) return refusal;
  for (std::size_t i = 0; i < sealed.parts.size(); ++i) {
    auto bytes = decode_base64url(parts[i + 1]);
    if (!bytes) return refusal;
    sealed.parts[i] = std::move(*bytes);
  }
  const std::string_view id = text_of(*header, "kid");
  for (const bool wants_named : {true, false}) {
    for (const DecryptionKey& key : keys) {
      if ((!id.empty() && key.id == id) != wants_named) continue;
      if (const auto opened = open(sealed, key.key)) return arena.copy(*opened);
    }
  }
  return refusal;
}

}  // namespace sluice
