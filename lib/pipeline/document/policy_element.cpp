// SPDX-License-Identifier: Apache-2.0
#include <sluice/policy.hpp>

#include <algorithm>

namespace sluice {

const PolicyAttribute* PolicyElement::attribute(std::string_view attribute_name) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const PolicyAttribute& attribute) { return attribute.name == attribute_name; });
  return found == attributes.end() ? nullptr : &*found;
}

const PolicyElement* PolicyElement::child(std::string_view child_name) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const PolicyElement& child) { return child.name == child_name; });
  return found == children.end() ? nullptr : &*found;
}

}  // namespace sluice
