// SPDX-License-Identifier: Apache-2.0
#include "base/certificate_identity.hpp"

#include "base/crypto_chain.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// Leading zeros of a number say nothing.
std::string_view significant(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

bool has_dns_name(const CertificateInfo& certificate, std::string_view name) {
  return std::any_of(certificate.dns_names.begin(), certificate.dns_names.end(),
                     [&](const std::string& one) { return equal_ignoring_case(one, name); });
}

bool has_issuer(const CertificateInfo& certificate, const std::string& thumbprint, const IssuerLookup& issuers) {
  const auto fits = [&](const std::string& der) {
    const auto info = read_certificate(der);
    return info && info->thumbprint == thumbprint && is_issued_by(certificate.der, der);
  };
  if (fits(certificate.der)) return true;  // signed by itself
  const std::vector<std::string> candidates = issuers.candidates();
  return std::any_of(candidates.begin(), candidates.end(), fits);
}

}  // namespace

bool matches(const CertificateIdentity& identity, const CertificateInfo& certificate, const IssuerLookup& issuers) {
  if (!identity.thumbprint.empty() && identity.thumbprint != certificate.thumbprint) return false;
  if (!identity.serial_number.empty() && significant(identity.serial_number) != significant(certificate.serial_number))
    return false;
  if (!identity.common_name.empty() && !equal_ignoring_case(identity.common_name, certificate.simple_name))
    return false;
  if (!identity.dns_name.empty() && !has_dns_name(certificate, identity.dns_name)) return false;
  if (identity.subject && identity.subject != parse_distinguished_name(certificate.subject)) return false;
  if (identity.issuer_subject && identity.issuer_subject != parse_distinguished_name(certificate.issuer)) return false;
  if (!identity.issuer_thumbprint.empty() && !has_issuer(certificate, identity.issuer_thumbprint, issuers))
    return false;
  if (identity.issuer_certificate_id.empty()) return true;
  const std::string issuer = issuers.by_id(identity.issuer_certificate_id);
  return !issuer.empty() && is_issued_by(certificate.der, issuer);
}

}  // namespace sluice
