// SPDX-License-Identifier: Apache-2.0
// To add a kind of resource: a row here, and a class of its own only where a folder with an information file is not all
// there is to it.
#include "management/routes.hpp"

#include "base/text.hpp"
#include "management/apis.hpp"
#include "management/links.hpp"
#include "management/policies.hpp"

namespace sluice::management {
namespace {

/// One of each kind. They hold nothing but what they are.
struct Kinds {
  ApiKind apis;
  RevisionKind revisions{apis};
  OperationKind operations;
  PolicyKind policies;
  FragmentKind fragments;
  SubscriptionKind subscriptions;
  NamedValueKind named_values;
  InformationKind schemas{{.file = "schemaInformation.json", .never_stored = {"provisioningState"}}};
  InformationKind version_sets{{.file = "versionSetInformation.json"}};
  InformationKind backends{{.file = "backendInformation.json", .hidden = {"proxy.password"}}};
  InformationKind loggers{
      {.file = "loggerInformation.json", .hidden = {"credentials.connectionString", "credentials.instrumentationKey"}}};
  InformationKind groups{{.file = "groupInformation.json", .never_stored = {"builtIn"}}};
  InformationKind products{{.file = "productInformation.json", .defaults = R"({"state":"notPublished"})"}};
  LinkKind product_apis{apis, "productApiInformation.json"};
  LinkKind product_groups{groups, "productGroupInformation.json"};
  ProductSubscriptionsKind product_subscriptions{subscriptions};
  ApiProductsKind api_products{products, product_apis};
};

const Kinds& kinds() {
  static const Kinds all{};
  return all;
}

Outcome<Properties> list_secrets(const Layout& layout, const Services& services, const Target& target) {
  return kinds().subscriptions.keys(layout, services, target);
}
Outcome<Properties> list_value(const Layout& layout, const Services&, const Target& target) {
  return kinds().named_values.secret(layout, target);
}
Outcome<void> renew_primary_key(Edit& edit, const Target& target) {
  return kinds().subscriptions.renew_key(edit, target, "primaryKey");
}
Outcome<void> renew_secondary_key(Edit& edit, const Target& target) {
  return kinds().subscriptions.renew_key(edit, target, "secondaryKey");
}

bool fits(std::string_view word, const std::string& segment) {
  return word == "*" || equal_ignoring_case(word, segment);
}

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> all = {
      {"apis/*", &kinds().apis},
      {"apis/*/operations/*", &kinds().operations},
      {"apis/*/operations/*/policies/policy", &kinds().policies},
      {"apis/*/policies/policy", &kinds().policies},
      {"apis/*/products/*", &kinds().api_products},
      {"apis/*/revisions/*", &kinds().revisions},
      {"apis/*/schemas/*", &kinds().schemas},
      {"apiVersionSets/*", &kinds().version_sets},
      {"backends/*", &kinds().backends},
      {"groups/*", &kinds().groups},
      {"loggers/*", &kinds().loggers},
      {"namedValues/*", &kinds().named_values},
      {"policies/policy", &kinds().policies},
      {"policyFragments/*", &kinds().fragments},
      {"products/*", &kinds().products},
      {"products/*/apis/*", &kinds().product_apis},
      {"products/*/groups/*", &kinds().product_groups},
      {"products/*/policies/policy", &kinds().policies},
      {"products/*/subscriptions/*", &kinds().product_subscriptions},
      {"schemas/*", &kinds().schemas},
      {"subscriptions/*", &kinds().subscriptions},
  };
  return all;
}

const std::vector<Action>& actions() {
  static const std::vector<Action> all = {
      {"namedValues/*", "listValue", list_value, nullptr},
      {"subscriptions/*", "listSecrets", list_secrets, nullptr},
      {"subscriptions/*", "regeneratePrimaryKey", nullptr, renew_primary_key},
      {"subscriptions/*", "regenerateSecondaryKey", nullptr, renew_secondary_key},
  };
  return all;
}

std::vector<std::string_view> segments_of(std::string_view pattern) { return split(pattern, '/'); }

const Route* find_route(const std::vector<std::string>& segments, std::size_t count) {
  for (const Route& route : routes()) {
    const std::vector<std::string_view> words = segments_of(route.pattern);
    bool is_fit = words.size() == count;
    for (std::size_t i = 0; is_fit && i < count; ++i) is_fit = fits(words[i], segments[i]);
    if (is_fit) return &route;
  }
  return nullptr;
}

const Route* find_collection(const std::vector<std::string>& segments) {
  for (const Route& route : routes()) {
    const std::vector<std::string_view> words = segments_of(route.pattern);
    bool is_fit = words.size() == segments.size() + 1;
    for (std::size_t i = 0; is_fit && i < segments.size(); ++i) is_fit = fits(words[i], segments[i]);
    if (is_fit) return &route;
  }
  return nullptr;
}

std::string type_of(const Route& route) {
  std::string type = "Microsoft.ApiManagement/service";
  const std::vector<std::string_view> words = segments_of(route.pattern);
  for (std::size_t i = 0; i < words.size(); i += 2) type += '/' + std::string(words[i]);
  return type;
}

}  // namespace sluice::management
