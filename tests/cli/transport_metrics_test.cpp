// SPDX-License-Identifier: Apache-2.0
#include "cli/transport_metrics.hpp"

#include <sluice/testing/virtual_clock.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <sstream>
#include <string>
#include <vector>

using namespace sluice;
using namespace sluice::cli;

namespace {

/// A struct of numbers each of which has a value of its own, counted on from `next`.
template <class Statistics>
Statistics filled(std::uint64_t& next) {
  std::array<std::uint64_t, sizeof(Statistics) / sizeof(std::uint64_t)> numbers;
  for (std::uint64_t& number : numbers) number = next++;
  return std::bit_cast<Statistics>(numbers);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool has(const std::string& text, const std::string& line) {
  const auto lines = lines_of(text);
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

http::OriginStatistics origin(std::string name, std::uint64_t requests) {
  http::OriginStatistics made;
  made.origin = std::move(name);
  made.requests = requests;
  made.open_connections = 2;
  made.head_times[1] = 3;
  made.head_times.back() = 1;
  made.head_times_us = 2'500'000;
  return made;
}

}  // namespace

TEST_CASE("every number that server and client count is told", "[cli][metrics]") {
  testing::VirtualClock clock;
  std::uint64_t next = 1000;
  auto server = filled<http::ServerStatistics>(next);
  const auto client = filled<http::ClientStatistics>(next);
  server.shedding_for = std::chrono::milliseconds(1500);
  const std::string text = transport_metrics(clock, server, client, {});
  std::uint64_t found = 0;
  for (std::uint64_t number = 1000; number < next; ++number) {
    const std::string end = " " + std::to_string(number);
    for (const std::string& line : lines_of(text)) found += line.ends_with(end) ? 1 : 0;
  }
  CHECK(found == next - 1000 - 1);  // `shedding_for` is a time
  CHECK(has(text, "sluice_server_shedding_seconds 1.5"));
  CHECK(has(text, "sluice_server_http2_abuse_ended_total " + std::to_string(server.http2_abuse_ended)));
  CHECK(has(text, "sluice_server_http2_streams_refused_total " + std::to_string(server.http2_streams_refused)));
  CHECK(has(text, "sluice_server_shed_total{cause=\"delay\"} " + std::to_string(server.shed_delay)));
}

TEST_CASE("origins are told with the times of their answers", "[cli][metrics]") {
  testing::VirtualClock clock;
  const std::string text = transport_metrics(clock, {}, {}, {origin("https://a:443", 7)});
  CHECK(has(text, "sluice_origin_requests_total{origin=\"https://a:443\"} 7"));
  CHECK(has(text, "sluice_origin_open_connections{origin=\"https://a:443\"} 2"));
  CHECK(has(text, "sluice_origin_head_seconds_bucket{origin=\"https://a:443\",le=\"0.001\"} 0"));
  CHECK(has(text, "sluice_origin_head_seconds_bucket{origin=\"https://a:443\",le=\"0.0025\"} 3"));
  CHECK(has(text, "sluice_origin_head_seconds_bucket{origin=\"https://a:443\",le=\"+Inf\"} 4"));
  CHECK(has(text, "sluice_origin_head_seconds_count{origin=\"https://a:443\"} 4"));
  CHECK(has(text, "sluice_origin_head_seconds_sum{origin=\"https://a:443\"} 2.5"));
}

TEST_CASE("origins beyond the bound with the fewest requests are told together", "[cli][metrics][limits]") {
  testing::VirtualClock clock;
  std::vector<http::OriginStatistics> origins;
  for (std::uint64_t i = 0; i < 203; ++i) origins.push_back(origin("http://h" + std::to_string(i) + ":80", 100 + i));
  const std::string text = transport_metrics(clock, {}, {}, origins);
  const auto lines = lines_of(text);
  CHECK(std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
          return line.starts_with("sluice_origin_requests_total{");
        }) == 201);
  CHECK(has(text, "sluice_origin_requests_total{origin=\"http://h3:80\"} 103"));
  CHECK_FALSE(has(text, "sluice_origin_requests_total{origin=\"http://h2:80\"} 102"));
  CHECK(has(text, "sluice_origin_requests_total{origin=\"other\"} 303"));
  CHECK(has(text, "sluice_origin_open_connections{origin=\"other\"} 6"));
  CHECK(has(text, "sluice_origin_head_seconds_count{origin=\"other\"} 12"));
  CHECK(has(text, "sluice_origin_head_seconds_sum{origin=\"other\"} 7.5"));
}
