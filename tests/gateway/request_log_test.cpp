// SPDX-License-Identifier: Apache-2.0
#include "gateway/request_log.hpp"

#include <sluice/testing/policy_bench.hpp>

#include "gateway/one_service.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using sluice::test::inbound;
using sluice::test::one_service;
using sluice::testing::PolicyBench;
using sluice::testing::RecordedLog;

namespace {

ApiDiagnostic make_diagnostic(std::string id) {
  ApiDiagnostic made;
  made.id = std::move(id);
  made.logger_id = "l";
  return made;
}

ServiceModel logged_service(std::string policy = {}) {
  ServiceModel model = one_service(std::move(policy));
  model.loggers.push_back({.id = "l", .type = Logger::Type::azure_monitor});
  return model;
}

/// What a service leaves in the log of one request.
class LogBench {
 public:
  explicit LogBench(ServiceModel model) {
    const Diagnostics found = bench_.load(std::move(model));
    for (const Diagnostic& one : found) INFO(one.message);
    REQUIRE_FALSE(found.has_errors());
  }

  void answer(int status) { bench_.transport.answer(status, "body"); }
  void send() {
    bench_.send(
        {.method = "GET", .url = "/shop/items", .headers = {{"X-One", "1"}, {"Authorization", "hush"}}, .body = {}});
  }
  std::vector<RecordedLog> records() const {
    std::vector<RecordedLog> all;
    for (const RecordedLog& one : bench_.telemetry.logs()) {
      if (one.message == "request logged") all.push_back(one);
    }
    return all;
  }
  /// Empty: the record has no such field.
  std::string field(const std::string& name) const {
    const auto all = records();
    REQUIRE(all.size() == 1);
    for (const auto& [key, value] : all[0].fields) {
      if (key == name) return value;
    }
    return {};
  }
  std::vector<RecordedLog> all() const { return bench_.telemetry.logs(); }

 private:
  PolicyBench bench_;
};

}  // namespace

TEST_CASE("without diagnostics a request leaves no record in the log", "[gateway][request_log]") {
  LogBench bench(logged_service());
  bench.answer(200);
  bench.send();
  CHECK(bench.records().empty());
}

TEST_CASE("a diagnostic leaves a record of each request", "[gateway][request_log]") {
  ServiceModel model = logged_service();
  ApiDiagnostic diagnostic = make_diagnostic("applicationinsights");
  diagnostic.frontend_request.headers = {"X-One", "X-Gone"};
  diagnostic.frontend_response.headers = {"content-type"};
  model.diagnostics.push_back(diagnostic);
  LogBench bench(std::move(model));
  bench.answer(201);
  bench.send();
  CHECK(bench.field("diagnostic") == "applicationinsights");
  CHECK(bench.field("logger") == "l");
  CHECK(bench.field("method") == "GET");
  CHECK(bench.field("path") == "/shop/items");
  CHECK(bench.field("api") == "shop");
  CHECK(bench.field("operation") == "all");
  CHECK(bench.field("status") == "201");
  CHECK(bench.field("request.X-One") == "1");
  CHECK(bench.field("request.X-Gone") == "");
  CHECK(bench.field("client_ip") == "");
}

TEST_CASE("what a diagnostic captures is what the caller sent and got", "[gateway][request_log]") {
  ServiceModel model = logged_service(
      "<policies><inbound><base /><set-header name=\"X-One\" exists-action=\"override\"><value>2</value></set-header>"
      "</inbound><outbound><base /><set-header name=\"X-Out\" exists-action=\"override\"><value>3</value></set-header>"
      "</outbound></policies>");
  ApiDiagnostic diagnostic = make_diagnostic("d");
  diagnostic.frontend_request.headers = {"X-One"};
  diagnostic.frontend_response.headers = {"X-Out"};
  model.diagnostics.push_back(diagnostic);
  LogBench bench(std::move(model));
  bench.answer(200);
  bench.send();
  CHECK(bench.field("request.X-One") == "1");
  CHECK(bench.field("response.X-Out") == "3");
}

TEST_CASE("an API's diagnostic stands in place of the service's of the same id", "[gateway][request_log]") {
  ServiceModel model = logged_service();
  model.diagnostics.push_back(make_diagnostic("d"));
  ApiDiagnostic own = make_diagnostic("D");
  own.log_client_ip = true;
  own.names_operations_by_url = true;
  model.apis[0].diagnostics.push_back(own);
  LogBench bench(std::move(model));
  bench.answer(200);
  bench.send();
  CHECK(bench.field("diagnostic") == "D");
  CHECK_FALSE(bench.field("client_ip").empty());
  CHECK(bench.field("operation") == "GET /*");
}

TEST_CASE("diagnostics of different ids leave a record each", "[gateway][request_log]") {
  ServiceModel model = logged_service();
  model.diagnostics.push_back(make_diagnostic("a"));
  model.apis[0].diagnostics.push_back(make_diagnostic("b"));
  LogBench bench(std::move(model));
  bench.answer(200);
  bench.send();
  CHECK(bench.records().size() == 2);
}

TEST_CASE("what is not sampled is logged when it fails and all errors are wanted", "[gateway][request_log]") {
  const auto [always, status, records] =
      GENERATE(table<bool, int, std::size_t>({{false, 200, 0}, {false, 500, 0}, {true, 200, 0}, {true, 500, 1}}));
  ServiceModel model = logged_service();
  ApiDiagnostic diagnostic = make_diagnostic("d");
  diagnostic.sampling_percentage = 0;
  diagnostic.always_log_errors = always;
  model.diagnostics.push_back(diagnostic);
  LogBench bench(std::move(model));
  bench.answer(status);
  bench.send();
  CHECK(bench.records().size() == records);
}

TEST_CASE("about the percentage of the requests is sampled", "[gateway][request_log]") {
  ServiceModel model = logged_service();
  ApiDiagnostic diagnostic = make_diagnostic("d");
  diagnostic.sampling_percentage = 25;
  model.diagnostics.push_back(diagnostic);
  LogBench bench(std::move(model));
  for (int i = 0; i < 400; ++i) {
    bench.answer(200);
    bench.send();
  }
  CHECK(bench.records().size() > 60);
  CHECK(bench.records().size() < 140);
}

TEST_CASE("traces below the verbosity of the API's diagnostics stay out of the log", "[gateway][request_log]") {
  using Verbosity = ApiDiagnostic::Verbosity;
  const auto [verbosity, lines] = GENERATE(
      table<Verbosity, std::size_t>({{Verbosity::verbose, 3}, {Verbosity::information, 2}, {Verbosity::error, 1}}));
  ServiceModel model =
      logged_service(inbound("<trace source=\"s\" severity=\"verbose\"><message>m</message></trace>"
                             "<trace source=\"s\" severity=\"information\"><message>m</message></trace>"
                             "<trace source=\"s\" severity=\"error\"><message>m</message></trace>"));
  ApiDiagnostic diagnostic = make_diagnostic("d");
  diagnostic.verbosity = verbosity;
  model.diagnostics.push_back(diagnostic);
  LogBench bench(std::move(model));
  bench.answer(200);
  bench.send();
  const auto all = bench.all();
  CHECK(static_cast<std::size_t>(
            std::count_if(all.begin(), all.end(), [](const RecordedLog& one) { return one.message == "m"; })) == lines);
}

TEST_CASE("a workspace's diagnostics are for its own APIs", "[gateway][request_log]") {
  ServiceModel model = logged_service();
  model.workspaces.push_back({.id = "w"});
  Api inside = model.apis[0];
  inside.workspace_id = "w";
  CHECK(diagnostics_of(inside, model).empty());
  model.diagnostics.push_back(make_diagnostic("service"));
  model.diagnostics.push_back(make_diagnostic("inside"));
  model.diagnostics[1].workspace_id = "w";
  const auto of_inside = diagnostics_of(inside, model);
  REQUIRE(of_inside.size() == 1);
  CHECK(of_inside[0]->id == "inside");
  const auto of_plain = diagnostics_of(model.apis[0], model);
  REQUIRE(of_plain.size() == 1);
  CHECK(of_plain[0]->id == "service");
}
