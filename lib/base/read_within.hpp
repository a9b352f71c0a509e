// SPDX-License-Identifier: Apache-2.0
// Answers of services that the gateway itself asks: short, and soon there.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/message.hpp>

#include <string>

namespace sluice {

/// Reads a whole body of at most `limit_bytes` bytes before `deadline`. **Errors**: response_body_too_large, timeout;
/// what the stream reports otherwise.
Task<Result<std::string>> read_within(Body& body, std::size_t limit_bytes, Clock& clock, SteadyTime deadline);

}  // namespace sluice
