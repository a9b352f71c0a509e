// SPDX-License-Identifier: Apache-2.0
// PolicyRegistry: which policy elements exist. The host makes one and adds its own policies; nothing registers itself.
#pragma once

#include <sluice/policy.hpp>

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

class PolicyRegistry {
 public:
  /// The built-in catalogue.
  static PolicyRegistry with_builtins();

  /// Adds a policy; one with the same element name replaces what was there. The descriptor must outlive the registry.
  void add(const PolicyDescriptor& descriptor);
  /// The policy with that element name or alias, or null.
  const PolicyDescriptor* find(std::string_view element) const;
  /// All policies, by element name.
  std::span<const PolicyDescriptor* const> all() const { return policies_; }

 private:
  std::map<std::string, const PolicyDescriptor*, std::less<>> by_name_;
  std::vector<const PolicyDescriptor*> policies_;
};

/// The policies of lib/policies, one per file; the table is generated when the library is configured.
std::span<const PolicyDescriptor* const> builtin_policies();

}  // namespace sluice
