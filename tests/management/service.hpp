// SPDX-License-Identifier: Apache-2.0
// A gateway on a folder of the test's own, with the management interface over it.
#pragma once

#include "base/json.hpp"
#include "management/management.hpp"
#include "model/support/folder.hpp"

#include <sluice/gateway.hpp>
#include <sluice/host_settings.hpp>

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <string_view>

namespace sluice::test {

inline constexpr std::string_view service_path =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/n";
inline constexpr std::string_view api_version = "api-version=2024-05-01";

/// Answers with what is in `text`, and calls no backend.
inline std::string answering(const std::string& text) {
  return "<policies><inbound><return-response><set-body>" + text + "</set-body></return-response></inbound></policies>";
}

/// `{"properties": {...}}`
inline std::string resource(const std::string& properties) { return "{\"properties\":{" + properties + "}}"; }

/// A policy document as a body.
inline std::string policy(const std::string& text, std::string_view format = "rawxml") {
  std::string value;
  append_json_string(value, text);
  return resource("\"format\":\"" + std::string(format) + "\",\"value\":" + value);
}

class Service {
 public:
  explicit Service(bool write_back = false) : write_back_(write_back) {}

  testing::TemporaryFolder folder;
  HostSettings settings;
  std::vector<std::string> changes;

  /// Reads the folder as it is by now; the test fails when it has errors.
  Service& load() {
    INFO(testing::rendered(interface().reload()));
    REQUIRE(gateway_.is_loaded());
    return *this;
  }
  management::Management& interface() {
    if (!management_) make();
    return *management_;
  }

  struct Conditions {
    std::string_view if_match, if_none_match;
  };
  /// `path` is below the service, and may have a query.
  management::Answer call(std::string_view method, std::string path, std::string_view body = {},
                          Conditions conditions = {}) {
    const std::size_t mark = path.find('?');
    std::string query(api_version);
    if (mark != std::string::npos) query += '&' + path.substr(mark + 1);
    const std::string whole = std::string(service_path) + '/' + path.substr(0, mark);
    management::Call call;
    call.method = method;
    call.path = whole;
    call.query = query;
    call.body = body;
    call.authorization = "Bearer a token of the test";
    call.if_match = conditions.if_match;
    call.if_none_match = conditions.if_none_match;
    call.origin = "https://host";
    return interface().answer(call);
  }
  /// The same for a change that has to succeed.
  management::Answer done(std::string_view method, const std::string& path, std::string_view body = {}) {
    management::Answer answer = call(method, path, body);
    INFO(method << ' ' << path << ": " << answer.body);
    REQUIRE(answer.status < 300);
    return answer;
  }

  /// `status body` of a call through the gateway.
  std::string get(std::string_view url, std::string_view key = {}) {
    Request request;
    REQUIRE(request.set_url(url));
    if (!key.empty()) request.headers.append({"Ocp-Apim-Subscription-Key"}, key);
    Response response = gateway_.handle_and_wait(request);
    std::string text = std::to_string(response.status) + ' ';
    if (response.status < 400) text += response.body.data();
    return text;
  }

  /// An API `shop` at `/shop` that wants no key, with an operation GET /items that answers `items`.
  Service& make_shop() {
    done("PUT", "apis/shop", resource(R"("path":"shop","displayName":"Shop","subscriptionRequired":false)"));
    done("PUT", "apis/shop/operations/list", resource(R"("displayName":"List","method":"GET","urlTemplate":"/items")"));
    done("PUT", "apis/shop/policies/policy", policy(answering("items")));
    return *this;
  }

 private:
  void make() {
    management::ManagementOptions options;
    options.store = {folder.path(), write_back_, [this](ServiceModel model) {
                       Diagnostics found = apply_settings(model, settings, {});
                       if (!found.has_errors()) found.append(gateway_.load(std::move(model)));
                       return found;
                     }};
    options.token = "a token of the test";
    options.location = "West Europe";
    options.keys = [this](const std::string& id, const std::string&) -> std::optional<SubscriptionKeys> {
      for (const auto& key : gateway_.generated_keys()) {
        if (key.subscription == id) return SubscriptionKeys{key.primary_key, key.secondary_key};
      }
      return std::nullopt;
    };
    options.on_change = [this](std::string_view line) { changes.emplace_back(line); };
    management_.emplace(std::move(options));
  }

  bool write_back_;
  Gateway gateway_{GatewayOptions{}};
  std::optional<management::Management> management_;
};

/// The text at a path of the answer's body: `properties.value`, `value.0.name`; `(none)` when there is nothing.
inline std::string text_at(const management::Answer& answer, std::string_view path) {
  Arena arena;
  const auto body = parse_json(answer.body, arena);
  if (!body) return "(no JSON)";
  const JsonValue* at = *body;
  while (!path.empty() && at != nullptr) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string_view name = path.substr(0, dot);
    path.remove_prefix(std::min(dot + 1, path.size()));
    if (at->is_array()) {
      const std::size_t index = static_cast<std::size_t>(name[0] - '0');
      at = index < at->items.size() ? &at->items[index] : nullptr;
    } else {
      at = at->find(name);
    }
  }
  if (at == nullptr) return "(none)";
  if (at->kind == JsonKind::boolean) return at->truth ? "true" : "false";
  return std::string(at->text);
}

}  // namespace sluice::test
