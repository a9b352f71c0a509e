// SPDX-License-Identifier: Apache-2.0
// A host under overload: callers are refused, readiness says so, liveness does not, and all of it is counted.
#include "end_to_end/support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;

TEST_CASE("O1: a host that refuses for a while is alive but not ready, and its metrics say why", "[end_to_end][life]") {
  sluice::testing::TemporaryFolder folder;
  std::string settings = read_text(example_folder / "settings.json");
  settings.replace(settings.find('{'), 1, R"({ "limits": { "http": { "memory_bytes": 1 } },)");
  folder.write("settings.json", settings);
  Process process("sluice", {"run", (example_folder / "artifacts").string(), "--settings", folder.file("settings.json"),
                             "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", "1"});
  const std::uint16_t port = port_of(process.line_after("listening on "));
  const std::uint16_t admin = port_of(process.line_after("admin on "));
  CHECK(status_of(call(admin, "GET", "/readyz")) == 200);
  std::string ready;
  int asked = 0;
  CHECK(http::test::eventually([&] {
    ++asked;
    const std::string answer = call(port, "GET", "/orders/");
    CHECK(status_of(answer) == 503);
    CHECK(header_of(answer, "Retry-After") == "5");
    ready = call(admin, "GET", "/readyz");
    return status_of(ready) == 503;
  }));
  CHECK(body_of(ready) == "not ready: overloaded\n");
  CHECK(status_of(call(admin, "GET", "/healthz")) == 200);
  CHECK(status_of(call(admin, "GET", "/livez")) == 200);
  const std::string metrics = body_of(call(admin, "GET", "/metrics"));
  CHECK(metrics.find("sluice_server_shed_total{cause=\"memory\"} " + std::to_string(asked) + "\n") !=
        std::string::npos);
  CHECK(metrics.find("sluice_server_shed_total{cause=\"delay\"} 0\n") != std::string::npos);
  // When nobody is refused any more, it is ready again.
  CHECK(http::test::eventually([&] { return status_of(call(admin, "GET", "/readyz")) == 200; }));
}
