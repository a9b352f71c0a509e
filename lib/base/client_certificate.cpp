// SPDX-License-Identifier: Apache-2.0
#include "base/client_certificate.hpp"

#include "base/crypto_chain.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice {
namespace {

std::string certificate_of(const Deployment& deployment, std::string_view id) {
  for (const ServiceCertificate& one : deployment.certificates) {
    if (!equal_ignoring_case(one.id, id)) continue;
    const auto info = read_certificate(one.bytes, one.password);
    return info ? info->der : std::string();
  }
  return {};
}

/// Certificates that the host knows.
std::vector<std::string> possible_issuers(const Deployment& deployment, const std::vector<std::string>& chain) {
  std::vector<std::string> all = read_certificates(deployment.caller_authorities);
  if (chain.size() > 1) all.push_back(chain[1]);
  for (const ServiceCertificate& one : deployment.certificates) {
    if (const auto info = read_certificate(one.bytes, one.password)) all.push_back(info->der);
  }
  return all;
}

}  // namespace

std::optional<std::string> refuse_certificate(const CertificateRules& rules, const RequestContext& context,
                                              bool wants_chain, std::vector<std::string>& chain) {
  const std::string_view der = context.request.client_certificate;
  if (der.empty()) return "is not present";
  const auto certificate = read_certificate(der);
  if (!certificate) return "cannot be read";
  const auto since = context.services.clock.now().time_since_epoch();
  const std::int64_t now = std::chrono::duration_cast<std::chrono::seconds>(since).count();
  if (rules.not_before && now < certificate->not_before) return "is not valid yet";
  if (rules.not_after && now > certificate->not_after) return "has expired";
  const Deployment& deployment = context.deployment;
  if (rules.trust || wants_chain) {
    auto found = trusted_chain(der, deployment.caller_authorities, now);
    if (!found && rules.trust) return std::move(found.error());
    if (found) chain = std::move(*found);
  }
  const IssuerLookup issuers = {[&] { return possible_issuers(deployment, chain); },
                                [&](std::string_view id) { return certificate_of(deployment, id); }};
  const bool is_listed = rules.identities.empty() || std::any_of(rules.identities.begin(), rules.identities.end(),
                                                                 [&](const CertificateIdentity& identity) {
                                                                   return matches(identity, *certificate, issuers);
                                                                 });
  if (!is_listed) return "is not one of those allowed";
  return std::nullopt;
}

}  // namespace sluice
