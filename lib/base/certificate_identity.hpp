// SPDX-License-Identifier: Apache-2.0
// One <identity> of validate-client-certificate: what a caller's certificate must say, all of it.
#pragma once

#include "base/crypto_certificate.hpp"
#include "base/distinguished_name.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Empty texts: not asked for. Thumbprints and serial numbers are plain (`plain_thumbprint`).
struct CertificateIdentity {
  std::string thumbprint, serial_number, common_name, dns_name;
  std::optional<DistinguishedName> subject, issuer_subject;
  std::string issuer_thumbprint;
  std::string issuer_certificate_id;  ///< Of a certificate of the service.
};

/// What is asked of others to judge an issuer.
struct IssuerLookup {
  /// Certificates (DER) that may have issued the caller's.
  std::function<std::vector<std::string>()> candidates;
  /// The service's certificate of that id (DER); empty: there is none.
  std::function<std::string(std::string_view id)> by_id;
};

/// Names compare without case (RFC 5280 section 7.1); the issuer must have signed the certificate.
bool matches(const CertificateIdentity& identity, const CertificateInfo& certificate, const IssuerLookup& issuers);

}  // namespace sluice
