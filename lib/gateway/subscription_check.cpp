// SPDX-License-Identifier: Apache-2.0
#include "gateway/subscription_check.hpp"

#include "base/crypto.hpp"
#include "base/url.hpp"

#include <algorithm>
#include <bit>

namespace sluice {
namespace {

template <class Entity>
const Entity* find_by_id(const std::vector<Entity>& entities, std::string_view id) {
  const auto found = std::find_if(entities.begin(), entities.end(), [&](const Entity& e) { return e.id == id; });
  return found != entities.end() ? &*found : nullptr;
}

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
  for (std::uint32_t i = 0; i < model.subscriptions.size(); ++i) {
    add_key(model.subscriptions[i].primary_key, i);
    add_key(model.subscriptions[i].secondary_key, i);
  }
  for (std::uint32_t api = 0; api < model.apis.size(); ++api) {
    for (std::uint32_t i = 0; i < model.products.size(); ++i) {
      const Product& product = model.products[i];
      const auto& ids = product.api_ids;
      if (std::find(ids.begin(), ids.end(), model.apis[api].id) == ids.end()) continue;
      apis_[api].products.push_back(i);
      if (!product.subscription_required && apis_[api].open_product == nullptr) apis_[api].open_product = &product;
    }
  }
}

void SubscriptionCheck::add_key(std::string_view text, std::uint32_t subscription) {
  if (text.empty()) return;
  buckets_[TextHash()(text) & (buckets_.size() - 1)].push_back({text, subscription});
}

const Subscription* SubscriptionCheck::find(std::string_view key, std::uint32_t api) const {
  if (key.size() > max_key_bytes) return nullptr;
  for (const Key& candidate : buckets_[TextHash()(key) & (buckets_.size() - 1)]) {
    if (!equal_in_constant_time(candidate.text, key)) continue;
    const Subscription& subscription = model_.subscriptions[candidate.subscription];
    if (subscription.state == SubscriptionState::active && covers(subscription, api)) return &subscription;
  }
  return nullptr;
}

bool SubscriptionCheck::covers(const Subscription& subscription, std::uint32_t api) const {
  switch (subscription.scope) {
    case SubscriptionScope::all_apis: return true;
    case SubscriptionScope::api: return subscription.scope_id == model_.apis[api].id;
    case SubscriptionScope::product: {
      const auto& products = apis_[api].products;
      return std::any_of(products.begin(), products.end(),
                         [&](std::uint32_t i) { return model_.products[i].id == subscription.scope_id; });
    }
  }
  return false;
}

Caller SubscriptionCheck::caller_of(const Subscription& subscription, std::string_view key) const {
  Caller caller{&subscription, nullptr, nullptr, key};
  if (subscription.scope == SubscriptionScope::product)
    caller.product = find_by_id(model_.products, subscription.scope_id);
  if (!subscription.owner_id.empty()) caller.user = find_by_id(model_.users, subscription.owner_id);
  return caller;
}

Result<Caller> SubscriptionCheck::check(const Request& request, std::uint32_t index) const {
  const Api& api = model_.apis[index];
  const auto key = key_of(request, api.subscription_key_parameter_names);
  if (!key) return fail(key.error());
  if (!key->empty()) {
    if (const Subscription* subscription = find(*key, index)) return caller_of(*subscription, *key);
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
