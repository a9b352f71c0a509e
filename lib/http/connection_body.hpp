// SPDX-License-Identifier: Apache-2.0
// A body that comes from a backend's connection, which it owns: how it takes hold of the connection and lets go of it,
// on whichever thread, and that its end counts once. What is read is left to those that derive.
#pragma once

#include "http/client_connection.hpp"

#include <sluice/message.hpp>

namespace sluice::http {

class ConnectionBody : public BodyStream {
 public:
  void cancel() final;

  // One a streamed answer: memory comes from the recycled coroutine frames.
  static void* operator new(std::size_t bytes) { return sluice::detail::allocate_frame(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept {
    sluice::detail::release_frame(memory, bytes);
  }

 protected:
  /// How it lets go of a connection whose exchange has not come to its end.
  using LetGo = void (ClientConnection::*)();

  /// `first`: bytes that came with the head, in `block`. `connection` is null when everything has come.
  ConnectionBody(Worker& worker, ConnectionRef connection, Block block, std::string_view first,
                 Cancellation& cancellation, LetGo let_go)
      : worker_(worker),
        connection_(std::move(connection)),
        first_(first),
        let_go_(let_go),
        on_cancel_(cancellation, Cancel{this}) {
    if (!first.empty()) block_ = std::move(block);
  }
  ~ConnectionBody() override {
    if (connection_ != nullptr || !worker_.is_current()) hand_back();
  }

  /// Lets go of the connection because of `error`, with which every read ends from now on.
  BodyChunk end(Error error);

  Worker& worker_;
  ConnectionRef connection_;
  Block block_;
  std::string_view first_;
  std::optional<Error> error_;
  bool has_ended_ = false;  ///< The backend has sent everything, which has been counted.

 private:
  struct Cancel {
    ConnectionBody* body;
    void operator()() const { body->give_up(); }
  };
  /// A pending read ends with `cancelled`.
  void give_up();
  void hand_back();
  /// On the worker. Null: there is nothing to let go of.
  static void leave(ConnectionRef connection, LetGo let_go, bool has_ended);

  const LetGo let_go_;
  Cancellation::Registration<Cancel> on_cancel_;
};

}  // namespace sluice::http
