// SPDX-License-Identifier: Apache-2.0
// Host names to addresses that may be connected to (S2).
#pragma once

#include "http/worker.hpp"

#include <sluice/error.hpp>
#include <sluice/task.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

constexpr std::size_t most_addresses = 16;  // of one host

/// `localhost` and the names below it are the loopback interface's, and no resolver is asked.
/// Source: RFC 6761 section 6.3.
bool is_loopback_name(std::string_view host);

/// The addresses of `host` in the order to try them, at most `most_addresses`. On the worker.
/// **Errors**: backend_connection_failure: unknown, not in time, or none that is allowed; cancelled.
Task<Result<std::vector<Endpoint>>> resolve(Worker& worker, std::string host, std::uint16_t port, SteadyTime limit,
                                            Cancellation& cancellation);

}  // namespace sluice::http
