// SPDX-License-Identifier: Apache-2.0
// What an answer says to the key of a WebSocket's handshake.   Source: RFC 6455 section 4.2.2.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

/// The value of Sec-WebSocket-Accept.
std::string websocket_accept(std::string_view key);

}  // namespace sluice
