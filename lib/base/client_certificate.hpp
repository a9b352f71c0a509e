// SPDX-License-Identifier: Apache-2.0
// What can be said of a caller's certificate without asking anybody (validate-client-certificate).
#pragma once

#include <sluice/context.hpp>

#include "base/certificate_identity.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sluice {

struct CertificateRules {
  bool trust = true, not_before = true, not_after = true;
  std::vector<CertificateIdentity> identities;  ///< One must fit; empty: all do.
};

/// Why the request's certificate may not come in, as the end of a sentence; nothing: it may. `chain` gets the
/// certificates (DER) from the caller's to a root that is trusted, where `rules` or the caller of this want it and
/// there is one.
std::optional<std::string> refuse_certificate(const CertificateRules& rules, const RequestContext& context,
                                              bool wants_chain, std::vector<std::string>& chain);

}  // namespace sluice
