// SPDX-License-Identifier: Apache-2.0
#include "gateway/backend_tls.hpp"

#include "base/crypto_certificate.hpp"
#include "base/text.hpp"
#include "model/place.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// By id, or by thumbprint.
bool is_named(const ServiceCertificate& certificate, std::string_view name) {
  if (equal_ignoring_case(certificate.id, name)) return true;
  const auto info = read_certificate(certificate.bytes, certificate.password);
  return info && equal_ignoring_case(info->thumbprint, name);
}

void warn(const Backend& backend, const std::string& what, std::string hint, Diagnostics& diagnostics) {
  diagnostics.add(model::model_finding(Severity::warning, "SL5005", backend.file, "backend " + backend.id,
                                       {"credentials"}, {}, "the backend '" + backend.id + "' " + what,
                                       std::move(hint)));
}

/// The first of the entity's certificates that there is.
std::optional<CertificatePem> shown(const Backend& backend, const BackendTlsSources& sources,
                                    Diagnostics& diagnostics) {
  for (const std::string& name : backend.credentials.certificates) {
    const auto found = std::find_if(sources.certificates.begin(), sources.certificates.end(),
                                    [&](const ServiceCertificate& candidate) { return is_named(candidate, name); });
    if (found == sources.certificates.end()) continue;
    auto pem = certificate_pem(found->bytes, found->password);
    if (pem) return std::move(*pem);
    warn(backend, "is to be shown the certificate '" + name + "', which " + pem.error(), {}, diagnostics);
    return std::nullopt;
  }
  if (!backend.credentials.certificates.empty()) {
    warn(backend,
         "is to be shown the certificate '" + backend.credentials.certificates.front() +
             "', which the host does not have: calls go without one",
         "name it, with its files, in 'certificates' of the settings", diagnostics);
  }
  return std::nullopt;
}

std::optional<BackendTls> tls_of(const Backend& backend, const BackendTlsSources& sources, Diagnostics& diagnostics) {
  BackendTls tls;
  const auto authorities = std::find_if(sources.authorities.begin(), sources.authorities.end(),
                                        [&](const auto& one) { return equal_ignoring_case(one.first, backend.id); });
  if (authorities != sources.authorities.end()) tls.authorities = authorities->second;
  if (auto pem = shown(backend, sources, diagnostics)) {
    tls.certificate = std::move(pem->chain);
    tls.key = std::move(pem->private_key);
  }
  if (tls.authorities.empty() && tls.certificate.empty()) return std::nullopt;
  return tls;
}

}  // namespace

std::vector<std::optional<BackendTls>> tls_of(const std::vector<Backend>& backends, const BackendTlsSources& sources,
                                              Diagnostics& diagnostics) {
  std::vector<std::optional<BackendTls>> all;
  for (const Backend& backend : backends) all.push_back(tls_of(backend, sources, diagnostics));
  return all;
}

}  // namespace sluice
