// SPDX-License-Identifier: Apache-2.0
// The management interface of a running host: its listener, and what becomes of changes when the folder is read again.
#include "end_to_end/support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;

namespace {

const std::string token = "a token of the test";
const std::string service = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/n/";

/// `sluice run` on an API `shop` whose operation GET /items answers "folder".
class ManagedHost {
 public:
  explicit ManagedHost(const std::string& more_settings = {}) {
    folder_.write("artifacts/apis/shop/apiInformation.json",
                  R"({"properties": {"displayName": "shop", "path": "shop", "subscriptionRequired": false}})");
    folder_.write("artifacts/apis/shop/specification.yaml", sluice::testing::TemporaryFolder::items_specification());
    folder_.write("artifacts/apis/shop/policy.xml", answering("folder"));
    folder_.write("settings.json",
                  R"({"management": {"listen": "127.0.0.1:0", "token": ")" + token + "\"" + more_settings + "}}");
    process_.emplace(
        "sluice", std::vector<std::string>{"run", (folder_.path() / "artifacts").string(), "--settings",
                                           folder_.file("settings.json"), "--listen", "127.0.0.1:0", "--workers", "1"});
    port_ = port_of(process_->line_after("listening on "));
    management_ = port_of(process_->line_after("management on "));
  }

  static std::string answering(const std::string& text) {
    return "<policies><inbound><return-response><set-body>" + text +
           "</set-body></return-response></inbound></policies>";
  }
  sluice::testing::TemporaryFolder& folder() { return folder_; }
  Process& process() { return *process_; }
  std::string items() const { return body_of(call(port_, "GET", "/shop/items")); }
  int manage(const std::string& method, const std::string& path, const std::string& body,
             const std::string& bearer = token) {
    return status_of(call(management_, method, service + path + "?api-version=2024-05-01",
                          {{"Authorization", "Bearer " + bearer}}, body));
  }
  int put_policy(const std::string& text) {
    std::string value;
    append_json_string(value, answering(text));
    return manage("PUT", "apis/shop/policies/policy", R"({"properties":{"format":"rawxml","value":)" + value + "}}");
  }

 private:
  sluice::testing::TemporaryFolder folder_;
  std::optional<Process> process_;
  std::uint16_t port_ = 0, management_ = 0;
};

Finished run_with(const std::string& settings, std::vector<std::string> more = {}) {
  sluice::testing::TemporaryFolder folder;
  folder.write("settings.json", settings).write("artifacts/policy.xml", "<policies><inbound /></policies>");
  std::vector<std::string> arguments = {"run",        (folder.path() / "artifacts").string(),
                                        "--settings", folder.file("settings.json"),
                                        "--listen",   "127.0.0.1:0"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_to_end("sluice", std::move(arguments));
}

}  // namespace

TEST_CASE("a running host is changed without its folder, keeps that over a reload, and says what is lost at the end",
          "[end_to_end][management]") {
  ManagedHost host;
  INFO(host.process().err());
  CHECK(host.items() == "folder");
  CHECK(host.put_policy("changed") == 200);
  CHECK(host.items() == "changed");
  host.process().signal(SIGHUP);
  CHECK(host.process().waits_for_out("reloaded "));
  CHECK(host.process().waits_for_err("stay in force over it"));
  CHECK(host.items() == "changed");
  CHECK(host.manage("DELETE", "apis/shop", {}, "another token of it") == 401);
  host.process().signal(SIGTERM);
  CHECK(host.process().wait() == 0);
  CHECK(host.process().err().find("1 files that were changed by the management interface") != std::string::npos);
}

TEST_CASE("with writeBack a change is in the folder when it is answered", "[end_to_end][management]") {
  ManagedHost host(R"(, "writeBack": true)");
  CHECK(host.put_policy("written") == 200);
  CHECK(read_text(host.folder().path() / "artifacts/apis/shop/policy.xml") == ManagedHost::answering("written"));
  CHECK(host.process().waits_for_out("management: PUT apis/shop/policies/policy: 200"));
  CHECK(host.process().waits_for_out("reloaded "));
  CHECK(host.items() == "written");
  host.process().signal(SIGTERM);
  CHECK(host.process().wait() == 0);
  CHECK(host.process().err().empty());
}

TEST_CASE("a management listener that anybody could use, or overhear, is not opened", "[end_to_end][management]") {
  const Finished without_token = run_with("{}", {"--management", "127.0.0.1:0"});
  CHECK(without_token.code == 1);
  CHECK(without_token.err.find("SLUICE_MANAGEMENT_TOKEN") != std::string::npos);
  const Finished in_the_clear =
      run_with(R"({"management": {"token": "a token of the test"}})", {"--management", "0.0.0.0:0"});
  CHECK(in_the_clear.code == 1);
  CHECK(in_the_clear.err.find("TLS") != std::string::npos);
  CHECK(in_the_clear.err.find("a token of the test") == std::string::npos);
}
