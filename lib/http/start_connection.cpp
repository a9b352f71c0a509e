// SPDX-License-Identifier: Apache-2.0
#include "http/start_connection.hpp"

#include "http/server_session.hpp"

namespace sluice::http {

std::string_view offered_protocols(bool /*http2*/) { return "\x08http/1.1"; }

void start_connection(ServerShard& shard, WireRef wire, std::string peer, std::string_view /*protocol*/) {
  Session::start(shard, std::move(wire), std::move(peer));
}

}  // namespace sluice::http
