// SPDX-License-Identifier: Apache-2.0
// Reads a streamed body into memory when it is small enough, and otherwise puts it together again, so that looking at
// a body never makes a message fail.
#pragma once

#include <sluice/message.hpp>

namespace sluice {

/// Makes a streamed body of at most `limit_bytes` bytes in `arena`. A longer one, or one whose stream fails, stays a
/// stream that gives the same pieces, the same trailers and the same error again. True when the body is in memory now;
/// trailers have gone then.
Task<bool> gather_body(Body& body, Arena& arena, std::size_t limit_bytes);

}  // namespace sluice
