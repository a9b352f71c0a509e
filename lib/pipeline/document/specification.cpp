// SPDX-License-Identifier: Apache-2.0
#include "pipeline/document/specification.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice {
namespace {

template <class Row>
const Row* find_row(std::span<const Row> rows, std::string_view name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

Specification::Specification(const PolicyDescriptor& policy, std::string_view element)
    : name(element),
      text(policy.text),
      attributes(policy.attributes),
      children(policy.children),
      policies(policy.policies),
      policies_of(policy.policies_of),
      is_policy(true) {}

Specification::Specification(const ElementSpec& element)
    : name(element.name),
      text(element.text),
      attributes(element.attributes),
      children(element.children),
      policies(element.policies),
      policies_of(element.policies_of),
      is_policy(false) {}

const AttributeSpec* Specification::attribute(std::string_view attribute_name) const {
  return find_row(attributes, attribute_name);
}

const ElementSpec* Specification::child(std::string_view child_name) const { return find_row(children, child_name); }

bool Specification::takes_policy(std::string_view policy_name) const {
  if (policies) return true;
  const auto allowed = split_words(policies_of);
  return std::find(allowed.begin(), allowed.end(), policy_name) != allowed.end();
}

}  // namespace sluice
