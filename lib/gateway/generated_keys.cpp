// SPDX-License-Identifier: Apache-2.0
#include "gateway/generated_keys.hpp"

#include "base/entity_lookup.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// 128 random bits as 32 hexadecimal digits, as the service writes its keys.
std::string make_key(Random& random) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string key;
  for (int word = 0; word < 2; ++word) {
    std::uint64_t bits = random.bits();
    for (int i = 0; i < 16; ++i, bits >>= 4) key += digits[bits & 15];
  }
  return key;
}

}  // namespace

void GeneratedKeys::fill_in(ServiceModel& model, Random& random) {
  std::lock_guard lock(mutex_);
  for (Subscription& subscription : model.subscriptions) {
    if (!subscription.primary_key.empty() || !subscription.secondary_key.empty()) continue;
    auto [found, is_new] = keys_.try_emplace(entity_key(subscription));
    if (is_new) found->second = {found->first, make_key(random), make_key(random)};
    subscription.primary_key = found->second.primary_key;
    subscription.secondary_key = found->second.secondary_key;
  }
}

void GeneratedKeys::keep_only(const ServiceModel& model) {
  std::lock_guard lock(mutex_);
  std::erase_if(keys_, [&](const auto& entry) {
    return std::none_of(model.subscriptions.begin(), model.subscriptions.end(), [&](const Subscription& subscription) {
      return entity_key(subscription) == entry.first && subscription.primary_key == entry.second.primary_key;
    });
  });
}

std::vector<Gateway::GeneratedKey> GeneratedKeys::all() const {
  std::lock_guard lock(mutex_);
  std::vector<Gateway::GeneratedKey> result;
  for (const auto& [id, key] : keys_) result.push_back(key);
  return result;
}

}  // namespace sluice
