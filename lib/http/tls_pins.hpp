// SPDX-License-Identifier: Apache-2.0
// Certificates of a backend that its entity names: by thumbprint, or by name and the thumbprint of the issuer. One of
// them must stand in the chain, and is trusted by being named; all else is verified as ever.
#pragma once

#include "http/tls_context.hpp"

#include <sluice/transport.hpp>

namespace sluice::http {

inline bool has_pins(const BackendTls& backend) { return !backend.thumbprints.empty() || !backend.names.empty(); }

/// Makes connections of `context` accept only what `backend` names. `backend` outlives the context's handshakes.
void demand_pins(SSL_CTX* context, const BackendTls& backend);

}  // namespace sluice::http
