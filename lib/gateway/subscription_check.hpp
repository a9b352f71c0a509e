// SPDX-License-Identifier: Apache-2.0
// SubscriptionCheck: which subscription, product and user a request runs under, or why it may not.
// What is in a workspace opens APIs of that workspace, and what is in none, those of the service itself: a subscription
// for all APIs is one for those at its own place.
// Source: policies.md section 4.5. Keys are looked up by a keyed hash and compared in constant time (K2).
#pragma once

#include <sluice/context.hpp>
#include <sluice/message.hpp>
#include <sluice/model.hpp>

#include "base/text_hash.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Whom a request runs as. Null where there is none.
struct Caller {
  const Subscription* subscription = nullptr;
  const Product* product = nullptr;
  const User* user = nullptr;
  std::string_view key;  ///< As sent; empty when the request carries none.
};

class SubscriptionCheck {
 public:
  /// Longest key that is looked up.
  static constexpr std::size_t max_key_bytes = 256;

  /// `model` must outlive this object.
  explicit SubscriptionCheck(const ServiceModel& model);

  /// **Errors**: subscription_key_not_found, subscription_key_invalid (with the documented answer), bad_request for
  /// a key field that is sent more than once (P6).
  Result<Caller> check(const Request& request, std::uint32_t api) const;

  /// Products that contain the API, as indices into the model's products.
  const std::vector<std::uint32_t>& products_of(std::uint32_t api) const { return apis_[api].products; }

 private:
  /// What an active subscription opens, and whom its callers run as.
  struct Grant {
    SubscriptionScope scope;
    std::uint32_t scope_index;  ///< Of the API or product at the same place; `none` when the model has no such.
    std::uint32_t workspace;    ///< Number of its place.
    Caller caller;
  };
  struct Key {
    std::string_view text;
    std::uint32_t grant;
  };
  struct ApiAccess {
    std::uint32_t first;      ///< The first of the API's revisions, which stands for all of them.
    std::uint32_t workspace;  ///< Number of its workspace; 0: the service itself.
    std::vector<std::uint32_t> products;
    const Product* open_product = nullptr;
  };

  void add_apis(const ServiceModel& model);
  void add_products(const ServiceModel& model);
  void add_grants(const ServiceModel& model);
  void add_key(std::string_view text, std::uint32_t grant);
  /// What the key opens, when the API is among it, or null.
  const Grant* find(std::string_view key, std::uint32_t api) const;
  bool covers(const Grant& grant, std::uint32_t api) const;
  Error refusal(ErrorCode code, const Request& request, const Api& api) const;

  const ServiceModel& model_;
  /// Number of a workspace.
  std::uint32_t workspace(std::string_view id);

  std::map<std::string, std::uint32_t> workspaces_;  ///< By id in lower case.
  std::vector<ApiAccess> apis_;
  std::vector<Grant> grants_;
  std::vector<std::vector<Key>> buckets_;  ///< By keyed hash; a power of two.
};

}  // namespace sluice
