// SPDX-License-Identifier: Apache-2.0
// Addresses that no request is ever sent to (S2).
#pragma once

#include "http/trusted_proxies.hpp"

namespace sluice::http {

/// Link-local, instance metadata, unspecified, multicast and reserved addresses, also when mapped into IPv6.
bool is_refused_target(const AddressBytes& address);

}  // namespace sluice::http
