// SPDX-License-Identifier: Apache-2.0
// What a backend, or its cluster's management, is shown and who vouches for it, put together from its entity and from
// what the host has.
#pragma once

#include <sluice/diagnostic.hpp>
#include <sluice/model.hpp>
#include <sluice/transport.hpp>

#include "gateway/backend_table.hpp"
#include "gateway/certificate_store.hpp"

#include <map>
#include <string>
#include <vector>

namespace sluice {

/// Where certificates and authorities come from.
struct BackendTlsSources {
  const CertificateStore& certificates;
  const std::vector<Certificate>& entities;
  const std::map<std::string, std::string>& authorities;  ///< By backend id.
};

/// For each backend; nothing where neither entity nor host says anything. Reports (as warnings) certificates that
/// cannot be shown: calls then go without.
std::vector<BackendTlsPair> tls_of(const std::vector<Backend>& backends, const BackendTlsSources& sources,
                                   Diagnostics& diagnostics);

}  // namespace sluice
