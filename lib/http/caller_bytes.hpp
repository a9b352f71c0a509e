// SPDX-License-Identifier: Apache-2.0
// What a caller sends after its handshake: raw bytes, read when asked for and never ahead (back-pressure). Ends with
// the caller's half of the connection, or with a Close frame of ours when the server takes leave.
#pragma once

#include "base/websocket_frames.hpp"
#include "http/upgraded_session.hpp"

#include <sluice/message.hpp>

#include <optional>
#include <string>

namespace sluice::http {

class CallerBytes final : public BodyStream {
 public:
  CallerBytes(Session& session, UpgradedSession& upgrade) : session_(session), upgrade_(upgrade) {}
  ~CallerBytes() override;

  Task<BodyChunk> read() override;
  void cancel() override;

  /// Somebody has asked for bytes: from then on the connection is read here alone.
  bool has_begun() const { return has_begun_; }
  /// A read that waits looks again: the server takes leave.
  void leave();

 private:
  Task<BodyChunk> wait_and_read();
  /// Reads what is there. Nothing: wait.
  std::optional<BodyChunk> take_now();
  BodyChunk take_leave();
  BodyChunk finish();

  Session& session_;
  UpgradedSession& upgrade_;
  Block block_;
  std::string early_;  // came before the first read
  std::optional<CloseFrame> goodbye_;
  std::optional<Error> error_;
  bool has_begun_ = false;
  bool is_over_ = false;
};

}  // namespace sluice::http
