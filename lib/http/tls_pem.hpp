// SPDX-License-Identifier: Apache-2.0
// Certificates and keys in PEM texts, and the files that hold them. What is wrong is told with the file's name, never
// with its content.
#pragma once

#include "http/tls_context.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

using CertificateChain = std::vector<TlsOwned<X509>>;

/// All certificates of a text, at most some thousands; empty when one of them is malformed, or there is none.
CertificateChain read_pem_certificates(std::string_view text);
/// A private key without a passphrase; null when the text holds none.
TlsOwned<EVP_PKEY> read_pem_key(std::string_view text);
/// Makes the context show the first of `chain` with its key, and the rest as those it is issued by. False when they do
/// not belong together or are weaker than the context allows.
bool use_identity(SSL_CTX* context, const CertificateChain& chain, EVP_PKEY* key);

/// **Errors**: internal, naming the file.
Result<std::string> read_pem_file(const std::string& file);
Result<CertificateChain> read_certificate_file(const std::string& file);
Result<TlsOwned<EVP_PKEY>> read_key_file(const std::string& file);

}  // namespace sluice::http
