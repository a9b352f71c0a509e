// SPDX-License-Identifier: Apache-2.0
// Sends an answer to the caller: head and first bytes in one write, streams piece by piece as they come.
#pragma once

#include "http/server_core.hpp"
#include "http/wire.hpp"

#include <sluice/message.hpp>

namespace sluice::http {

/// Where an answer goes and in which form.
struct AnswerTarget {
  Wire& wire;
  ServerShard& shard;
  RequestFraming request;
  bool close = false;          ///< The connection ends after this answer. Set when the answer's own framing demands it.
  bool ends_by_close = false;  ///< Set: closing is the only end of this body, so a broken one must be reset.
};

/// How sending ended.
enum class Sent : std::uint8_t {
  whole,
  caller_gone,  ///< The connection is lost.
  too_slow,     ///< T5.
  broken,       ///< The body failed; what has been sent must not look complete.
};

/// `target` and `response` stay until it ends.
Task<Sent> send_answer(AnswerTarget& target, Response& response);

}  // namespace sluice::http
