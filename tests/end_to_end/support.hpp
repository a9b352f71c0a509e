// SPDX-License-Identifier: Apache-2.0
// The real programs on free ports: the simulated upstreams, and a gateway whose settings are those of the example with
// its origins led to them.
#pragma once

#include "http/support.hpp"
#include "support/process.hpp"
#include "support/text_files.hpp"

#include "base/json.hpp"
#include "model/support/folder.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::test {

using http::test::body_of;
using http::test::header_of;
using http::test::RawClient;
using http::test::status_of;

using Fields = std::vector<std::pair<std::string, std::string>>;

inline std::uint16_t port_of(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  return colon == std::string::npos ? 0 : static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)));
}

inline std::string request_text(const std::string& method, const std::string& path, const Fields& fields,
                                const std::string& body) {
  std::string text = method + " " + path + " HTTP/1.1\r\nHost: gateway.example\r\n";
  for (const auto& [name, value] : fields) text += name + ": " + value + "\r\n";
  if (!body.empty())
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

/// One request on a connection of its own.
inline std::string call(std::uint16_t port, const std::string& method, const std::string& path,
                        const Fields& fields = {}, const std::string& body = {}) {
  RawClient client(port);
  return client.send(request_text(method, path, fields, body)).read_message();
}

/// All roles of the example in one process.
class Upstreams {
 public:
  Upstreams() : process_("simulated_upstreams", arguments()) {
    for (const char* name : names) ports_[name] = port_of(process_.line_after(std::string(name) + " listening on "));
  }
  std::uint16_t port(const std::string& name) const { return ports_.at(name); }
  /// Changes settings of one upstream; the status of the answer.
  int set(const std::string& name, const std::string& settings) const {
    return status_of(call(port(name), "PUT", "/_control", {}, settings));
  }
  /// Bodies and paths of what has arrived, as JSON text.
  std::string requests(const std::string& name) const { return body_of(call(port(name), "GET", "/_control/requests")); }
  int count(const std::string& name) const {
    Arena arena;
    const std::string text = requests(name);
    const auto list = parse_json(text, arena);
    return list ? static_cast<int>((*list)->items.size()) : -1;
  }

  static constexpr const char* names[] = {"ptu-primary", "ptu-secondary",  "payg",   "eastus",   "westus",
                                          "westeurope",  "content-safety", "orders", "products", "customers"};

 private:
  static std::vector<std::string> arguments() {
    std::vector<std::string> list;
    for (const char* name : {"ptu-primary", "ptu-secondary", "payg", "eastus", "westus", "westeurope"}) {
      list.insert(list.end(), {"--openai", "0:" + std::string(name)});
    }
    for (const char* role : {"content-safety", "orders", "products", "customers"}) {
      list.insert(list.end(), {"--" + std::string(role), "0"});
    }
    return list;
  }

  Process process_;
  std::map<std::string, std::uint16_t> ports_;
};

/// Which port each upstream of the example has, by the port that its settings name.
using PortPlan = std::map<std::string, std::uint16_t>;

inline PortPlan plan_of(const Upstreams& upstreams) {
  PortPlan plan;
  const std::pair<const char*, const char*> planned[] = {
      {"9101", "ptu-primary"}, {"9102", "ptu-secondary"}, {"9103", "payg"},           {"9104", "eastus"},
      {"9105", "westus"},      {"9106", "westeurope"},    {"9110", "content-safety"}, {"9121", "orders"},
      {"9122", "products"},    {"9123", "customers"}};
  for (const auto& [port, name] : planned) plan[port] = upstreams.port(name);
  return plan;
}

inline const std::filesystem::path example_folder = std::filesystem::path(SLUICE_SOURCE_DIR) / "examples/host";

/// `sluice run` on a folder of artifacts.
class Host {
 public:
  explicit Host(const PortPlan& plan, const std::filesystem::path& artifacts = example_folder / "artifacts",
                std::vector<std::string> more = {})
      : process_("sluice", arguments(plan, artifacts, std::move(more))) {
    port_ = port_of(process_.line_after("listening on "));
    admin_ = port_of(process_.line_after("admin on "));
  }
  std::uint16_t port() const { return port_; }
  std::uint16_t admin() const { return admin_; }
  Process& process() { return process_; }

  std::string metrics() const { return body_of(call(admin_, "GET", "/metrics")); }

 private:
  std::vector<std::string> arguments(const PortPlan& plan, const std::filesystem::path& artifacts,
                                     std::vector<std::string> more) {
    std::string settings = read_text(example_folder / "settings.json");
    for (const auto& [from, to] : plan) {
      settings = replaced(std::move(settings), "127.0.0.1:" + from + "\"", "127.0.0.1:" + std::to_string(to) + "\"");
    }
    folder_.write("settings.json", settings);
    std::vector<std::string> list = {"run",        artifacts.string(),
                                     "--settings", folder_.file("settings.json"),
                                     "--listen",   "127.0.0.1:0",
                                     "--admin",    "127.0.0.1:0",
                                     "--workers",  "1"};
    list.insert(list.end(), more.begin(), more.end());
    return list;
  }

  sluice::testing::TemporaryFolder folder_;
  Process process_;
  std::uint16_t port_ = 0;
  std::uint16_t admin_ = 0;
};

/// A copy of the example's artifacts that a test may change.
class ArtifactsCopy {
 public:
  ArtifactsCopy() {
    std::filesystem::copy(example_folder / "artifacts", folder_.path() / "artifacts",
                          std::filesystem::copy_options::recursive);
  }
  std::filesystem::path path() const { return folder_.path() / "artifacts"; }
  void change(const std::string& file, std::string_view from, std::string_view to) {
    const std::string text = replaced(read_text(path() / file), from, to);
    folder_.write("artifacts/" + file, text);
  }

 private:
  sluice::testing::TemporaryFolder folder_;
};

inline const std::string chat_path = "/ai/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21";
inline const std::string regional_path =
    "/regional-ai/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21";

inline std::string chat_body(const std::string& text, const std::string& more = {}) {
  return R"({"messages":[{"role":"user","content":")" + text + "\"}]" + more + "}";
}
inline Fields as(const std::string& key, const std::string& priority = {}) {
  Fields fields = {{"Ocp-Apim-Subscription-Key", key}};
  if (!priority.empty()) fields.emplace_back("X-Priority", priority);
  return fields;
}

}  // namespace sluice::test
