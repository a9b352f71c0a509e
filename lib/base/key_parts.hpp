// SPDX-License-Identifier: Apache-2.0
// The keys that policy documents hold: <key> in issuer-signing-keys and decryption-keys. Inline for the reason that
// message_parts.hpp gives.
#pragma once

#include <sluice/policy.hpp>

#include "base/base64url.hpp"
#include "base/crypto_certificate.hpp"
#include "base/document_workspace.hpp"
#include "base/jwe.hpp"
#include "base/jws.hpp"
#include "base/message_parts.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::parts {

/// One <key>. Either it is ready, or it is made for each request: of an expression, or of a certificate of the gateway.
struct KeyPart {
  std::string id;
  std::optional<CryptoKey> ready;
  Template text;
  std::string certificate_id;
};

enum class KeyUse : std::uint8_t { verifies, decrypts };

inline KeyResult secret_of(std::string_view base64) {
  const auto bytes = decode_base64(base64);
  if (!bytes || bytes->empty()) return tl::unexpected<std::string>("is no text in base64");
  return secret_key(*bytes);
}

inline KeyResult rsa_key_of(std::string_view modulus, std::string_view exponent) {
  const auto n = decode_base64url(modulus), e = decode_base64url(exponent);
  if (!n || !e) return tl::unexpected<std::string>("has an 'n' or 'e' that is not in base64url");
  return rsa_public_key(*n, *e);
}

/// Why a key is too weak for whatever it could be used for; empty when it is not.
inline std::string weakness_of(const CryptoKey& key, KeyUse use) {
  const std::size_t least = use == KeyUse::verifies ? digest_size(HashAlgorithm::sha256) : std::size_t{16};
  if (key.kind() != KeyKind::secret || key.secret().size() >= least) return {};
  return "has " + std::to_string(key.bits()) + " bits, where at least " + std::to_string(least * 8) + " are wanted";
}

/// The key that the element itself holds, reporting one that can verify or open nothing. It is left out then: what it
/// was meant for is refused, and the document's other keys go on.
inline std::optional<CryptoKey> ready_key(const PolicyElement& element, KeyResult made, KeyUse use,
                                          CompileContext& context) {
  std::string fault = made ? weakness_of(*made, use) : made.error();
  if (fault.empty()) return std::move(*made);
  context.warning(element, "SL2106", "the <key> " + fault + "; no token is accepted because of it");
  return std::nullopt;
}

/// Reads one <key>; nothing when it can never be used, which has been reported.
inline std::optional<KeyPart> compile_key(const PolicyElement& element, KeyUse use, CompileContext& context) {
  KeyPart part{context.literal(element, "id"), {}, {}, {}};
  // What the deployment has for a workspace has the workspace in its id.
  if (element.has("certificate-id"))
    part.certificate_id = entity_key(DocumentWorkspace(context).id(), context.literal(element, "certificate-id"));
  const bool has_numbers = element.has("n") || element.has("e");
  const int forms = int{!element.text.text.empty()} + int{element.has("certificate-id")} + int{has_numbers};
  if (forms != 1 || element.has("n") != element.has("e")) {
    context.error(element, "SL2115",
                  "a <key> needs one of: a secret in base64 as its text, 'certificate-id', 'n' and 'e'");
    return std::nullopt;
  }
  if (element.has("certificate-id")) return part;
  if (has_numbers) {
    if (use == KeyUse::decrypts) {
      context.warning(element, "SL2115", "a public <key> opens no token", "name a certificate with its private key");
      return std::nullopt;
    }
    const std::string n = context.literal(element, "n"), e = context.literal(element, "e");
    if (has_placeholder(n) || has_placeholder(e)) return std::nullopt;  // the unknown name has been reported
    part.ready = ready_key(element, rsa_key_of(n, e), use, context);
    return part.ready ? std::optional(std::move(part)) : std::nullopt;
  }
  part.text = context.text(element);
  const auto constant = part.text.constant_text();
  if (!constant || has_placeholder(*constant)) return part;
  part.ready = ready_key(element, secret_of(*constant), use, context);
  return part.ready ? std::optional(std::move(part)) : std::nullopt;
}

inline std::vector<KeyPart> compile_keys(const PolicyElement& element, std::string_view list, KeyUse use,
                                         CompileContext& context) {
  std::vector<KeyPart> parts;
  const PolicyElement* keys = element.child(list);
  if (keys == nullptr) return parts;
  for (const PolicyElement& key : keys->children) {
    if (auto part = compile_key(key, use, context)) parts.push_back(std::move(*part));
  }
  return parts;
}

/// The public or the private key of one of the gateway's certificates.
inline KeyResult certificate_key(const Deployment& deployment, std::string_view id, KeyUse use) {
  const auto found = std::find_if(deployment.certificates.begin(), deployment.certificates.end(),
                                  [&](const ServiceCertificate& one) { return equal_ignoring_case(one.id, id); });
  if (found == deployment.certificates.end())
    return tl::unexpected("is that of the certificate '" + std::string(id) + "', which the gateway does not have");
  if (use == KeyUse::decrypts) {
    const auto pem = certificate_pem(found->bytes, found->password);
    return pem ? private_key_of_pem(pem->private_key) : KeyResult(tl::unexpected(pem.error()));
  }
  const auto info = read_certificate(found->bytes, found->password);
  return info ? public_key_of_der(info->public_key) : KeyResult(tl::unexpected(info.error()));
}

/// The key for one request. **Errors**: policy_value_invalid for one that cannot be used: the author hears of it, and
/// no token passes meanwhile.
inline Result<CryptoKey> key_of(const KeyPart& part, KeyUse use, RequestContext& context) {
  if (part.ready) return *part.ready;
  KeyResult made = tl::unexpected<std::string>("is missing");
  if (!part.certificate_id.empty()) {
    made = certificate_key(context.deployment, part.certificate_id, use);
  } else {
    const auto text = part.text.text(context);
    if (!text) return fail(text.error());
    made = secret_of(*text);
  }
  std::string fault = made ? weakness_of(*made, use) : made.error();
  if (!fault.empty()) return fail(ErrorCode::policy_value_invalid, "A <key> " + fault + ".");
  return std::move(*made);
}

inline Result<std::vector<VerificationKey>> verification_keys(const std::vector<KeyPart>& parts,
                                                              RequestContext& context) {
  std::vector<VerificationKey> keys;
  keys.reserve(parts.size());
  for (const KeyPart& part : parts) {
    auto key = key_of(part, KeyUse::verifies, context);
    if (!key) return fail(std::move(key.error()));
    keys.push_back({part.id, std::move(*key), std::nullopt});
  }
  return keys;
}

inline Result<std::vector<DecryptionKey>> decryption_keys(const std::vector<KeyPart>& parts, RequestContext& context) {
  std::vector<DecryptionKey> keys;
  keys.reserve(parts.size());
  for (const KeyPart& part : parts) {
    auto key = key_of(part, KeyUse::decrypts, context);
    if (!key) return fail(std::move(key.error()));
    keys.push_back({part.id, std::move(*key)});
  }
  return keys;
}

}  // namespace sluice::parts
