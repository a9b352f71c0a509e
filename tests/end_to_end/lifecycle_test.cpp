// SPDX-License-Identifier: Apache-2.0
// The life of a host: start, health, reload by signal and by change, what bad artifacts do, drain.
#include "end_to_end/support.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>

using namespace sluice;
using namespace sluice::test;
using http::test::Signal;
using http::test::Upstream;

namespace {

constexpr const char* orders_policy = "apis/orders/policy.xml";

/// An API policy that answers by itself.
std::string answering(const std::string& text) {
  return "<policies><inbound><base /><return-response><set-body>" + text +
         "</set-body></return-response></inbound></policies>";
}

std::string orders(const Host& host) { return body_of(call(host.port(), "GET", "/orders/", as("demo-key-partner"))); }

/// Artifacts whose orders API answers by itself.
struct AnsweringArtifacts : ArtifactsCopy {
  AnsweringArtifacts() { answer("one"); }
  void answer(const std::string& text) { write(answering(text)); }
  void write(const std::string& text) const {
    const std::string file = (path() / orders_policy).string();
    // Written beside and moved into place, as careful tools do.
    std::ofstream(file + ".new", std::ios::binary) << text;
    std::filesystem::rename(file + ".new", file);
  }
};

}  // namespace

TEST_CASE("a host that serves is healthy and ready, and says where it listens", "[end_to_end][life]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  INFO(host.process().err());
  CHECK(host.port() != 0);
  CHECK(host.admin() != 0);
  CHECK(status_of(call(host.admin(), "GET", "/healthz")) == 200);
  CHECK(status_of(call(host.admin(), "GET", "/readyz")) == 200);
  CHECK(status_of(call(host.admin(), "GET", "/nothing")) == 404);
  CHECK(status_of(call(host.admin(), "POST", "/metrics", {}, "x")) == 405);
  // The public listener has none of this.
  CHECK(status_of(call(host.port(), "GET", "/metrics")) == 404);
}

TEST_CASE("SIGHUP takes over changed artifacts", "[end_to_end][life]") {
  AnsweringArtifacts artifacts;
  Upstreams upstreams;
  Host host(plan_of(upstreams), artifacts.path());
  CHECK(orders(host) == "one");
  artifacts.answer("two");
  host.process().signal(SIGHUP);
  REQUIRE(host.process().waits_for_out("reloaded"));
  CHECK(orders(host) == "two");
}

TEST_CASE("a change of the folder is taken over without a signal", "[end_to_end][life]") {
  AnsweringArtifacts artifacts;
  Upstreams upstreams;
  Host host(plan_of(upstreams), artifacts.path());
  CHECK(orders(host) == "one");
  artifacts.answer("two");
  REQUIRE(host.process().waits_for_out("reloaded"));
  CHECK(orders(host) == "two");
}

TEST_CASE("artifacts that break leave the running configuration and are told with their place", "[end_to_end][life]") {
  AnsweringArtifacts artifacts;
  Upstreams upstreams;
  Host host(plan_of(upstreams), artifacts.path());
  CHECK(orders(host) == "one");
  artifacts.write("<policies>\n  <inbound>\n    <no-such-policy />\n  </inbound>\n</policies>");
  host.process().signal(SIGHUP);
  REQUIRE(host.process().waits_for_err("the configuration that was loaded before goes on serving"));
  const std::string err = host.process().err();
  INFO(err);
  CHECK(err.find("apis/orders/policy.xml:3:5: error SL2101") != std::string::npos);
  CHECK(orders(host) == "one");
  CHECK(status_of(call(host.admin(), "GET", "/readyz")) == 200);
  artifacts.answer("mended");
  host.process().signal(SIGHUP);
  REQUIRE(host.process().waits_for_out("reloaded"));
  CHECK(orders(host) == "mended");
}

TEST_CASE("a folder that has gone leaves the running configuration", "[end_to_end][life]") {
  AnsweringArtifacts artifacts;
  Upstreams upstreams;
  Host host(plan_of(upstreams), artifacts.path());
  CHECK(orders(host) == "one");
  std::filesystem::rename(artifacts.path(), artifacts.path().string() + ".away");
  host.process().signal(SIGHUP);
  REQUIRE(host.process().waits_for_err("goes on serving"));
  CHECK(orders(host) == "one");
}

TEST_CASE("SIGTERM lets a running request finish and takes no new ones", "[end_to_end][life]") {
  Upstreams upstreams;
  Signal arrived, go_on;
  Upstream backend([&](RawClient& connection, int) {
    connection.read_message();
    arrived.set();
    if (go_on.wait()) connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
  });
  PortPlan plan = plan_of(upstreams);
  plan["9121"] = backend.port();
  Host host(plan);
  RawClient client(host.port());
  client.send(request_text("GET", "/orders/", as("demo-key-partner"), ""));
  REQUIRE(arrived.wait());
  host.process().signal(SIGTERM);
  REQUIRE(host.process().waits_for_out("draining"));
  CHECK(http::test::eventually([&] { return RawClient(host.port()).descriptor() < 0; }));
  go_on.set();
  const std::string answer = client.read_message();
  INFO(answer << host.process().err());
  CHECK(status_of(answer) == 200);
  CHECK(body_of(answer) == "late");
  CHECK(header_of(answer, "Connection") == "close");
  CHECK(host.process().wait() == 0);
}

TEST_CASE("artifacts with errors are not served at start", "[end_to_end][life]") {
  AnsweringArtifacts artifacts;
  artifacts.write("<policies><inbound></policies>");
  const Finished run = run_to_end("sluice", {"run", artifacts.path().string(), "--listen", "127.0.0.1:0"});
  CHECK(run.code == 1);
  CHECK(run.err.find("apis/orders/policy.xml:1:") != std::string::npos);
  CHECK(run.out.find("listening") == std::string::npos);
}

TEST_CASE("an address that is taken is said, and the exit code tells", "[end_to_end][life]") {
  AnsweringArtifacts artifacts;
  Upstreams upstreams;
  const std::string address = "127.0.0.1:" + std::to_string(upstreams.port("orders"));
  const Finished run = run_to_end("sluice", {"run", artifacts.path().string(), "--listen", address});
  CHECK(run.code == 1);
  CHECK(run.err.find(address) != std::string::npos);
}

TEST_CASE("generated keys are told once, on the admin listener alone, and open the API", "[end_to_end][life]") {
  AnsweringArtifacts artifacts;
  Process host("sluice", {"run", artifacts.path().string(), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"});
  const std::uint16_t port = port_of(host.line_after("listening on "));
  const std::uint16_t admin = port_of(host.line_after("admin on "));
  REQUIRE(port != 0);
  CHECK(status_of(call(admin, "POST", "/generated-keys")) == 405);
  const std::string told = call(admin, "GET", "/generated-keys");
  REQUIRE(status_of(told) == 200);
  CHECK(status_of(call(admin, "GET", "/generated-keys")) == 410);
  Arena arena;
  const std::string body = body_of(told);
  const auto keys = parse_json(body, arena);
  REQUIRE(keys);
  CHECK((*keys)->items.size() == 5);
  for (const JsonValue& entry : (*keys)->items) {
    const std::string key(entry.find("primaryKey")->text);
    CHECK(key.size() >= 32);
    CHECK(host.err().find(key) == std::string::npos);
    if (entry.find("subscription")->text != "partner-app") continue;
    CHECK(body_of(call(port, "GET", "/orders/", as(key))) == "one");
  }
}

TEST_CASE("with --access-log each request is a line of JSON without its key", "[end_to_end][life]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams), example_folder / "artifacts", {"--access-log"});
  CHECK(status_of(call(host.port(), "GET", "/orders/1?subscription-key=demo-key-partner")) == 200);
  REQUIRE(host.process().waits_for_err("\"message\":\"request\""));
  const std::string err = host.process().err();
  INFO(err);
  CHECK(err.find("\"path\":\"/orders/1\"") != std::string::npos);
  CHECK(err.find("\"status\":\"200\"") != std::string::npos);
  CHECK(err.find("demo-key") == std::string::npos);
}

TEST_CASE("backends that refuse, cut or stall are answered as documented, and the next call works",
          "[end_to_end][life]") {
  Upstreams upstreams;
  PortPlan plan = plan_of(upstreams);
  plan["9122"] = http::test::closed_port();
  Upstream cutting([](RawClient& connection, int) { connection.read_message(); });
  plan["9123"] = cutting.port();
  Host host(plan);
  for (const char* path : {"/products/", "/customers/"}) {
    const std::string answer = call(host.port(), "GET", path, as("demo-key-partner"));
    INFO(path << answer);
    CHECK(status_of(answer) == 500);
    CHECK(answer.find("\"statusCode\": 500") != std::string::npos);
    CHECK(answer.find("127.0.0.1") == std::string::npos);
  }
  CHECK(status_of(call(host.port(), "GET", "/orders/1", as("demo-key-partner"))) == 200);
  const std::string unknown = call(host.port(), "GET", "/no/such/thing", as("demo-key-partner"));
  CHECK(status_of(unknown) == 404);
  CHECK(unknown.find("Resource not found") != std::string::npos);
}
