// SPDX-License-Identifier: Apache-2.0
// The example folder and the shelf of policies: the reference architecture's documents stand in both letter for letter,
// and each of them governs something.
#include <sluice/host_settings.hpp>
#include <sluice/model.hpp>

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <set>

using namespace sluice;

namespace {

const std::filesystem::path root = SLUICE_SOURCE_DIR;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  REQUIRE(stream);
  return {std::istreambuf_iterator<char>(stream), {}};
}

ServiceModel example() {
  LoadedModel loaded = load_artifacts(root / "examples/host/artifacts");
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  CHECK(loaded.diagnostics.empty());
  return std::move(*loaded.model);
}

HostSettings example_settings() {
  LoadedSettings loaded = load_host_settings(root / "examples/host/settings.json");
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.settings);
  return std::move(*loaded.settings);
}

}  // namespace

TEST_CASE("The example has no findings", "[model][example]") {
  ServiceModel model = example();
  CHECK(apply_settings(model, example_settings(), {}).empty());
  Diagnostics rules;
  validate_model(model, rules);
  CHECK(testing::rendered(rules) == "");
}

TEST_CASE("Every subscription of the example has a key of its own in the settings", "[model][example]") {
  ServiceModel model = example();
  apply_settings(model, example_settings(), {});
  CHECK(model.subscriptions.size() == 5);
  for (const Subscription& subscription : model.subscriptions) {
    INFO(subscription.id);
    CHECK_FALSE(subscription.primary_key.empty());
  }
}

TEST_CASE("Every URL of the example leads to an upstream on this machine", "[model][example]") {
  const ServiceModel model = example();
  const HostSettings settings = example_settings();
  const auto is_mapped = [&](const std::string& url) {
    const std::string origin = url.substr(0, url.find('/', url.find("://") + 3));
    const auto found = settings.origins.find(origin);
    return found != settings.origins.end() && found->second.find("http://127.0.0.1:") == 0;
  };
  for (const Api& api : model.apis) CHECK(is_mapped(api.service_url));
  for (const Backend& backend : model.backends) CHECK((backend.is_pool() || is_mapped(backend.url)));
}

TEST_CASE("The policies of the example are documents of the shelf, and all of these are used", "[model][example]") {
  const ServiceModel model = example();
  std::set<std::string> used;
  const auto note = [&](const std::optional<PolicySource>& policy) {
    if (policy) used.insert(policy->text);
  };
  note(model.policy);
  for (const Product& product : model.products) note(product.policy);
  for (const Api& api : model.apis) {
    note(api.policy);
    for (const Operation& operation : api.operations) note(operation.policy);
  }
  std::set<std::string> shelf;
  for (const char* name :
       {"content-safety", "priority-routing", "region-routing", "retry-and-on-error", "token-limit", "token-metrics"}) {
    shelf.insert(text_of(root / "policies" / (std::string(name) + ".xml")));
  }
  CHECK(used == shelf);
  CHECK(text_of(root / "examples/host/artifacts/backends/aoai-backend-pool/backendInformation.json") ==
        text_of(root / "policies/backend-pool.json"));
}

TEST_CASE("The shelf holds the reference architecture's documents letter for letter", "[model][example]") {
  const std::filesystem::path mission = root / "../shared/mission/policies";
  if (!std::filesystem::exists(mission)) {
    WARN("no reference architecture beside the checkout");
    return;
  }
  std::size_t compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(mission)) {
    INFO(entry.path());
    CHECK(text_of(entry.path()) == text_of(root / "policies" / entry.path().filename()));
    ++compared;
  }
  CHECK(compared == 7);
}

TEST_CASE("Every document of the shelf has its test beside it", "[model][example]") {
  for (const auto& entry : std::filesystem::directory_iterator(root / "policies")) {
    if (entry.path().extension() != ".xml" && entry.path().extension() != ".json") continue;
    INFO(entry.path());
    CHECK(std::filesystem::exists(std::filesystem::path(entry.path()).replace_extension(".test.yaml")));
  }
}
