// SPDX-License-Identifier: Apache-2.0
#include "base/websocket_accept.hpp"

#include "base/base64.hpp"
#include "base/crypto.hpp"

namespace sluice {

std::string websocket_accept(std::string_view key) {
  constexpr std::string_view magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  return base64_encode(digest(HashAlgorithm::sha1, std::string(key).append(magic)).view());
}

}  // namespace sluice
