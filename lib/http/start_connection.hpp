// SPDX-License-Identifier: Apache-2.0
// From a connection that has been accepted, and has agreed on TLS where that is spoken, to the one that serves it.
#pragma once

#include "http/server_core.hpp"
#include "http/wire.hpp"

#include <string>
#include <string_view>

namespace sluice::http {

/// What a TLS listener offers by ALPN, the preferred first, each led by its length.
std::string_view offered_protocols(bool http2);

/// Takes over a connection that has been counted. `protocol` is what ALPN has chosen; empty: nothing.
void start_connection(ServerShard& shard, WireRef wire, std::string peer, std::string_view protocol);

}  // namespace sluice::http
