// SPDX-License-Identifier: Apache-2.0
// What the frames of a WebSocket say of its end: how each side closed, counted beside the bytes that pass unchanged.
#pragma once

#include "base/websocket_frames.hpp"

#include <sluice/message.hpp>
#include <sluice/telemetry.hpp>

#include <string_view>

namespace sluice {

class WebSocketWatch {
 public:
  explicit WebSocketWatch(Arena&) {}

  /// Streams that pass on what they are given. The watch outlives them.
  Body watch_caller(Body bytes);
  Body watch_backend(Body bytes);

  /// Counts the end under `sluice_websocket_closed_total`, by API and by the code of each side; nothing for a
  /// handshake that was not agreed to.
  void report(Telemetry& telemetry, std::string_view api) const;

 private:
  WebSocketFrames from_caller_{WebSocketEnd::client};
  WebSocketFrames from_backend_{WebSocketEnd::server};
  bool was_agreed_ = false;
};

/// A close code as the value of a label: those that RFC 6455 gives a meaning as they are, `application` for 3000 to
/// 4999, `other`, and `none` where no Close frame was seen.
std::string_view close_label(std::optional<std::uint16_t> code);

}  // namespace sluice
