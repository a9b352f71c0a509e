// SPDX-License-Identifier: Apache-2.0
#include <sluice/host_settings.hpp>

#include "model/named_value_text.hpp"
#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

EnvironmentLookup environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string(name));
    return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
}

std::string value_of(const ServiceModel& model, std::string_view name) {
  const NamedValue* value = model::find_named_value(model, {}, name);
  return value == nullptr ? "none" : value->value;
}

}  // namespace

TEST_CASE("Named values come from folder, settings and environment, the later winning", "[model][settings]") {
  ServiceModel model;
  model.named_values = {{.id = "1", .display_name = "a", .value = "folder"},
                        {.id = "2", .display_name = "b", .value = "folder"},
                        {.id = "3", .display_name = "c", .value = "folder"}};
  HostSettings settings;
  settings.named_values = {{"b", "settings"}, {"c", "settings"}, {"d", "settings"}};
  const Diagnostics found = apply_settings(model, settings, environment({{"SLUICE_NAMED_VALUE_C", "environment"}}));
  CHECK(found.empty());
  CHECK(value_of(model, "a") == "folder");
  CHECK(value_of(model, "b") == "settings");
  CHECK(value_of(model, "c") == "environment");
  CHECK(value_of(model, "d") == "settings");
  CHECK(model::find_named_value(model, {}, "d")->secret);
}

TEST_CASE("The variable of a named value is its name in capitals", "[model][settings]") {
  CHECK(named_value_variable("api-key.v2_x") == "SLUICE_NAMED_VALUE_API_KEY_V2_X");
}

TEST_CASE("A name that only a policy mentions is looked up in the environment", "[model][settings]") {
  ServiceModel model;
  model.policy =
      PolicySource{"<policies>{{global}} {{ spaced }} {{ not a name }}</policies>", "", PolicyFormat::rawxml};
  model.apis.push_back({.id = "a"});
  model.apis[0].operations.push_back({.id = "o"});
  model.apis[0].operations[0].policy = PolicySource{"{{operation}}", "", PolicyFormat::rawxml};
  model.products.push_back({.id = "p"});
  model.products[0].policy = PolicySource{"{{product}}", "", PolicyFormat::rawxml};
  model.fragments.push_back({.id = "f", .policy = {"{{fragment}}", "", PolicyFormat::rawxml}});
  model.backends.push_back({.id = "b"});
  model.backends[0].credentials.query = {{"code", "{{backend}}"}};
  std::map<std::string, std::string> variables;
  for (const char* name : {"GLOBAL", "SPACED", "OPERATION", "PRODUCT", "FRAGMENT", "BACKEND", "UNUSED"}) {
    variables["SLUICE_NAMED_VALUE_" + std::string(name)] = name;
  }
  CHECK(apply_settings(model, {}, environment(variables)).empty());
  for (const char* name : {"global", "spaced", "operation", "product", "fragment", "backend"}) {
    CHECK(value_of(model, name) != "none");
  }
  CHECK(model.named_values.size() == 6);
}

TEST_CASE("A used secret that nothing gives a value is an error that says where to set it", "[model][settings]") {
  ServiceModel model;
  model.named_values = {{.id = "1", .display_name = "used", .value = "", .secret = true, .file = "f.json"},
                        {.id = "2", .display_name = "unused", .value = "", .secret = true, .file = "g.json"}};
  model.policy = PolicySource{"{{used}}", "", PolicyFormat::rawxml};
  const Diagnostics found = apply_settings(model, {}, {});
  CHECK(testing::short_forms(found, nullptr, Severity::info) == "error SL5002 0:0\ninfo SL5002 0:0\n");
  CHECK(found[0].file == "f.json");
  CHECK(found[0].hint.find("SLUICE_NAMED_VALUE_USED") != std::string::npos);
  CHECK(apply_settings(model, {}, environment({{"SLUICE_NAMED_VALUE_USED", "x"}})).has_errors() == false);
}

TEST_CASE("Keys of the settings fill in what the folder leaves out", "[model][settings]") {
  ServiceModel model;
  model.subscriptions.push_back({.id = "a", .display_name = "A"});
  model.subscriptions.push_back({.id = "b", .display_name = "B app"});
  model.subscriptions.push_back({.id = "c", .primary_key = "folder"});
  HostSettings settings;
  settings.subscription_keys = {{"a", {"a1", "a2"}}, {"B app", {"b1", ""}}, {"c", {"c1", "c2"}}};
  CHECK(apply_settings(model, settings, {}).empty());
  CHECK(model.subscriptions[0].primary_key == "a1");
  CHECK(model.subscriptions[0].secondary_key == "a2");
  CHECK(model.subscriptions[1].primary_key == "b1");
  CHECK(model.subscriptions[2].primary_key == "folder");
  CHECK(model.subscriptions[2].secondary_key == "");
}

TEST_CASE("Keys for a subscription that does not exist are warned of", "[model][settings]") {
  ServiceModel model;
  model.subscriptions.push_back({.id = "partner"});
  HostSettings settings;
  settings.file = "settings.json";
  settings.subscription_keys = {{"partnr", {"hush", ""}}};
  const Diagnostics found = apply_settings(model, settings, {});
  REQUIRE(found.size() == 1);
  CHECK(testing::short_form(found[0]) == "warning SL5005 0:0");
  CHECK(found[0].hint == "did you mean 'partner'?");
  CHECK(testing::rendered(found).find("hush") == std::string::npos);
}

TEST_CASE("References to named values are found and put in once", "[model][settings]") {
  CHECK(model::named_value_references("{{a}}{{ b }} {{a}} {{{c}} {{x y}} {{d") ==
        std::vector<std::string>{"a", "b", "c"});
  ServiceModel model;
  model.named_values = {{.id = "1", .display_name = "a", .value = "{{b}}"},
                        {.id = "2", .display_name = "b", .value = "B"}};
  CHECK(model::substitute_named_values("x{{a}}y{{ b }}z{{none}}", model) == "x{{b}}yBz{{none}}");
  CHECK(model::substitute_named_values("", model) == "");
}

TEST_CASE("A text full of braces is walked once", "[model][settings][limits]") {
  const std::string braces(1u << 20, '{');
  CHECK(model::named_value_references(braces + "a}}") == std::vector<std::string>{"a"});
  CHECK(model::named_value_references(braces + std::string(1u << 20, '}')).empty());
}

TEST_CASE("Named values are put into the backends", "[model][settings]") {
  ServiceModel model;
  model.backends.push_back({.id = "b", .url = "https://{{host}}/{{none}}"});
  BackendCredentials& credentials = model.backends[0].credentials;
  credentials.authorization = {"Bearer", "{{token}}"};
  credentials.headers = {{"x-key", "k-{{token}}"}};
  credentials.query = {{"code", "{{token}}"}};
  HostSettings settings;
  settings.named_values = {{"host", "x.test"}};
  CHECK(apply_settings(model, settings, environment({{"SLUICE_NAMED_VALUE_TOKEN", "t"}})).empty());
  resolve_backend_values(model);
  CHECK(model.backends[0].url == "https://x.test/{{none}}");
  CHECK(credentials.authorization->second == "t");
  CHECK(credentials.headers[0].second == "k-t");
  CHECK(credentials.query[0].second == "t");
}

TEST_CASE("A secret that makes a URL malformed is not told", "[model][settings]") {
  ServiceModel model;
  model.backends.push_back({.id = "b", .url = "{{host}}"});
  HostSettings settings;
  settings.named_values = {{"host", "hush"}};
  apply_settings(model, settings, {});
  resolve_backend_values(model);
  Diagnostics diagnostics;
  validate_model(model, diagnostics);
  REQUIRE(diagnostics.has_errors());
  CHECK(testing::rendered(diagnostics).find("hush") == std::string::npos);
}

TEST_CASE("Settings and environment name what is in a workspace with the workspace", "[model][settings]") {
  ServiceModel model;
  model.workspaces.push_back({.id = "w1"});
  model.named_values = {{.id = "n", .workspace_id = "w1", .display_name = "n", .value = "folder"},
                        {.id = "n", .display_name = "n", .value = "folder"},
                        {.id = "e", .workspace_id = "w1", .display_name = "e", .secret = true}};
  model.backends.push_back({.id = "b", .workspace_id = "w1", .url = "https://{{e}}/{{new}}"});
  Subscription subscription;
  subscription.id = "s";
  subscription.workspace_id = "w1";
  model.subscriptions = {subscription};
  HostSettings settings;
  settings.named_values = {{"w1/n", "settings"}};
  settings.subscription_keys["w1/s"] = {.primary_key = "first", .secondary_key = "second"};
  const Diagnostics found = apply_settings(
      model, settings,
      environment({{"SLUICE_NAMED_VALUE_W1__E", "environment"}, {"SLUICE_NAMED_VALUE_W1__NEW", "made"}}));
  CHECK(found.empty());
  CHECK(model::find_named_value(model, "w1", "n")->value == "settings");
  CHECK(model::find_named_value(model, {}, "n")->value == "folder");
  CHECK(model::find_named_value(model, "w1", "e")->value == "environment");
  REQUIRE(model::find_named_value(model, "w1", "new") != nullptr);
  CHECK(model::find_named_value(model, "w1", "new")->value == "made");
  CHECK(model.subscriptions[0].primary_key == "first");
}
