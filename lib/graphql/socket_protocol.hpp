// SPDX-License-Identifier: Apache-2.0
// The protocol of GraphQL over WebSocket as a server speaks it: what messages of a client mean, given those that came
// before, and the messages to send. Pure.
//
//   connection_init ─▶ connection_ack ─▶ subscribe (id) ─▶ next … ─▶ complete or error ─▶ the id is free again
//
// Source: GraphQL over WebSocket Protocol, `graphql-transport-ws` (repository enisdenjo/graphql-ws, PROTOCOL.md).
#pragma once

#include "base/json.hpp"

#include <sluice/arena.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace sluice::graphql {

/// The name of the protocol in the handshake.
inline constexpr std::string_view socket_protocol_name = "graphql-transport-ws";

/// Codes to close with.
struct SocketCode {
  static constexpr std::uint16_t bad_request = 4400;
  static constexpr std::uint16_t unauthorized = 4401;
  static constexpr std::uint16_t init_timeout = 4408;
  static constexpr std::uint16_t already_subscribed = 4409;
  static constexpr std::uint16_t too_many_inits = 4429;
};

/// What a message asks for.
struct SocketAction {
  enum class Kind : std::uint8_t {
    nothing,
    send,       ///< `text` is the answer.
    subscribe,  ///< Carry out `query` under `id`.
    complete,   ///< Nobody wants to hear of `id` any more.
    close       ///< With `code`; `text` is the reason.
  };
  Kind kind = Kind::nothing;
  std::string text = {};
  std::uint16_t code = 0;
  // Of the arena:
  std::string_view id = {};
  std::string_view query = {};
  std::string_view operation_name = {};  ///< Empty: none.
  const JsonValue* variables = nullptr;  ///< An object; null: none.
};

class SocketProtocol {
 public:
  /// `most_operations`: under way at a time; more are answered with errors.
  explicit SocketProtocol(std::size_t most_operations) : most_operations_(most_operations) {}

  SocketAction receive(std::string_view message, Arena& arena, const JsonLimits& limits);
  /// An operation has come to its end: its id is free again.
  void end(std::string_view id);

  /// connection_init has come.
  bool has_begun() const { return has_begun_; }
  std::size_t operations() const { return ids_.size(); }

 private:
  SocketAction begin();
  SocketAction subscribe(const JsonValue& message);

  const std::size_t most_operations_;
  bool has_begun_ = false;
  std::set<std::string, std::less<>> ids_;
};

/// `answer`: a whole one, JSON.
std::string next_message(std::string_view id, std::string_view answer);
/// `errors`: a list of errors, JSON. It ends the operation.
std::string error_message(std::string_view id, std::string_view errors);
std::string complete_message(std::string_view id);

}  // namespace sluice::graphql
