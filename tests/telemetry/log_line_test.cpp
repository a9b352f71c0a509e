// SPDX-License-Identifier: Apache-2.0
#include <sluice/telemetry/prometheus.hpp>

#include "base/json.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::telemetry;

namespace {

constexpr WallTime noon{std::chrono::seconds(1'767'268'800)};

std::string line_of(std::string_view name, std::string_view value) {
  const Label fields[] = {{name, value}};
  return log_line(noon, LogLevel::info, "message", fields);
}

}  // namespace

TEST_CASE("a record is one JSON object with time, level and message first", "[telemetry][log]") {
  const std::string line = line_of("api", "orders");
  CHECK(line.find("{\"time\":\"2026-01-01T12:00:00") == 0);
  CHECK(line.find("\"level\":\"info\",\"message\":\"message\",\"api\":\"orders\"}") != std::string::npos);
}

TEST_CASE("fields that carry secrets are never shown (K3)", "[telemetry][log]") {
  const auto name =
      GENERATE("Authorization", "Proxy-Authorization", "cookie", "Set-Cookie", "Ocp-Apim-Subscription-Key",
               "subscription-key", "api-key", "x-api-key", "apikey", "password", "client_secret", "access_token");
  const std::string line = line_of(name, "s3cr3t");
  INFO(line);
  CHECK(line.find("s3cr3t") == std::string::npos);
  CHECK(line.find("***") != std::string::npos);
}

TEST_CASE("bytes of clients are escaped: no raw control byte, one line (K3)", "[telemetry][log]") {
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
  const std::string line = line_of("path", bytes);
  for (unsigned char c : line) CHECK(c >= 0x20);
  Arena arena;
  const auto parsed = parse_json(line, arena);
  REQUIRE(parsed);
  CHECK((*parsed)->find("path") != nullptr);
}

TEST_CASE("a line has 8 KiB at most, whatever it is made of (K3)", "[telemetry][log]") {
  const std::string piece = GENERATE(as<std::string>{}, "a", "\x01", "\xff", "\"", "\xc3\xa9");
  std::string value;
  while (value.size() < 20'000) value += piece;
  const Label fields[] = {{"a", value}, {"b", value}, {"c", value}, {"d", value}, {"e", value}};
  const std::string line = log_line(noon, LogLevel::error, value, fields);
  INFO(piece << line.size() << line.substr(0, 200));
  CHECK(line.size() <= 8 * 1024);
  Arena arena;
  const auto parsed = parse_json(line, arena);
  REQUIRE(parsed);
  CHECK((*parsed)->find("truncated") != nullptr);
}

TEST_CASE("a line whose names are long has 8 KiB at most too (K3)", "[telemetry][log]") {
  const std::string name(30'000, 'n');
  CHECK(line_of(name, "x").size() <= 8 * 1024);
}
