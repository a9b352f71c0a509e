// SPDX-License-Identifier: Apache-2.0
#include "gateway/backend_tls.hpp"

#include "base/entity_lookup.hpp"
#include "base/text.hpp"
#include "base/thumbprint.hpp"
#include "model/place.hpp"

#include <algorithm>

namespace sluice {
namespace {

void warn(const Backend& backend, const std::string& what, std::string hint, Diagnostics& diagnostics) {
  diagnostics.add(model::model_finding(Severity::warning, "SL5005", backend.file, "backend " + backend.id,
                                       {"credentials"}, {}, "the backend '" + entity_key(backend) + "' " + what,
                                       std::move(hint)));
}

/// The first of the entity's certificates that there is; null for none.
const BackendTls* shown(const Backend& backend, const BackendTlsSources& sources, Diagnostics& diagnostics) {
  for (const std::string& name : backend.credentials.certificates) {
    const HeldCertificate* found = sources.certificates.find(backend.workspace_id, name, sources.entities);
    if (found == nullptr) continue;
    if (found->identity == nullptr)
      warn(backend, "is to be shown the certificate '" + name + "', which " + found->problem, {}, diagnostics);
    return found->identity.get();
  }
  if (!backend.credentials.certificates.empty()) {
    warn(backend,
         "is to be shown the certificate '" + backend.credentials.certificates.front() +
             "', which the host does not have: calls go without one",
         "name it, with its files, in 'certificates' of the settings", diagnostics);
  }
  return nullptr;
}

std::optional<BackendTls> tls_of(const Backend& backend, const BackendTlsSources& sources, Diagnostics& diagnostics) {
  BackendTls tls;
  if (const BackendTls* identity = shown(backend, sources, diagnostics)) tls = *identity;
  const auto authorities = std::find_if(sources.authorities.begin(), sources.authorities.end(), [&](const auto& one) {
    return equal_ignoring_case(one.first, entity_key(backend));
  });
  if (authorities != sources.authorities.end()) tls.authorities = authorities->second;
  for (const std::string& thumbprint : backend.certificate_thumbprints)
    tls.thumbprints.push_back(plain_thumbprint(thumbprint));
  for (const auto& [name, issuer] : backend.certificate_names) tls.names.emplace_back(name, plain_thumbprint(issuer));
  if (tls == BackendTls()) return std::nullopt;
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
