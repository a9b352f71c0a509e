// SPDX-License-Identifier: Apache-2.0
#include "http/connection_body.hpp"

#include "http/worker_client.hpp"

namespace sluice::http {

void ConnectionBody::leave(ConnectionRef connection, LetGo let_go, bool has_ended) {
  if (connection == nullptr) return;
  if (!has_ended) {
    connection->client().cells.cancelled.add();
    connection->pool().cells.cancelled.add();
  }
  (*connection.*let_go)();
}

/// What belongs to the worker goes back on its thread.
void ConnectionBody::hand_back() {
  if (worker_.is_current()) return leave(std::exchange(connection_, nullptr), let_go_, has_ended_);
  worker_.post([connection = connection_.detach(), block = std::move(block_), let_go = let_go_,
                has_ended = has_ended_]() mutable {
    block.release();
    leave(ConnectionRef(connection, false), let_go, has_ended);
  });
}

void ConnectionBody::give_up() {
  if (!error_) error_ = Error(ErrorCode::cancelled);
  leave(std::exchange(connection_, nullptr), let_go_, has_ended_);
}

void ConnectionBody::cancel() {
  if (worker_.is_current()) return give_up();
  if (!error_) error_ = Error(ErrorCode::cancelled);
  worker_.post([connection = connection_.detach(), let_go = let_go_, has_ended = has_ended_] {
    leave(ConnectionRef(connection, false), let_go, has_ended);
  });
}

BodyChunk ConnectionBody::end(Error error) {
  const ConnectionRef connection = std::exchange(connection_, nullptr);
  error_ = error;
  block_.release();
  if (connection != nullptr) {
    connection->pool().cells.ended(error.code());
    (*connection.*let_go_)();
  }
  return fail(std::move(error));
}

}  // namespace sluice::http
