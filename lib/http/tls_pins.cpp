// SPDX-License-Identifier: Apache-2.0
// What the backend shows and its entity names becomes the anchor of the verification (a partial chain ends there). What
// is named and not shown, as roots are not, must come from the store: then the chain is verified as ever, and has to
// hold what is named.
#include "http/tls_pins.hpp"

#include "base/crypto.hpp"
#include "base/hexadecimal.hpp"
#include "base/text.hpp"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <string>

namespace sluice::http {
namespace {

std::string thumbprint_of(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return {};
  const Digest hash = digest(HashAlgorithm::sha1, {reinterpret_cast<char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return to_hexadecimal(hash.view());
}

std::string common_name_of(X509* certificate) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  std::string name = size > 0 ? std::string(reinterpret_cast<char*>(text), static_cast<std::size_t>(size)) : "";
  OPENSSL_free(text);
  return name;
}

bool is_named(X509* certificate, const std::string& name) {
  if (equal_ignoring_case(common_name_of(certificate), name)) return true;
  constexpr unsigned flags = X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
  return X509_check_host(certificate, name.data(), name.size(), flags, nullptr) == 1;
}

/// Whether the backend's entity names `certificate`, which stands at that depth above `leaf`.
bool is_pinned(const BackendTls& pins, X509* leaf, X509* certificate, bool is_issuer_of_leaf) {
  const std::string thumbprint = thumbprint_of(certificate);
  if (std::find(pins.thumbprints.begin(), pins.thumbprints.end(), thumbprint) != pins.thumbprints.end()) return true;
  return is_issuer_of_leaf && std::any_of(pins.names.begin(), pins.names.end(), [&](const auto& pin) {
           return pin.second == thumbprint && is_named(leaf, pin.first);
         });
}

struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using Anchors = std::unique_ptr<STACK_OF(X509), FreeStack>;

/// Those of the certificates shown that are named.
Anchors anchors_of(const BackendTls& pins, X509_STORE_CTX* verification) {
  Anchors anchors(sk_X509_new_null());
  X509* const leaf = X509_STORE_CTX_get0_cert(verification);
  STACK_OF(X509)* const shown = X509_STORE_CTX_get0_untrusted(verification);
  if (is_pinned(pins, leaf, leaf, X509_check_issued(leaf, leaf) == X509_V_OK)) sk_X509_push(anchors.get(), leaf);
  for (int i = 0; i < sk_X509_num(shown); ++i) {
    X509* const one = sk_X509_value(shown, i);
    if (one != leaf && is_pinned(pins, leaf, one, X509_check_issued(one, leaf) == X509_V_OK))
      sk_X509_push(anchors.get(), one);
  }
  return anchors;
}

bool chain_is_pinned(const BackendTls& pins, X509_STORE_CTX* verification) {
  STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(verification);
  X509* const leaf = X509_STORE_CTX_get0_cert(verification);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    if (is_pinned(pins, leaf, sk_X509_value(chain, i), i == 1 || sk_X509_num(chain) == 1)) return true;
  }
  return false;
}

int verify(X509_STORE_CTX* verification, void* backend) {
  const auto& pins = *static_cast<const BackendTls*>(backend);
  const Anchors anchors = anchors_of(pins, verification);
  if (sk_X509_num(anchors.get()) != 0) {
    X509_STORE_CTX_set0_trusted_stack(verification, anchors.get());
    X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(verification), X509_V_FLAG_PARTIAL_CHAIN);
    return X509_verify_cert(verification);
  }
  const int verified = X509_verify_cert(verification);
  if (verified != 1 || chain_is_pinned(pins, verification)) return verified;
  X509_STORE_CTX_set_error(verification, X509_V_ERR_CERT_UNTRUSTED);
  return 0;
}

}  // namespace

void demand_pins(SSL_CTX* context, const BackendTls& backend) {
  SSL_CTX_set_cert_verify_callback(context, verify, const_cast<BackendTls*>(&backend));
}

}  // namespace sluice::http
