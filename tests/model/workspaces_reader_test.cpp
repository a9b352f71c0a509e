// SPDX-License-Identifier: Apache-2.0
// Workspaces, self-hosted gateways, tags, diagnostics and policy restrictions of a folder.
#include "model/artifacts_reader.hpp"

#include "base/workspace_view.hpp"
#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using testing::TemporaryFolder;

namespace {

std::string named_value(const std::string& name, const std::string& value) {
  return R"({"properties": {"displayName": ")" + name + R"(", "value": ")" + value + R"("}})";
}

/// Two workspaces that hold entities of the same ids, beside one API of the service.
TemporaryFolder& write_workspaces(TemporaryFolder& folder) {
  folder.write_api("plain");
  for (const std::string id : {"w1", "w2"}) {
    const std::string at = "workspaces/" + id + "/";
    folder.write(at + "workspaceInformation.json",
                 R"({"properties": {"displayName": "The )" + id + R"(", "description": "d"}})");
    folder.write(at + "policy.xml", "<policies/>");
    folder.write(at + "apis/a/apiInformation.json", R"({"properties": {"displayName": "A", "path": ")" + id + R"("}})");
    folder.write(at + "apis/a/specification.yaml", TemporaryFolder::items_specification());
    folder.write(at + "products/p/productInformation.json", R"({"properties": {"displayName": "P"}})");
    folder.write(at + "products/p/apis/a/productApiInformation.json", "{}");
    folder.write(
        at + "subscriptions/s/subscriptionInformation.json",
        R"({"properties": {"scope": "/workspaces/)" + id + R"(/products/p", "primaryKey": "key-of-)" + id + R"("}})");
    folder.write(at + "named values/n/namedValueInformation.json", named_value("n", id));
    folder.write(at + "policy fragments/f/policy.xml", "<fragment/>");
    folder.write(at + "backends/b/backendInformation.json", R"({"properties": {"url": "https://{{n}}.test"}})");
    folder.write(at + "version sets/v/versionSetInformation.json",
                 R"({"properties": {"displayName": "V", "versioningScheme": "Segment"}})");
    folder.write(at + "loggers/l/loggerInformation.json", R"({"properties": {"loggerType": "azureMonitor"}})");
    folder.write(at + "groups/g/groupInformation.json", R"({"properties": {"displayName": "G", "type": "custom"}})");
    folder.write(at + "schemas/x/schema.json", "{}");
    folder.write(at + "tags/t/tagInformation.json", R"({"properties": {"displayName": "T"}})");
    folder.write(at + "tags/t/apis/a/tagApiInformation.json", "{}");
    folder.write(at + "diagnostics/d/diagnosticInformation.json", R"({"properties": {"loggerId": "/loggers/l"}})");
    folder.write(at + "certificates/c/certificateInformation.json", R"({"properties": {"subject": "CN=c"}})");
  }
  return folder;
}

std::string findings(const TemporaryFolder& folder, const LoadedModel& loaded, Severity least = Severity::warning) {
  return testing::short_forms(loaded.diagnostics, &folder, least);
}

/// What the rules say of the folder beside its readers.
std::string rules(const TemporaryFolder& folder) {
  LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  Diagnostics diagnostics;
  validate_model(*loaded.model, diagnostics);
  return testing::short_forms(diagnostics, &folder);
}

}  // namespace

TEST_CASE("What stands in the folder of a workspace belongs to it", "[model][workspaces]") {
  TemporaryFolder folder;
  const LoadedModel loaded = load_artifacts(write_workspaces(folder).path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  const ServiceModel& model = *loaded.model;
  CHECK(findings(folder, loaded) == "");
  REQUIRE(model.workspaces.size() == 2);
  CHECK(model.workspaces[0].id == "w1");
  CHECK(model.workspaces[0].display_name == "The w1");
  CHECK(model.workspaces[0].description == "d");
  CHECK(model.workspaces[0].policy);
  REQUIRE(model.apis.size() == 3);
  CHECK(model.apis[0].workspace_id.empty());
  CHECK(model.apis[1].workspace_id == "w1");
  CHECK(model.apis[2].workspace_id == "w2");
  CHECK(model.apis[2].tag_ids == std::vector<std::string>{"t"});
  const auto is_of_w2 = [](const auto& entities) { return entities.size() == 2 && entities[1].workspace_id == "w2"; };
  CHECK(is_of_w2(model.products));
  CHECK(is_of_w2(model.subscriptions));
  CHECK(is_of_w2(model.named_values));
  CHECK(is_of_w2(model.fragments));
  CHECK(is_of_w2(model.backends));
  CHECK(is_of_w2(model.version_sets));
  CHECK(is_of_w2(model.loggers));
  CHECK(is_of_w2(model.groups));
  CHECK(is_of_w2(model.schemas));
  CHECK(is_of_w2(model.tags));
  CHECK(is_of_w2(model.diagnostics));
  CHECK(is_of_w2(model.certificates));
  CHECK(model.subscriptions[1].scope_id == "p");
}

TEST_CASE("The rules look at each workspace by itself", "[model][workspaces]") {
  TemporaryFolder folder;
  CHECK(rules(write_workspaces(folder)) == "");
}

TEST_CASE("What another workspace or the service has does not exist inside one", "[model][workspaces]") {
  TemporaryFolder folder;
  write_workspaces(folder);
  folder.write_api("only");
  folder.write("loggers/service/loggerInformation.json", R"({"properties": {"loggerType": "azureMonitor"}})");
  const std::string at = "workspaces/w1/";
  folder.write(at + "products/p/apis/only/productApiInformation.json", "{}");
  folder.write(at + "subscriptions/t/subscriptionInformation.json", R"({"properties": {"scope": "/apis/only"}})");
  folder.write(at + "backends/b/backendInformation.json", R"({"properties": {"url": "https://{{elsewhere}}.test"}})");
  folder.write("named values/e/namedValueInformation.json", named_value("elsewhere", "x"));
  folder.write(at + "diagnostics/d/diagnosticInformation.json", R"({"properties": {"loggerId": "/loggers/service"}})");
  CHECK(rules(folder) ==
        "error SL5005 0:0 workspaces/w1/backends/b/backendInformation.json\n"
        "error SL5005 1:29 workspaces/w1/diagnostics/d/diagnosticInformation.json\n"
        "error SL5005 0:0 workspaces/w1/products/p/apis/only\n"
        "error SL5005 1:26 workspaces/w1/subscriptions/t/subscriptionInformation.json\n");
}

TEST_CASE("A subscription of a workspace cannot be for another one", "[model][workspaces]") {
  const std::string scope = GENERATE("/workspaces/w2/products/p", "/workspaces/w1", "/workspaces/w1/users/u");
  TemporaryFolder folder;
  write_workspaces(folder);
  folder.write("workspaces/w1/subscriptions/s/subscriptionInformation.json",
               R"({"properties": {"scope": ")" + scope + R"("}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  if (scope == "/workspaces/w1") {  // All of its APIs.
    CHECK(loaded.model);
  } else {
    CHECK(findings(folder, loaded) == "error SL5003 1:26 workspaces/w1/subscriptions/s/subscriptionInformation.json\n");
  }
}

TEST_CASE("A subscription of the service cannot be for a workspace", "[model][workspaces]") {
  TemporaryFolder folder;
  write_workspaces(folder);
  folder.write("subscriptions/s/subscriptionInformation.json",
               R"({"properties": {"scope": "/workspaces/w1/products/p"}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK(findings(folder, loaded) == "error SL5003 1:26 subscriptions/s/subscriptionInformation.json\n");
}

TEST_CASE("A workspace has no users, gateways or workspaces", "[model][workspaces]") {
  const std::string name = GENERATE("users", "gateways", "workspaces", "policyRestrictions");
  TemporaryFolder folder;
  folder.write("workspaces/w/workspaceInformation.json", R"({"properties": {"displayName": "W"}})");
  folder.write("workspaces/w/" + name + "/x/x.json", "{}");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK(loaded.model);
  CHECK(findings(folder, loaded) == "warning SL5004 0:0 workspaces/w/" + name + "\n");
}

TEST_CASE("Named values in texts of a workspace are its own", "[model][workspaces]") {
  TemporaryFolder folder;
  LoadedModel loaded = load_artifacts(write_workspaces(folder).path());
  REQUIRE(loaded.model);
  resolve_backend_values(*loaded.model);
  CHECK(loaded.model->backends[0].url == "https://w1.test");
  CHECK(loaded.model->backends[1].url == "https://w2.test");
}

TEST_CASE("A document sees its own workspace's share of the model", "[model][workspaces]") {
  TemporaryFolder folder;
  const LoadedModel loaded = load_artifacts(write_workspaces(folder).path());
  REQUIRE(loaded.model);
  const auto of_w2 = workspace_view(*loaded.model, "W2");
  REQUIRE(of_w2);
  REQUIRE(of_w2->workspaces.size() == 1);
  CHECK(of_w2->workspaces[0].id == "w2");
  REQUIRE(of_w2->named_values.size() == 1);
  CHECK(of_w2->named_values[0].value == "w2");
  const auto of_service = workspace_view(*loaded.model, {});
  REQUIRE(of_service);
  CHECK(of_service->workspaces.empty());
  CHECK(of_service->named_values.empty());
  CHECK_FALSE(workspace_view(ServiceModel(), {}));
}

TEST_CASE("Something that says it is in a workspace that does not exist is an error", "[model][workspaces]") {
  ServiceModel model;
  model.backends.push_back({.id = "b", .workspace_id = "gone", .url = "https://b.test"});
  Diagnostics diagnostics;
  validate_model(model, diagnostics);
  CHECK(testing::short_forms(diagnostics) == "error SL5005 0:0\n");
}

TEST_CASE("An id with a slash is an error, for it could be another workspace's", "[model][workspaces]") {
  ServiceModel model;
  model.backends.push_back({.id = "w1/b", .url = "https://b.test"});
  Diagnostics diagnostics;
  validate_model(model, diagnostics);
  CHECK(testing::short_forms(diagnostics) == "error SL5003 0:0\n");
}

TEST_CASE("A self-hosted gateway is read with the APIs that are linked to it", "[model][gateways]") {
  TemporaryFolder folder;
  folder.write_api("a").write_api("b");
  folder.write(
      "gateways/edge/gatewayInformation.json",
      R"({"properties": {"description": "d", "locationData": {"name": "Berlin", "city": "Berlin", "district": null}}})");
  folder.write("gateways/edge/apis/a/gatewayApiInformation.json", "{}");
  folder.write("gateways/edge/hostnameConfigurations/h/x.json", "{}");
  folder.write("gateways/other/gatewayInformation.json", R"({"properties": {}})");
  folder.write("gateways/other/apis.json", R"(["a", {"name": "b"}])");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  REQUIRE(loaded.model->gateways.size() == 2);
  CHECK(loaded.model->gateways[0].id == "edge");
  CHECK(loaded.model->gateways[0].description == "d");
  CHECK(loaded.model->gateways[0].location == "Berlin");
  CHECK(loaded.model->gateways[0].api_ids == std::vector<std::string>{"a"});
  CHECK(loaded.model->gateways[1].api_ids == std::vector<std::string>{"a", "b"});
  CHECK(findings(folder, loaded, Severity::info) == "info SL5004 0:0 gateways/edge/hostnameConfigurations\n");
}

TEST_CASE("A gateway that is linked to an API that does not exist is an error", "[model][gateways]") {
  TemporaryFolder folder;
  folder.write_api("a");
  folder.write("gateways/edge/gatewayInformation.json", R"({"properties": {}})");
  folder.write("gateways/edge/apis/aa/gatewayApiInformation.json", "{}");
  CHECK(rules(folder) == "error SL5005 0:0 gateways/edge/apis/aa\n");
}

TEST_CASE("Tags come from their folders and from what has them", "[model][tags]") {
  TemporaryFolder folder;
  folder.write_api("a");
  folder.write("tags/t/tagInformation.json", R"({"properties": {"displayName": "T"}})");
  folder.write("tags/t/apis/a/tagApiInformation.json", "{}");
  folder.write("tags/t/products/p/tagProductInformation.json", "{}");
  folder.write("tags/u/tagInformation.json", R"({"properties": {"displayName": "U"}})");
  folder.write("products/p/productInformation.json", R"({"properties": {"displayName": "P"}})");
  folder.write("products/p/tags/u/tagInformation.json", "{}");
  folder.write("apis/a/tags/u/tagInformation.json", "{}");
  folder.write("apis/a/operations/get-items/tags/t/tagInformation.json", "{}");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  CHECK(loaded.model->tags[0].display_name == "T");
  CHECK(loaded.model->apis[0].tag_ids == std::vector<std::string>{"u", "t"});
  CHECK(loaded.model->products[0].tag_ids == std::vector<std::string>{"u", "t"});
  CHECK(loaded.model->apis[0].operations[0].tag_ids == std::vector<std::string>{"t"});
  CHECK(findings(folder, loaded, Severity::info) == "");
  CHECK(rules(folder) == "");
}

TEST_CASE("Tags that join what does not exist are warned of", "[model][tags]") {
  TemporaryFolder folder;
  folder.write_api("a");
  folder.write("tags/t/tagInformation.json", R"({"properties": {"displayName": "T"}})");
  folder.write("tags/t/apis/gone/tagApiInformation.json", "{}");
  folder.write("apis/a/tags/gone/tagInformation.json", "{}");
  const LoadedModel loaded = load_artifacts(folder.path());
  CHECK(findings(folder, loaded) == "warning SL5005 0:0 tags/t/apis\n");
  CHECK(rules(folder) == "warning SL5005 1:16 apis/a/apiInformation.json\n");
}

TEST_CASE("All fields of a diagnostic are read, and those without effect are told", "[model][diagnostics]") {
  TemporaryFolder folder;
  folder.write_api("a");
  folder.write("loggers/l/loggerInformation.json", R"({"properties": {"loggerType": "applicationInsights"}})");
  folder.write("apis/a/diagnostics/applicationinsights/diagnosticInformation.json", R"({"properties": {
    "loggerId": "/subscriptions/x/loggers/l", "alwaysLog": "allErrors", "verbosity": "error", "logClientIp": true,
    "sampling": {"samplingType": "fixed", "percentage": 12.5},
    "frontend": {"request": {"headers": ["A", "B"], "body": {"bytes": 8192}}, "response": {"headers": ["C"]}},
    "operationNameFormat": "Url",
    "httpCorrelationProtocol": "W3C",
    "metrics": true,
    "backend": {"request": {"headers": ["D"], "dataMasking": {"headers": []}}},
    "surprise": 1}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  REQUIRE(loaded.model->apis[0].diagnostics.size() == 1);
  const ApiDiagnostic& read = loaded.model->apis[0].diagnostics[0];
  CHECK(read.id == "applicationinsights");
  CHECK(read.logger_id == "l");
  CHECK(read.always_log_errors);
  CHECK(read.verbosity == ApiDiagnostic::Verbosity::error);
  CHECK(read.correlation == ApiDiagnostic::Correlation::w3c);
  CHECK(read.log_client_ip);
  CHECK(read.metrics);
  CHECK(read.names_operations_by_url);
  CHECK(read.sampling_percentage == 12.5);
  CHECK(read.frontend_request.headers == std::vector<std::string>{"A", "B"});
  CHECK(read.frontend_request.body_bytes == 8192);
  CHECK(read.frontend_response.headers == std::vector<std::string>{"C"});
  CHECK(read.backend_request.headers == std::vector<std::string>{"D"});
  const std::string file = " apis/a/diagnostics/applicationinsights/diagnosticInformation.json\n";
  const std::string info = "info SL5004 ";
  CHECK(findings(folder, loaded, Severity::info) == info + "4:61" + file + info + "6:32" + file + info + "7:16" + file +
                                                        info + "8:16" + file + info + "8:62" + file + info + "9:5" +
                                                        file);
}

TEST_CASE("A diagnostic that asks for the impossible is an error", "[model][diagnostics]") {
  const std::string field = GENERATE(R"("sampling": {"percentage": 101})", R"("sampling": {"percentage": -1})",
                                     R"("frontend": {"request": {"body": {"bytes": 8193}}})", R"("verbosity": "loud")",
                                     R"("alwaysLog": "nothing")");
  TemporaryFolder folder;
  folder.write("loggers/l/loggerInformation.json", R"({"properties": {"loggerType": "azureMonitor"}})");
  folder.write("diagnostics/d/diagnosticInformation.json",
               R"({"properties": {"loggerId": "/loggers/l", )" + field + "}}");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  CHECK_FALSE(loaded.model);
  CHECK(findings(folder, loaded).starts_with("error SL5003 1:"));
}

TEST_CASE("A diagnostic logs to a logger that exists", "[model][diagnostics]") {
  TemporaryFolder folder;
  folder.write("loggers/monitor/loggerInformation.json", R"({"properties": {"loggerType": "azureMonitor"}})");
  folder.write("diagnostics/d/diagnosticInformation.json", R"({"properties": {"loggerId": "/loggers/monitr"}})");
  CHECK(rules(folder) == "error SL5005 1:29 diagnostics/d/diagnosticInformation.json\n");
}

TEST_CASE("Subscriptions of a blocked user open nothing", "[model][users]") {
  const auto [state, opens] =
      GENERATE(table<std::string, bool>({{"active", true}, {"pending", true}, {"blocked", false}, {"deleted", false}}));
  TemporaryFolder folder;
  folder.write("users/u/userInformation.json", R"({"properties": {"email": "u@x.test", "state": ")" + state + R"("}})");
  folder.write("subscriptions/s/subscriptionInformation.json",
               R"({"properties": {"scope": "/apis", "ownerId": "/users/u"}})");
  folder.write("subscriptions/t/subscriptionInformation.json", R"({"properties": {"scope": "/apis"}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK((loaded.model->subscriptions[0].state == SubscriptionState::active) == opens);
  CHECK(loaded.model->subscriptions[1].state == SubscriptionState::active);
  CHECK(findings(folder, loaded, Severity::info) ==
        (opens ? "" : "info SL5004 0:0 subscriptions/s/subscriptionInformation.json\n"));
}

TEST_CASE("A document that leaves out base where a restriction wants it is warned of", "[model][restrictions]") {
  const auto [scope, found] = GENERATE(table<std::string, std::string>(
      {{"/apis/a", "warning SL5003 0:0 apis/a/operations/get-items/policy.xml\nwarning SL5003 0:0 apis/a/policy.xml\n"},
       {"/subscriptions/s/resourceGroups/r/providers/Microsoft.ApiManagement/service/x/apis/a/operations/get-items",
        "warning SL5003 0:0 apis/a/operations/get-items/policy.xml\n"},
       {"/apis/aa", ""},
       {"/products", "warning SL5003 0:0 products/p/policy.xml\n"}}));
  TemporaryFolder folder;
  folder.write_api("a");
  folder.write("apis/a/policy.xml", "<policies><inbound><!-- <base /> --></inbound></policies>");
  folder.write("apis/a/operations/get-items/policy.xml",
               "<policies><inbound><base /></inbound><outbound /></policies>");
  folder.write("products/p/productInformation.json", R"({"properties": {"displayName": "P"}})");
  folder.write("products/p/policy.xml", "<policies><inbound /></policies>");
  folder.write("policyRestrictions/r/policyRestrictionInformation.json",
               R"({"properties": {"scope": ")" + scope + R"(", "requireBase": "true"}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  CHECK(findings(folder, loaded) == found);
}

TEST_CASE("A restriction that requires nothing says nothing", "[model][restrictions]") {
  const std::string require = GENERATE(R"("false")", "false", "null");
  TemporaryFolder folder;
  folder.write_api("a").write("apis/a/policy.xml", "<policies><inbound /></policies>");
  folder.write("policyRestrictions/r/policyRestrictionInformation.json",
               R"({"properties": {"scope": "/apis/a", "requireBase": )" + require + "}}");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK(findings(folder, loaded) == "");
}
