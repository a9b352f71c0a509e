// SPDX-License-Identifier: Apache-2.0
// A caller's request to leave HTTP for WebSocket, and the connection once it has: raw bytes both ways, one block of
// memory for each, until both ends have ended.
//
//   handshake ──other answer──▶ HTTP goes on
//       └─101─▶ open ──silence, drain─▶ leaving (Close frames between two frames) ──▶ both halves closed
//                 ├─one end sends its end─▶ half closed: passed on, the other goes on ──▶ both halves closed
//                 └─one end is reset─▶ the other is reset
//
// The caller's bytes are the request's body (CallerBytes), which who answers reads; the answer's body is passed on
// here, within the session's coroutine.
#pragma once

#include "base/websocket_frames.hpp"
#include "http/answer_writer.hpp"
#include "http/server_session.hpp"

#include <sluice/message.hpp>

#include <coroutine>

namespace sluice::http {

class CallerBytes;

class UpgradedSession : DeadlineWheel::Entry, Wire::ResetWatch {
 public:
  explicit UpgradedSession(Session& session);
  ~UpgradedSession();

  /// The body of the request. Once.
  Body caller_bytes();
  /// Sends the answer. One of 101 changes the protocol, and sending ends when both ends have. With any other one HTTP
  /// goes on, unless the caller has not waited for it: what it sent is no request, so the connection ends.
  Task<Sent> answer(AnswerTarget& target, Response& response);
  /// Takes leave of both ends, between two frames of each. Nothing before the protocol has changed. `this` may be
  /// gone afterwards.
  void leave();
  /// The request ends: whoever still reads the caller's bytes is told.
  void end();

  // For CallerBytes.
  bool is_leaving() const { return is_leaving_; }
  const WebSocketFrames& from_caller() const { return from_caller_; }
  /// Counts what has come; which part of it goes on.
  std::string_view pass_from_caller(std::string_view bytes);
  /// Nothing more comes from the caller.
  void caller_ended();
  void caller_dropped();

 private:
  struct CallerEnd;

  Task<Sent> change_protocol(AnswerTarget& target, Response& response);
  void begin();
  Task<Sent> pass_on(std::string_view bytes);
  Task<Sent> send(std::string_view bytes);
  void say_goodbye();
  Task<void> close_first_half();
  void finish();

  void touch();
  void set_deadline();
  std::chrono::milliseconds allowed_silence() const;
  void on_deadline();
  void give_up();
  void wake_waiting();

  Session& session_;
  CallerBytes* caller_ = nullptr;  ///< Null: nobody reads what the caller sends any more.
  WebSocketFrames from_caller_{WebSocketEnd::client};
  WebSocketFrames to_caller_{WebSocketEnd::server};  ///< Up to what is being written.
  SteadyTime last_byte_;
  std::coroutine_handle<> waiting_;  ///< For the caller's end.
  bool has_changed_ = false;
  bool is_reading_backend_ = false;
  bool is_writing_ = false;
  bool is_leaving_ = false;
  bool is_silent_ = false;  ///< Leaving for that.
  bool has_said_goodbye_ = false;
  bool caller_has_ended_ = false;
  bool backend_has_ended_ = false;
};

}  // namespace sluice::http
