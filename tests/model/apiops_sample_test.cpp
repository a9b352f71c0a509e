// SPDX-License-Identifier: Apache-2.0
// The folder that the APIOps extractor wrote, when it lies beside the checkout.
#include <sluice/model.hpp>

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sluice;

namespace {

const std::filesystem::path sample = std::filesystem::path(SLUICE_SOURCE_DIR) / "../shared/artifacts/apiops-sample";

const Api& api(const ServiceModel& model, std::string_view id, std::string_view revision = "1") {
  const auto found = std::find_if(model.apis.begin(), model.apis.end(),
                                  [&](const Api& a) { return a.id == id && a.revision == revision; });
  REQUIRE(found != model.apis.end());
  return *found;
}

}  // namespace

TEST_CASE("The sample of the APIOps extractor is read whole", "[model][unit]") {
  if (!std::filesystem::exists(sample)) {
    WARN("no sample beside the checkout");
    return;
  }
  const LoadedModel loaded = load_artifacts(sample);
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  const ServiceModel& model = *loaded.model;
  CHECK(model.policy.has_value());
  CHECK(model.apis.size() == 8);
  CHECK(model.backends.size() == 2);
  CHECK(model.named_values.size() == 4);
  CHECK(model.fragments.size() == 2);
  CHECK(model.version_sets.size() == 1);

  const Api& basic = api(model, "basic-api");
  REQUIRE(basic.operations.size() == 2);
  CHECK(basic.operations[0].id == "get-items");
  CHECK(basic.operations[0].policy.has_value());
  CHECK(basic.operations[1].method == "POST");
  CHECK(basic.operations[1].policy.has_value());
  CHECK(basic.subscription_required);

  CHECK(api(model, "revisioned-api").is_current);
  CHECK_FALSE(api(model, "revisioned-api", "2").is_current);
  CHECK(api(model, "revisioned-api", "2").operations.at(0).id == "get-revision-v2");
  CHECK(api(model, "versioned-api-v2").version_set_id == "versionSet1");
  CHECK(api(model, "graphql-api").operations.at(0).url_template == "/*");
  CHECK(api(model, "soap-api").operations.at(0).method == "POST");
  REQUIRE(api(model, "wadl-api").operations.size() == 1);
  CHECK(api(model, "wadl-api").operations[0].id == "get-wadl-status");
  CHECK(api(model, "wadl-api").operations[0].url_template == "/status");

  REQUIRE(model.products.size() == 2);
  CHECK(model.products[0].api_ids == std::vector<std::string>{"basic-api", "revisioned-api", "versioned-api-v1"});
  CHECK(model.products[0].subscriptions_limit == 10);
  CHECK_FALSE(model.products[1].subscription_required);
  REQUIRE(model.subscriptions.size() == 2);
  CHECK(model.subscriptions[0].scope == SubscriptionScope::product);
  CHECK(model.subscriptions[0].scope_id == "product1");
  CHECK(model.subscriptions[1].scope == SubscriptionScope::api);
  CHECK(model.subscriptions[1].allow_tracing);

  Diagnostics rules;
  validate_model(model, rules);
  CHECK(testing::short_forms(rules) == "");
}

TEST_CASE("What the sample holds beyond what is carried out is mentioned", "[model][unit]") {
  if (!std::filesystem::exists(sample)) return;
  const LoadedModel loaded = load_artifacts(sample);
  INFO(testing::rendered(loaded.diagnostics));
  CHECK_FALSE(loaded.diagnostics.has_errors());
  const auto mentions = [&](std::string_view code, std::string_view end) {
    return std::any_of(loaded.diagnostics.begin(), loaded.diagnostics.end(), [&](const Diagnostic& d) {
      return d.code == code && d.file.size() >= end.size() && d.file.substr(d.file.size() - end.size()) == end;
    });
  };
  CHECK_FALSE(mentions("SL5009", "specification.wadl"));
  CHECK(mentions("SL5009", "specification.graphql"));
  CHECK(mentions("SL5009", "soap-api/apiInformation.json"));
}

TEST_CASE("The sample's tags and diagnostics are read", "[model][unit]") {
  if (!std::filesystem::exists(sample)) return;
  const LoadedModel loaded = load_artifacts(sample);
  REQUIRE(loaded.model);
  CHECK(loaded.model->tags.size() == 2);
  REQUIRE(loaded.model->diagnostics.size() == 1);
  CHECK(loaded.model->diagnostics[0].logger_id == "azuremonitor");
  CHECK(loaded.model->diagnostics[0].log_client_ip);
}
