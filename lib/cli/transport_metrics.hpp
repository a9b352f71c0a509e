// SPDX-License-Identifier: Apache-2.0
// What the server and the client of a host have counted, as metrics for Prometheus.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/http/client.hpp>
#include <sluice/http/server.hpp>

#include <string>
#include <vector>

namespace sluice::cli {

std::string transport_metrics(Clock& clock, const http::ServerStatistics& server, const http::ClientStatistics& client,
                              const std::vector<http::OriginStatistics>& origins);

}  // namespace sluice::cli
