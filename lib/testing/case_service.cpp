// SPDX-License-Identifier: Apache-2.0
// The service of a case: entities with the field names of <sluice/model.hpp>, documents at their scopes.
#include "testing/case_file.hpp"
#include "testing/case_specification.hpp"

#include <filesystem>
#include <set>

namespace sluice::testing {
namespace {

namespace fs = std::filesystem;

class ServiceReader {
 public:
  ServiceReader(CaseMap& top, const fs::path& root, PolicyCase& into, CaseFindings& findings,
                const std::string& workspace_id)
      : top_(top),
        root_(root),
        case_(into),
        model_(into.model),
        findings_(findings),
        broadest_scope_(workspace_id.empty() ? "global" : "workspace"),
        default_path_(workspace_id.empty() ? "api" : workspace_id) {}

  void read() {
    format_ = top_.text("format", "rawxml") == "xml" ? PolicyFormat::xml : PolicyFormat::rawxml;
    operation_policy_ = policy(top_.find("policy"));
    CaseMap policies(top_.find("policies"), "the policies", findings_);
    model_.policy = policy(policies.find(broadest_scope_));
    product_policy_ = policy(policies.find("product"));
    api_policy_ = policy(policies.find("api"));
    if (auto narrow = policy(policies.find("operation"))) operation_policy_ = std::move(narrow);
    policies.finish();
    read_apis();
    read_schemas(top_, model_, findings_);
    read_products();
    read_people();
    read_rest();
  }

 private:
  std::optional<PolicySource> policy(const YAML::Node& node) {
    if (!node || is_null(node)) return std::nullopt;
    if (node.IsScalar()) return PolicySource{node.Scalar(), case_.file, format_};
    CaseMap fields(node, "a policy", findings_);
    const std::string name = fields.text("file");
    fields.finish();
    return PolicySource{read_case_file(name, root_, node, findings_), name, format_};
  }

  std::vector<Parameter> parameters(CaseMap& fields, std::string_view key) {
    std::vector<Parameter> result;
    fields.each(key, [&](const YAML::Node& node) {
      CaseMap item(node, "a parameter", findings_);
      result.push_back({item.text("name"), item.text("type"), item.boolean("required", false),
                        item.text("default_value"), item.texts("values"), item.text("schema")});
      item.finish();
    });
    return result;
  }

  std::vector<Representation> representations(CaseMap& fields, std::string_view key) {
    std::vector<Representation> result;
    fields.each(key, [&](const YAML::Node& node) {
      CaseMap item(node, "a representation", findings_);
      Representation representation{item.text("content_type"), item.text("schema_id"), item.text("schema"), {}};
      item.each("examples", [&](const YAML::Node& example) {
        CaseMap named(example, "an example", findings_);
        representation.examples.push_back({named.text("name", "default"), named.text("value")});
        named.finish();
      });
      item.finish();
      result.push_back(std::move(representation));
    });
    return result;
  }

  Operation operation(const YAML::Node& node) {
    CaseMap fields(node, "an operation", findings_);
    Operation result;
    result.id = fields.text("id", "any");
    result.display_name = fields.text("display_name", result.id);
    result.method = fields.text("method", "GET");
    result.url_template = fields.text("url_template", "/*");
    result.template_parameters = parameters(fields, "template_parameters");
    result.query_parameters = parameters(fields, "query_parameters");
    result.headers = parameters(fields, "headers");
    result.request_representations = representations(fields, "request_representations");
    fields.each("responses", [&](const YAML::Node& response) {
      CaseMap item(response, "a response", findings_);
      OperationResponse made;
      made.status_code = static_cast<int>(item.integer("status_code").value_or(200));
      made.description = item.text("description");
      made.headers = parameters(item, "headers");
      made.representations = representations(item, "representations");
      item.finish();
      result.responses.push_back(std::move(made));
    });
    result.policy = policy(fields.find("policy"));
    if (!result.policy) result.policy = operation_policy_;
    fields.finish();
    return result;
  }

  Api api(const YAML::Node& node) {
    CaseMap fields(node, "an API", findings_);
    Api result;
    result.id = fields.text("id", "test-api");
    result.display_name = fields.text("display_name", result.id == "test-api" ? "Test API" : result.id);
    result.description = fields.text("description");
    result.path = fields.text("path", default_path_);
    result.service_url = fields.has("service_url") ? fields.text("service_url") : "http://backend.test";
    result.subscription_required = fields.boolean("subscription_required", false);
    CaseMap names(fields.find("subscription_key_parameter_names"), "the key names", findings_);
    result.subscription_key_parameter_names.header = names.text("header", "Ocp-Apim-Subscription-Key");
    result.subscription_key_parameter_names.query = names.text("query", "subscription-key");
    names.finish();
    result.revision = fields.text("revision", "1");
    result.is_current = fields.boolean("is_current", true);
    result.is_online = fields.boolean("is_online", true);
    result.version = fields.text("version");
    result.version_set_id = fields.text("version_set_id");
    if (fields.has("graphql_schema")) {
      result.type = ApiType::graphql;
      result.schemas.push_back(
          {.id = "graphql", .kind = Schema::Kind::graphql, .text = fields.text("graphql_schema"), .file = case_.file});
    }
    read_resolvers(fields.find("resolvers"), result);
    if (fields.has("protocols")) result.protocols = fields.texts("protocols");
    result.policy = policy(fields.find("policy"));
    if (!result.policy) result.policy = api_policy_;
    fields.each("operations", [&](const YAML::Node& item) { result.operations.push_back(operation(item)); });
    read_specification(fields, result, findings_);
    for (Operation& each : result.operations) {
      if (!each.policy) each.policy = operation_policy_;
    }
    fields.finish();
    return result;
  }

  /// By the paths of their fields.
  void read_resolvers(const YAML::Node& resolvers, Api& to) {
    if (!resolvers || !resolvers.IsMap()) return;
    to.type = ApiType::graphql;
    for (const auto& member : resolvers) {
      const std::string path = member.first.Scalar();
      if (auto document = policy(member.second)) to.resolvers.push_back({path, path, path, std::move(*document)});
    }
  }

  void read_apis() {
    top_.each("apis", [&](const YAML::Node& node) { model_.apis.push_back(api(node)); });
    if (model_.apis.empty()) model_.apis.push_back(api(top_.find("api")));
    if (const YAML::Node single = top_.find("operation")) model_.apis[0].operations.push_back(operation(single));
    top_.each("operations", [&](const YAML::Node& node) { model_.apis[0].operations.push_back(operation(node)); });
    for (Api& each : model_.apis) {
      if (each.operations.empty()) add_default_operations(each);
    }
    top_.each("version_sets", [&](const YAML::Node& node) {
      CaseMap fields(node, "a version set", findings_);
      const std::string scheme = fields.text("scheme", "segment");
      model_.version_sets.push_back({.id = fields.text("id"),
                                     .display_name = fields.text("display_name"),
                                     .scheme = scheme == "query"    ? VersioningScheme::query
                                               : scheme == "header" ? VersioningScheme::header
                                                                    : VersioningScheme::segment,
                                     .version_query_name = fields.text("version_query_name"),
                                     .version_header_name = fields.text("version_header_name")});
      fields.finish();
    });
  }

  /// One operation that takes every path, for each method that the requests use. A preflight's method is not one.
  void add_default_operations(Api& owner) {
    std::set<std::string> methods;
    for (const CaseRequest& request : case_.requests) {
      if (request.send.method != "OPTIONS") methods.insert(request.send.method);
    }
    if (methods.empty()) methods.insert("GET");
    for (const std::string& method : methods) {
      Operation made;
      made.id = methods.size() == 1 ? "any" : "any-" + method;
      made.display_name = made.id;
      made.method = method;
      made.url_template = "/*";
      made.policy = operation_policy_;
      owner.operations.push_back(std::move(made));
    }
  }

  void add_product(const YAML::Node& node) {
    CaseMap fields(node, "a product", findings_);
    Product product;
    product.id = fields.text("id", "p1");
    product.display_name = fields.text("display_name", product.id);
    product.description = fields.text("description");
    product.subscription_required = fields.boolean("subscription_required", true);
    product.approval_required = fields.boolean("approval_required", false);
    if (const auto limit = fields.integer("subscriptions_limit"))
      product.subscriptions_limit = static_cast<int>(*limit);
    product.published = fields.boolean("published", true);
    product.api_ids = fields.texts("api_ids");
    product.group_ids = fields.texts("group_ids");
    product.policy = policy(fields.find("policy"));
    if (!product.policy) product.policy = product_policy_;
    if (!fields.has("api_ids")) {
      for (const Api& each : model_.apis) product.api_ids.push_back(each.id);
    }
    fields.finish();
    model_.products.push_back(std::move(product));
  }

  void read_products() {
    if (const YAML::Node single = top_.find("product")) add_product(single);
    top_.each("products", [&](const YAML::Node& node) { add_product(node); });
    // A document at product scope alone wants a product that everybody is in.
    if (model_.products.empty() && product_policy_) {
      Product open;
      open.id = "p1";
      open.display_name = "Product One";
      open.subscription_required = false;
      open.policy = product_policy_;
      for (const Api& each : model_.apis) open.api_ids.push_back(each.id);
      model_.products.push_back(std::move(open));
    }
    if (const YAML::Node single = top_.find("subscription")) add_subscription(single);
    top_.each("subscriptions", [&](const YAML::Node& node) { add_subscription(node); });
  }

  void add_subscription(const YAML::Node& node) {
    static const std::map<std::string, SubscriptionState> states = {
        {"active", SubscriptionState::active},       {"suspended", SubscriptionState::suspended},
        {"submitted", SubscriptionState::submitted}, {"rejected", SubscriptionState::rejected},
        {"cancelled", SubscriptionState::cancelled}, {"expired", SubscriptionState::expired}};
    static const std::map<std::string, SubscriptionScope> scopes = {{"all_apis", SubscriptionScope::all_apis},
                                                                    {"api", SubscriptionScope::api},
                                                                    {"product", SubscriptionScope::product}};
    CaseMap fields(node, "a subscription", findings_);
    Subscription made;
    made.id = fields.text("id", "sub1");
    made.display_name = fields.text("display_name", made.id);
    made.scope = word(fields, "scope", scopes, model_.products.empty() ? "all_apis" : "product");
    const bool by_product = made.scope == SubscriptionScope::product && !model_.products.empty();
    made.scope_id = fields.text("scope_id", by_product                             ? model_.products[0].id
                                            : made.scope == SubscriptionScope::api ? model_.apis[0].id
                                                                                   : std::string());
    made.owner_id = fields.text("owner_id");
    made.state = word(fields, "state", states, "active");
    made.primary_key = fields.text("primary_key");
    made.secondary_key = fields.text("secondary_key");
    made.allow_tracing = fields.boolean("allow_tracing", false);
    made.created_date = fields.text("created_date");
    made.start_date = fields.text("start_date");
    made.end_date = fields.text("end_date");
    fields.finish();
    model_.subscriptions.push_back(std::move(made));
  }

  template <class T>
  T word(CaseMap& fields, const char* key, const std::map<std::string, T>& words, const char* fallback) {
    const std::string text = fields.text(key, fallback);
    const auto found = words.find(text);
    if (found != words.end()) return found->second;
    fields.report(fields.find(key), "'" + text + "' is no value of '" + key + "'");
    return words.at(fallback);
  }

  void read_people() {
    top_.each("users", [&](const YAML::Node& node) {
      CaseMap fields(node, "a user", findings_);
      User user{fields.text("id"),         fields.text("email"),
                fields.text("first_name"), fields.text("last_name"),
                fields.text("note"),       fields.text("registration_date"),
                fields.texts("group_ids"), {}};
      fields.each("identities", [&](const YAML::Node& identity) {
        CaseMap item(identity, "an identity", findings_);
        user.identities.push_back({item.text("id"), item.text("provider")});
        item.finish();
      });
      fields.finish();
      model_.users.push_back(std::move(user));
    });
    top_.each("groups", [&](const YAML::Node& node) {
      CaseMap fields(node, "a group", findings_);
      model_.groups.push_back({.id = fields.text("id"), .display_name = fields.text("display_name")});
      fields.finish();
    });
  }

  void read_rest() {
    const YAML::Node values = top_.find("named_values");
    if (values && values.IsMap()) {
      for (const auto& member : values) {
        model_.named_values.push_back(
            {.id = member.first.Scalar(), .display_name = member.first.Scalar(), .value = member.second.Scalar()});
      }
    }
    const YAML::Node fragments = top_.find("fragments");
    if (fragments && fragments.IsMap()) {
      for (const auto& member : fragments) {
        if (auto text = policy(member.second))
          model_.fragments.push_back({.id = member.first.Scalar(), .policy = std::move(*text)});
      }
    }
    model_.backends = read_case_backends(top_.find("backends"), findings_);
    model_.loggers = read_case_loggers(top_.find("loggers"), findings_);
  }

  CaseMap& top_;
  const fs::path& root_;
  PolicyCase& case_;
  ServiceModel& model_;
  CaseFindings& findings_;
  const std::string broadest_scope_;  ///< Whose document `policies` may hold beside the narrower ones.
  const std::string default_path_;
  PolicyFormat format_ = PolicyFormat::rawxml;
  std::optional<PolicySource> operation_policy_, api_policy_, product_policy_;
};

}  // namespace

void read_service(CaseMap& top, const fs::path& root, PolicyCase& into, CaseFindings& findings,
                  const std::string& workspace_id) {
  ServiceReader(top, root, into, findings, workspace_id).read();
  if (workspace_id.empty()) read_workspaces(top, root, into, findings);
}

}  // namespace sluice::testing
