// SPDX-License-Identifier: Apache-2.0
// The handshake that makes a WebSocket of an HTTP/1.1 connection: what is hop-by-hop in it is judged and written here,
// the Sec-WebSocket fields travel from end to end. Pure. Source: RFC 6455 section 4; threats.md P4, U2.
#pragma once

#include <sluice/message.hpp>

#include <span>
#include <string>
#include <string_view>

namespace sluice::http {

/// The protocol that a connection may change to, as `Request::upgrade` names it.
inline constexpr std::string_view websocket_protocol = "websocket";

/// Whether Connection and Upgrade, as they stand in a head, agree on WebSocket and nothing else.
bool names_websocket(std::span<const Header> lines);

/// Whether the end-to-end fields of a request are those of a handshake: one key of 16 bytes, version 13.
bool has_handshake(const Headers& headers);

/// Makes a complete head one that changes the protocol: adds Connection and Upgrade before its empty line.
void add_upgrade_fields(std::string& head);

}  // namespace sluice::http
