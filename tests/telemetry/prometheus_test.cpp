// SPDX-License-Identifier: Apache-2.0
#include <sluice/telemetry/prometheus.hpp>

#include "base/text.hpp"
#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <thread>
#include <vector>

using namespace sluice;
using namespace sluice::telemetry;
using testing::StoppedClock;

namespace {

struct Fixture {
  testing::StoppedClock clock;
  std::vector<std::string> lines;
  PrometheusOptions options;
  Fixture() {
    options.log_sink = [this](std::string_view line) { lines.emplace_back(line); };
  }
};

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

void count_one(PrometheusTelemetry& telemetry, std::string_view name, std::string_view label, std::string_view value) {
  const Label labels[] = {{label, value}};
  telemetry.count(name, 1, labels);
}

}  // namespace

TEST_CASE("counters with the same labels add up", "[telemetry][unit]") {
  Fixture fixture;
  PrometheusTelemetry telemetry(fixture.clock);
  const Label labels[] = {{"api", "orders"}, {"region", "East US"}};
  telemetry.count("tokens_total", 3, labels);
  telemetry.count("tokens_total", 4.5, labels);
  const std::string text = telemetry.scrape();
  INFO(text);
  CHECK(has_line(text, "# TYPE tokens_total counter"));
  CHECK(has_line(text, "tokens_total{api=\"orders\",region=\"East US\"} 7.5"));
}

TEST_CASE("counters whose names and labels only look alike are apart, however often they move", "[telemetry][unit]") {
  Fixture fixture;
  PrometheusTelemetry telemetry(fixture.clock);
  const std::string long_value(600, 'x');
  const std::vector<std::vector<Label>> sets = {{},
                                                {{"a", "bc"}},
                                                {{"ab", "c"}},
                                                {{"a", "b"}, {"c", ""}},
                                                {{"a", ""}, {"b", "c"}},
                                                {{"a", "b"}},
                                                {{"a", "1/same middle/2"}},
                                                {{"a", "1/Same middle/2"}},
                                                {{"a", long_value}}};
  for (int round = 1; round <= 3; ++round) {
    for (const auto& labels : sets) telemetry.count("n_total", 1, labels);
    for (int i = 0; i < 200; ++i) count_one(telemetry, "many_total", "i", std::to_string(i));
  }
  const std::string text = telemetry.scrape();
  INFO(text);
  for (const std::string labels : {"", "{a=\"bc\"}", "{ab=\"c\"}", "{a=\"b\",c=\"\"}", "{a=\"\",b=\"c\"}", "{a=\"b\"}",
                                   "{a=\"1/same middle/2\"}", "{a=\"1/Same middle/2\"}"}) {
    CHECK(has_line(text, "n_total" + labels + " 3"));
  }
  CHECK(has_line(text, "n_total{a=\"" + long_value + "\"} 3"));
  for (const int i : {0, 7, 63, 64, 199}) CHECK(has_line(text, "many_total{i=\"" + std::to_string(i) + "\"} 3"));
}

TEST_CASE("a gauge shows what was set last", "[telemetry][unit]") {
  Fixture fixture;
  PrometheusTelemetry telemetry(fixture.clock);
  telemetry.gauge("queue_length", 9, {});
  telemetry.gauge("queue_length", 2, {});
  const std::string text = telemetry.scrape();
  CHECK(has_line(text, "# TYPE queue_length gauge"));
  CHECK(has_line(text, "queue_length 2"));
}

TEST_CASE("label values are escaped as the text format wants it", "[telemetry][unit]") {
  Fixture fixture;
  PrometheusTelemetry telemetry(fixture.clock);
  const auto [value, shown] = GENERATE(table<std::string, std::string>({{"a\"b", "a\\\"b"},
                                                                        {"a\\b", "a\\\\b"},
                                                                        {"a\nb", "a\\nb"},
                                                                        {"a\r\tb", "a??b"},
                                                                        {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
                                                                        {"}x 1\n# TYPE", "}x 1\\n# TYPE"}}));
  count_one(telemetry, "x_total", "model", value);
  const std::string text = telemetry.scrape();
  INFO(text);
  CHECK(has_line(text, "x_total{model=\"" + shown + "\"} 1"));
}

TEST_CASE("bytes that are no UTF-8 do not spoil the whole scrape", "[telemetry][unit]") {
  Fixture fixture;
  PrometheusTelemetry telemetry(fixture.clock);
  count_one(telemetry, "x_total", "model",
            "a\xff\xfe"
            "b\xc3");
  const std::string text = telemetry.scrape();
  INFO(text);
  CHECK(is_valid_utf8(text));
  CHECK(text.find("model=\"a") != std::string::npos);
}

TEST_CASE("names become what the format allows", "[telemetry][unit]") {
  CHECK(metric_name("genai-metrics") == "genai_metrics");
  CHECK(metric_name("Subscription ID") == "Subscription_ID");
  CHECK(metric_name("9lives") == "_9lives");
  CHECK(metric_name("") == "_");
  CHECK(metric_name("a\nb\"") == "a_b_");
}

TEST_CASE("label sets beyond the bound are counted together as overflow", "[telemetry][unit]") {
  Fixture fixture;
  fixture.options.series_per_metric = 3;
  PrometheusTelemetry telemetry(fixture.clock, fixture.options);
  for (int i = 0; i < 10; ++i) count_one(telemetry, "x_total", "user", std::to_string(i));
  count_one(telemetry, "x_total", "user", "1");
  const std::string text = telemetry.scrape();
  INFO(text);
  CHECK(has_line(text, "x_total{user=\"0\"} 1"));
  CHECK(has_line(text, "x_total{user=\"1\"} 2"));
  CHECK(has_line(text, "x_total{overflow=\"true\"} 7"));
  CHECK(text.find("user=\"3\"") == std::string::npos);
}

TEST_CASE("what threads count at the same time is all there", "[telemetry][unit]") {
  Fixture fixture;
  PrometheusTelemetry telemetry(fixture.clock);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) count_one(telemetry, "x_total", "n", i % 2 == 0 ? "even" : "odd");
    });
  }
  for (int i = 0; i < 10; ++i) (void)telemetry.scrape();
  for (std::thread& thread : threads) thread.join();
  const std::string text = telemetry.scrape();
  CHECK(has_line(text, "x_total{n=\"even\"} 4000"));
  CHECK(has_line(text, "x_total{n=\"odd\"} 4000"));
}

TEST_CASE("the end of a request is counted and its time falls into buckets", "[telemetry][unit]") {
  Fixture fixture;
  PrometheusTelemetry telemetry(fixture.clock);
  telemetry.request_finished({.api = "orders",
                              .operation = "list",
                              .product = "shop",
                              .status = 200,
                              .total_us = 3000,
                              .response_bytes = 100});
  telemetry.request_finished({.api = "orders",
                              .operation = "list",
                              .product = "shop",
                              .status = 200,
                              .total_us = 40'000'000,
                              .response_bytes = 1,
                              .aborted = true});
  const std::string text = telemetry.scrape();
  INFO(text);
  CHECK(has_line(text, "sluice_requests_total{api=\"orders\",operation=\"list\",product=\"shop\",status=\"200\"} 2"));
  CHECK(has_line(text, "sluice_response_bytes_total{api=\"orders\"} 101"));
  CHECK(has_line(text, "sluice_requests_aborted_total{api=\"orders\"} 1"));
  CHECK(has_line(text, "# TYPE sluice_request_duration_seconds histogram"));
  CHECK(has_line(text, "sluice_request_duration_seconds_bucket{api=\"orders\",le=\"0.0025\"} 0"));
  CHECK(has_line(text, "sluice_request_duration_seconds_bucket{api=\"orders\",le=\"0.005\"} 1"));
  CHECK(has_line(text, "sluice_request_duration_seconds_bucket{api=\"orders\",le=\"30\"} 1"));
  CHECK(has_line(text, "sluice_request_duration_seconds_bucket{api=\"orders\",le=\"+Inf\"} 2"));
  CHECK(has_line(text, "sluice_request_duration_seconds_count{api=\"orders\"} 2"));
  CHECK(has_line(text, "sluice_request_duration_seconds_sum{api=\"orders\"} 40.003"));
}

TEST_CASE("histograms are bounded too", "[telemetry][unit]") {
  Fixture fixture;
  fixture.options.series_per_metric = 2;
  PrometheusTelemetry telemetry(fixture.clock, fixture.options);
  for (int i = 0; i < 50; ++i) telemetry.request_finished({.api = std::to_string(i), .status = 200});
  const std::string text = telemetry.scrape();
  std::size_t histograms = 0;
  for (std::size_t at = 0; (at = text.find("_seconds_count{", at)) != std::string::npos; ++at) ++histograms;
  CHECK(histograms <= 3);
  CHECK(has_line(text, "sluice_request_duration_seconds_count{overflow=\"true\"} 48"));
}

TEST_CASE("access lines are written when they are wanted", "[telemetry][unit]") {
  Fixture fixture;
  fixture.options.access_log = GENERATE(false, true);
  PrometheusTelemetry telemetry(fixture.clock, fixture.options);
  telemetry.request_finished({.method = "GET", .path = "/orders/1", .api = "orders", .status = 200, .total_us = 12});
  REQUIRE(fixture.lines.size() == (fixture.options.access_log ? 1 : 0));
  if (!fixture.options.access_log) return;
  INFO(fixture.lines[0]);
  CHECK(fixture.lines[0].find("\"path\":\"/orders/1\"") != std::string::npos);
  CHECK(fixture.lines[0].find("\"status\":\"200\"") != std::string::npos);
}

TEST_CASE("records below the lowest level are dropped", "[telemetry][unit]") {
  Fixture fixture;
  fixture.options.lowest_level = LogLevel::warning;
  PrometheusTelemetry telemetry(fixture.clock, fixture.options);
  telemetry.log(LogLevel::info, "quiet", {});
  telemetry.log(LogLevel::error, "loud", {});
  REQUIRE(fixture.lines.size() == 1);
  CHECK(fixture.lines[0].find("loud") != std::string::npos);
}
