// SPDX-License-Identifier: Apache-2.0
// What may stand in an element: one shape for policies and for the elements inside them.
#pragma once

#include <sluice/policy.hpp>

#include <span>
#include <string_view>

namespace sluice {

struct Specification {
  std::string_view name;
  TextRule text;
  std::span<const AttributeSpec> attributes;
  std::span<const ElementSpec> children;
  bool policies;
  std::string_view policies_of;
  bool is_policy;

  /// `name` is the one of the policy's names that the document has.
  Specification(const PolicyDescriptor& policy, std::string_view name);
  explicit Specification(const ElementSpec& child);

  const AttributeSpec* attribute(std::string_view attribute_name) const;
  const ElementSpec* child(std::string_view child_name) const;
  /// Whether a policy of that name may be a child.
  bool takes_policy(std::string_view policy_name) const;
};

}  // namespace sluice
