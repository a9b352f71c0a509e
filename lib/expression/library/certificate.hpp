// SPDX-License-Identifier: Apache-2.0
// Makes X509Certificate2 objects of certificates that the host knows.
#pragma once

#include "expression/objects.hpp"

#include "base/crypto_certificate.hpp"

namespace sluice::expression {

/// Null when a budget is used up.
Value make_certificate(Evaluation& run, CertificateInfo info);

}  // namespace sluice::expression
