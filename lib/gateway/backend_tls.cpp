// SPDX-License-Identifier: Apache-2.0
#include "gateway/backend_tls.hpp"

#include "base/entity_lookup.hpp"
#include "base/text.hpp"
#include "base/thumbprint.hpp"
#include "model/place.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace sluice {
namespace {

void warn(const Backend& backend, const std::string& what, std::string hint, Diagnostics& diagnostics) {
  diagnostics.add(model::model_finding(Severity::warning, "SL5005", backend.file, "backend " + backend.id,
                                       {"credentials"}, {}, "the backend '" + entity_key(backend) + "' " + what,
                                       std::move(hint)));
}

/// The first of these certificates that there is; null for none.
const BackendTls* shown(const Backend& backend, std::span<const std::string> certificates,
                        const BackendTlsSources& sources, Diagnostics& diagnostics) {
  for (const std::string& name : certificates) {
    const HeldCertificate* found = sources.certificates.find(backend.workspace_id, name, sources.entities);
    if (found == nullptr) continue;
    if (found->identity == nullptr)
      warn(backend, "is to be shown the certificate '" + name + "', which " + found->problem, {}, diagnostics);
    return found->identity.get();
  }
  if (!certificates.empty()) {
    warn(backend,
         "is to be shown the certificate '" + certificates.front() +
             "', which the host does not have: calls go without one",
         "name it, with its files, in 'certificates' of the settings", diagnostics);
  }
  return nullptr;
}

/// What one side says: the certificates to show, and the thumbprints and names of those that it may show itself.
struct TlsWish {
  std::span<const std::string> certificates;
  const std::vector<std::string>& thumbprints;
  const std::vector<std::pair<std::string, std::string>>& names;
};

std::optional<BackendTls> tls_of(const Backend& backend, const TlsWish& wish, const BackendTlsSources& sources,
                                 Diagnostics& diagnostics) {
  BackendTls tls;
  if (const BackendTls* identity = shown(backend, wish.certificates, sources, diagnostics)) tls = *identity;
  const auto authorities = std::find_if(sources.authorities.begin(), sources.authorities.end(), [&](const auto& one) {
    return equal_ignoring_case(one.first, entity_key(backend));
  });
  if (authorities != sources.authorities.end()) tls.authorities = authorities->second;
  for (const std::string& thumbprint : wish.thumbprints) tls.thumbprints.push_back(plain_thumbprint(thumbprint));
  for (const auto& [name, issuer] : wish.names) tls.names.emplace_back(name, plain_thumbprint(issuer));
  if (tls == BackendTls()) return std::nullopt;
  return tls;
}

BackendTlsPair pair_of(const Backend& backend, const BackendTlsSources& sources, Diagnostics& diagnostics) {
  BackendTlsPair pair;
  pair.own =
      tls_of(backend, {backend.credentials.certificates, backend.certificate_thumbprints, backend.certificate_names},
             sources, diagnostics);
  if (!backend.cluster) return pair;
  const ServiceFabricCluster& cluster = *backend.cluster;
  const std::size_t certificates = cluster.client_certificate.empty() ? 0 : 1;
  pair.cluster = tls_of(backend,
                        {std::span(&cluster.client_certificate, certificates), cluster.certificate_thumbprints,
                         cluster.certificate_names},
                        sources, diagnostics);
  return pair;
}

}  // namespace

std::vector<BackendTlsPair> tls_of(const std::vector<Backend>& backends, const BackendTlsSources& sources,
                                   Diagnostics& diagnostics) {
  std::vector<BackendTlsPair> all;
  for (const Backend& backend : backends) all.push_back(pair_of(backend, sources, diagnostics));
  return all;
}

}  // namespace sluice
