// SPDX-License-Identifier: Apache-2.0
#include <sluice/policy_registry.hpp>

#include "base/text.hpp"

#include <algorithm>

namespace sluice {

PolicyRegistry PolicyRegistry::with_builtins() {
  PolicyRegistry registry;
  for (const PolicyDescriptor* descriptor : builtin_policies()) registry.add(*descriptor);
  return registry;
}

void PolicyRegistry::add(const PolicyDescriptor& descriptor) {
  for (auto name : split_words(descriptor.elements)) by_name_[std::string(name)] = &descriptor;
  // One that has lost all its names to the new one is gone.
  policies_.clear();
  for (const auto& [name, policy] : by_name_) {
    if (std::find(policies_.begin(), policies_.end(), policy) == policies_.end()) policies_.push_back(policy);
  }
}

const PolicyDescriptor* PolicyRegistry::find(std::string_view element) const {
  const auto found = by_name_.find(element);
  return found == by_name_.end() ? nullptr : found->second;
}

}  // namespace sluice
