// SPDX-License-Identifier: Apache-2.0
#include "gateway/subscription_check.hpp"

#include "base/crypto.hpp"
#include "base/entity_lookup.hpp"
#include "base/url.hpp"

#include <algorithm>
#include <bit>

namespace sluice {
namespace {

constexpr std::uint32_t none = EntityIndex::none;

/// Header first, query only without it.
Result<std::string_view> key_of(const Request& request, const SubscriptionKeyParameterNames& names) {
  const HeaderName header = names.header_name();
  if (const Header* line = request.headers.find(header); line != nullptr) {
    const auto is_another = [&](const Header& other) { return other.is(header); };
    if (std::none_of(line + 1, request.headers.lines().data() + request.headers.size(), is_another)) return line->value;
    return fail(ErrorCode::bad_request, "The subscription key is sent more than once.");
  }
  if (request.url.query.empty()) return std::string_view();
  return query_value(request.url.query, names.query, request.headers.arena()).value_or("");
}

}  // namespace

SubscriptionCheck::SubscriptionCheck(const ServiceModel& model)
    : model_(model), apis_(model.apis.size()), buckets_(std::bit_ceil(model.subscriptions.size() * 4 + 1)) {
  add_apis(model);
  add_products(model);
  add_grants(model);
}

std::uint32_t SubscriptionCheck::workspace(std::string_view id) {
  if (id.empty()) return 0;
  return workspaces_.try_emplace(to_lower(id), static_cast<std::uint32_t>(workspaces_.size() + 1)).first->second;
}

void SubscriptionCheck::add_apis(const ServiceModel& model) {
  const EntityIndex index(model.apis);
  for (std::size_t i = 0; i < model.apis.size(); ++i) {
    const Api& api = model.apis[i];
    apis_[i].first = index.find(api.workspace_id, api.id);
    apis_[i].workspace = workspace(api.workspace_id);
  }
}

void SubscriptionCheck::add_products(const ServiceModel& model) {
  const EntityIndex apis(model.apis);
  for (std::uint32_t i = 0; i < model.products.size(); ++i) {
    const Product& product = model.products[i];
    for (const std::string& id : product.api_ids) {
      const std::uint32_t api = apis.find(product.workspace_id, id);
      if (api == none) continue;
      ApiAccess& access = apis_[api];
      if (!access.products.empty() && access.products.back() == i) continue;  // named twice
      access.products.push_back(i);
      if (!product.subscription_required && access.open_product == nullptr) access.open_product = &product;
    }
  }
  for (ApiAccess& access : apis_) {
    access.products = apis_[access.first].products;
    access.open_product = apis_[access.first].open_product;
  }
}

void SubscriptionCheck::add_grants(const ServiceModel& model) {
  const EntityIndex apis(model.apis);
  const EntityIndex products(model.products);
  const EntityIndex users(model.users);
  for (const Subscription& subscription : model.subscriptions) {
    if (subscription.state != SubscriptionState::active) continue;
    const std::string& place = subscription.workspace_id;
    Grant grant{subscription.scope, none, workspace(place), {&subscription, nullptr, nullptr, {}}};
    if (subscription.scope == SubscriptionScope::api) grant.scope_index = apis.find(place, subscription.scope_id);
    if (subscription.scope == SubscriptionScope::product) {
      grant.scope_index = products.find(place, subscription.scope_id);
      if (grant.scope_index != none) grant.caller.product = &model.products[grant.scope_index];
    }
    if (const auto user = users.find({}, subscription.owner_id); user != none) grant.caller.user = &model.users[user];
    add_key(subscription.primary_key, static_cast<std::uint32_t>(grants_.size()));
    add_key(subscription.secondary_key, static_cast<std::uint32_t>(grants_.size()));
    grants_.push_back(grant);
  }
}

void SubscriptionCheck::add_key(std::string_view text, std::uint32_t grant) {
  if (text.empty()) return;
  buckets_[TextHash()(text) & (buckets_.size() - 1)].push_back({text, grant});
}

const SubscriptionCheck::Grant* SubscriptionCheck::find(std::string_view key, std::uint32_t api) const {
  if (key.size() > max_key_bytes) return nullptr;
  for (const Key& candidate : buckets_[TextHash()(key) & (buckets_.size() - 1)]) {
    if (!equal_in_constant_time(candidate.text, key)) continue;
    const Grant& grant = grants_[candidate.grant];
    if (covers(grant, api)) return &grant;
  }
  return nullptr;
}

bool SubscriptionCheck::covers(const Grant& grant, std::uint32_t api) const {
  const ApiAccess& access = apis_[api];
  if (grant.scope == SubscriptionScope::api) return grant.scope_index == access.first;
  if (grant.scope == SubscriptionScope::all_apis) return grant.workspace == access.workspace;
  const auto& products = access.products;
  return std::find(products.begin(), products.end(), grant.scope_index) != products.end();
}

Result<Caller> SubscriptionCheck::check(const Request& request, std::uint32_t index) const {
  const Api& api = model_.apis[index];
  const auto key = key_of(request, api.subscription_key_parameter_names);
  if (!key) return fail(key.error());
  if (!key->empty()) {
    if (const Grant* grant = find(*key, index)) {
      Caller caller = grant->caller;
      caller.key = *key;
      return caller;
    }
  }
  const Product* open = apis_[index].open_product;
  if (open != nullptr || !api.subscription_required) return Caller{nullptr, open, nullptr, *key};
  return fail(refusal(key->empty() ? ErrorCode::subscription_key_not_found : ErrorCode::subscription_key_invalid,
                      request, api));
}

Error SubscriptionCheck::refusal(ErrorCode code, const Request& request, const Api& api) const {
  Arena& arena = request.headers.arena();
  const std::string challenge = "AzureApiManagementKey realm=\"https://" + std::string(request.url.authority(arena)) +
                                (api.path.empty() || api.path.front() == '/' ? "" : "/") + api.path + "\",name=\"" +
                                api.subscription_key_parameter_names.header + "\",type=\"header\"";
  Error error(code);
  // What goes to the caller says "an API" where LastError says "this API".
  if (code == ErrorCode::subscription_key_not_found) {
    error.edit().wire_message =
        "Access denied due to missing subscription key. Make sure to include subscription key when making requests to "
        "an API.";
  } else {
    error.edit().wire_message = error.message();
  }
  error.edit().status_reason = "Access Denied";
  error.edit().headers.emplace_back("WWW-Authenticate", challenge);
  error.edit().place.source = "authorization";
  return error;
}

}  // namespace sluice
