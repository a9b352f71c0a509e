// SPDX-License-Identifier: Apache-2.0
// Any bytes as the frames of a WebSocket: read whole, byte by byte and frame by frame they give the same count, the
// same boundaries and the same code. The first byte chooses the sender.
#include "base/websocket_frames.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace sluice;

namespace {

bool agree(const WebSocketFrames& left, const WebSocketFrames& right) {
  return left.frames() == right.frames() && left.at_boundary() == right.at_boundary() &&
         left.is_lost() == right.is_lost() && left.close_code() == right.close_code();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const WebSocketEnd sender = (data[0] & 1) != 0 ? WebSocketEnd::client : WebSocketEnd::server;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  WebSocketFrames whole(sender);
  whole.read(bytes);
  WebSocketFrames slow(sender);
  for (std::size_t i = 0; i < bytes.size(); ++i) slow.read(bytes.substr(i, 1));
  if (!agree(whole, slow)) std::abort();
  WebSocketFrames framed(sender);
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::uint64_t before = framed.frames();
    const std::size_t taken = framed.read_frame(rest);
    if (taken == 0 || taken > rest.size() || framed.frames() - before > 1) std::abort();
    rest.remove_prefix(taken);
    if (!rest.empty() && !framed.at_boundary() && !framed.is_lost() && !framed.is_closed()) std::abort();
  }
  if (!agree(whole, framed)) std::abort();
  return 0;
}
