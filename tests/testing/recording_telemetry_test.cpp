// SPDX-License-Identifier: Apache-2.0
#include <sluice/testing/recording_telemetry.hpp>

#include <catch2/catch.hpp>

using namespace sluice;
using sluice::testing::RecordingTelemetry;

TEST_CASE("counters add up per set of labels, whatever the order of the labels", "[testing][telemetry]") {
  RecordingTelemetry telemetry;
  const Label one[] = {{"b", "2"}, {"a", "1"}};
  const Label two[] = {{"a", "1"}, {"b", "2"}};
  const Label other[] = {{"a", "x"}};
  telemetry.count("tokens", 3, one);
  telemetry.count("tokens", 4, two);
  telemetry.count("tokens", 10, other);
  telemetry.count("tokens_more", 100, {});
  CHECK(telemetry.counter("tokens{a=\"1\",b=\"2\"}") == 7);
  CHECK(telemetry.counter("tokens") == 17);
  CHECK(telemetry.counter("tokens_more") == 100);
  CHECK(telemetry.counter("none") == std::nullopt);
  CHECK(telemetry.counters().size() == 3);
}

TEST_CASE("gauges keep the last value, logs and requests own their text", "[testing][telemetry]") {
  RecordingTelemetry telemetry;
  telemetry.gauge("open", 1, {});
  telemetry.gauge("open", 0, {});
  CHECK(telemetry.gauge_value("open") == 0);
  {
    std::string text = "gone soon";
    const Label fields[] = {{"k", text}};
    telemetry.log(LogLevel::warning, text, fields);
    RequestRecord record;
    record.api = text;
    record.status = 404;
    record.aborted = true;
    telemetry.request_finished(record);
  }
  REQUIRE(telemetry.logs().size() == 1);
  CHECK(telemetry.logs()[0].message == "gone soon");
  CHECK(telemetry.logs()[0].fields[0].second == "gone soon");
  REQUIRE(telemetry.requests().size() == 1);
  CHECK(telemetry.requests()[0].api == "gone soon");
  CHECK(telemetry.requests()[0].status == 404);
  CHECK(telemetry.requests()[0].aborted);
}
