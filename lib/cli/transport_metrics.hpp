// SPDX-License-Identifier: Apache-2.0
// What the server and the client of a host have counted, as metrics for Prometheus.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/http/client.hpp>
#include <sluice/http/server.hpp>

#include <string>

namespace sluice::cli {

std::string transport_metrics(Clock& clock, const http::ServerStatistics& server, const http::ClientStatistics& client);

}  // namespace sluice::cli
