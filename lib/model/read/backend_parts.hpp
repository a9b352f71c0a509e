// SPDX-License-Identifier: Apache-2.0
// What a backend has beside its address: credentials, TLS, a proxy, a cluster.
#pragma once

#include "model/object_reader.hpp"

#include <sluice/model.hpp>

namespace sluice::model {

/// Reads the field `credentials` of a backend. What stands there is never shown.
void read_credentials(ObjectReader& fields, BackendCredentials& credentials);
/// Reads the field `tls`.
void read_tls(ObjectReader& fields, Backend& backend);
/// Reads the field `proxy`.
void read_proxy(ObjectReader& fields, Backend& backend);
/// Reads the field `properties`, where a cluster of Service Fabric stands.
void read_properties_of(ObjectReader& fields, Backend& backend);

}  // namespace sluice::model
