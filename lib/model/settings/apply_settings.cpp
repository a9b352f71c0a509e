// SPDX-License-Identifier: Apache-2.0
// Settings and environment over a model. Artifacts travel between environments; what differs between them, and what
// is secret, comes from here. Each source overrides the one before: folder, settings, environment.
#include <sluice/host_settings.hpp>

#include "base/entity_lookup.hpp"
#include "base/text.hpp"
#include "model/named_value_text.hpp"

#include <algorithm>
#include <set>

namespace sluice {
namespace {

/// What `{{display name}}` names, by `workspace/display name` or, of the service itself, the name alone.
std::string name_of(const NamedValue& value) { return entity_key(value.workspace_id, value.display_name); }

NamedValue& named_value(ServiceModel& model, const std::string& name, const std::string& file) {
  const EntityName wanted = name_of_key(name);
  for (NamedValue& value : model.named_values) {
    if (value.display_name == wanted.id && value.workspace_id == wanted.workspace_id) return value;
  }
  NamedValue added;
  added.workspace_id = wanted.workspace_id;
  added.id = added.display_name = wanted.id;
  added.secret = true;  // Nothing says that it is not.
  added.file = file;
  return model.named_values.emplace_back(std::move(added));
}

/// Every name that a policy or a backend mentions, as `name_of` has it.
std::set<std::string> referenced_names(const ServiceModel& model) {
  std::set<std::string> names;
  const auto collect = [&](std::string_view workspace_id, std::string_view text) {
    for (const std::string& name : model::named_value_references(text)) names.insert(entity_key(workspace_id, name));
  };
  const auto collect_policy = [&](std::string_view workspace_id, const std::optional<PolicySource>& policy) {
    if (policy) collect(workspace_id, policy->text);
  };
  collect_policy({}, model.policy);
  for (const Workspace& workspace : model.workspaces) collect_policy(workspace.id, workspace.policy);
  for (const Product& product : model.products) collect_policy(product.workspace_id, product.policy);
  for (const Api& api : model.apis) {
    collect_policy(api.workspace_id, api.policy);
    for (const Operation& operation : api.operations) collect_policy(api.workspace_id, operation.policy);
    for (const Resolver& resolver : api.resolvers) collect(api.workspace_id, resolver.policy.text);
  }
  for (const PolicyFragment& fragment : model.fragments) collect(fragment.workspace_id, fragment.policy.text);
  for (const Backend& backend : model.backends) {
    model::for_each_text(backend, [&](std::string_view text) { collect(backend.workspace_id, text); });
  }
  return names;
}

void add(Diagnostics& diagnostics, Severity severity, std::string_view code, const std::string& file,
         std::string message, std::string hint = {}) {
  Diagnostic finding;
  finding.severity = severity;
  finding.code = code;
  finding.file = file.empty() ? "settings" : file;
  finding.message = std::move(message);
  finding.hint = std::move(hint);
  diagnostics.add(std::move(finding));
}

void apply_named_values(ServiceModel& model, const HostSettings& settings, const EnvironmentLookup& environment,
                        Diagnostics& diagnostics) {
  for (const auto& [name, value] : settings.named_values) named_value(model, name, settings.file).value = value;
  const std::set<std::string> referenced = referenced_names(model);
  std::set<std::string> names = referenced;
  for (const NamedValue& value : model.named_values) names.insert(name_of(value));
  for (const std::string& name : names) {
    if (!environment) break;
    if (std::optional<std::string> value = environment(named_value_variable(name))) {
      named_value(model, name, {}).value = std::move(*value);
    }
  }
  for (const NamedValue& value : model.named_values) {
    if (!value.value.empty()) continue;
    const bool is_used = referenced.count(name_of(value)) != 0;
    add(diagnostics, is_used ? Severity::error : Severity::info, "SL5002", value.file,
        "the named value '" + name_of(value) + "' has no value",
        "set it in 'namedValues' of the settings or in the environment variable " +
            named_value_variable(name_of(value)));
  }
}

Subscription* find_subscription(ServiceModel& model, std::string_view name) {
  Subscription* by_display_name = nullptr;
  for (Subscription& subscription : model.subscriptions) {
    if (entity_key(subscription) == name) return &subscription;
    if (entity_key(subscription.workspace_id, subscription.display_name) == name) by_display_name = &subscription;
  }
  return by_display_name;
}

void apply_keys(ServiceModel& model, const HostSettings& settings, Diagnostics& diagnostics) {
  std::vector<std::string> keys_of_subscriptions;
  for (const Subscription& subscription : model.subscriptions)
    keys_of_subscriptions.push_back(entity_key(subscription));
  const std::vector<std::string_view> ids(keys_of_subscriptions.begin(), keys_of_subscriptions.end());
  for (const auto& [name, keys] : settings.subscription_keys) {
    Subscription* subscription = find_subscription(model, name);
    if (subscription == nullptr) {
      const std::string_view near = nearest_name(name, ids);
      add(diagnostics, Severity::warning, "SL5005", settings.file,
          "'subscriptionKeys' names the subscription '" + name + "', which does not exist",
          near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?");
      continue;
    }
    // Where the folder says keys, those are the subscription's: an old settings file must not open it again.
    if (!subscription->primary_key.empty() || !subscription->secondary_key.empty()) continue;
    subscription->primary_key = keys.primary_key;
    subscription->secondary_key = keys.secondary_key;
  }
}

}  // namespace

Diagnostics apply_settings(ServiceModel& model, const HostSettings& settings, const EnvironmentLookup& environment) {
  Diagnostics diagnostics;
  apply_named_values(model, settings, environment, diagnostics);
  apply_keys(model, settings, diagnostics);
  diagnostics.sort();
  return diagnostics;
}

std::string named_value_variable(std::string_view display_name) {
  std::string variable = "SLUICE_NAMED_VALUE_";
  for (char c : display_name) {
    if (c == '/') {
      variable += "__";  // `workspace/name`
    } else if (c >= 'a' && c <= 'z') {
      variable += static_cast<char>(c - 'a' + 'A');
    } else {
      variable += is_alpha(c) || is_digit(c) ? c : '_';
    }
  }
  return variable;
}

}  // namespace sluice
