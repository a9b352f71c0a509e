// SPDX-License-Identifier: Apache-2.0
// What every built-in policy owes: the reference and the editors print the tables as they stand.
#include <sluice/policy_registry.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>

using namespace sluice;

namespace {

void check_attributes(std::span<const AttributeSpec> attributes) {
  std::set<std::string_view> names;
  for (const AttributeSpec& attribute : attributes) {
    INFO("attribute " << attribute.name);
    CHECK(names.insert(attribute.name).second);
    CHECK_FALSE(attribute.doc.empty());
    CHECK_FALSE((attribute.required && !attribute.fallback.empty()));
    CHECK(attribute.min <= attribute.max);
  }
}

void check_children(std::span<const ElementSpec> children) {
  for (const ElementSpec& child : children) {
    INFO("child " << child.name);
    CHECK_FALSE(child.doc.empty());
    check_attributes(child.attributes);
    check_children(child.children);
  }
}

}  // namespace

TEST_CASE("Every built-in policy is declared in full", "[policies][catalogue]") {
  for (const PolicyDescriptor* policy : builtin_policies()) {
    INFO("policy " << policy->elements);
    CHECK_FALSE(policy->elements.empty());
    CHECK_FALSE(policy->summary.empty());
    // The root of a document of its own stands in no section.
    CHECK((policy->sections != Sections::none || policy->scopes == Scopes::resolver));
    CHECK(policy->scopes != Scopes::none);
    CHECK(policy->compile != nullptr);
    check_attributes(policy->attributes);
    check_children(policy->children);
  }
}

TEST_CASE("No two built-in policies have a name in common", "[policies][catalogue]") {
  std::set<std::string> names;
  for (const PolicyDescriptor* policy : builtin_policies()) {
    std::string_view rest = policy->elements;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      INFO(rest.substr(0, end));
      CHECK(names.emplace(rest.substr(0, end)).second);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}
