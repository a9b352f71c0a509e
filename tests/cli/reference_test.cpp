// SPDX-License-Identifier: Apache-2.0
// `sluice reference`: what it prints is what the declarations say.
#include <sluice/policy_registry.hpp>

#include "support/process.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void check_children(const std::string& page, std::span<const ElementSpec> children) {
  for (const ElementSpec& child : children) {
    INFO(child.name);
    CHECK(holds(page, "<" + std::string(child.name) + ">`"));
    for (const AttributeSpec& attribute : child.attributes)
      CHECK(holds(page, "| `" + std::string(attribute.name) + "` |"));
    check_children(page, child.children);
  }
}

}  // namespace

TEST_CASE("the reference of policies names every policy, attribute and child with what differs", "[cli][reference]") {
  const Finished run = run_to_end("sluice", {"reference", "policies"});
  CHECK(run.code == 0);
  CHECK(run.err.empty());
  for (const PolicyDescriptor* policy : builtin_policies()) {
    const std::string name(policy->elements.substr(0, policy->elements.find(' ')));
    INFO(name);
    const std::size_t from = run.out.find("\n## " + name + "\n");
    REQUIRE(from != std::string::npos);
    const std::string page = run.out.substr(from, run.out.find("\n## ", from + 1) - from);
    CHECK(holds(page, std::string(policy->summary)));
    CHECK(holds(page, std::string(policy->differs)));
    for (const AttributeSpec& attribute : policy->attributes) {
      INFO(attribute.name);
      CHECK(holds(page, "| `" + std::string(attribute.name) + "` |"));
      CHECK(holds(page, std::string(attribute.fallback)));
    }
    check_children(page, policy->children);
  }
}

TEST_CASE("sections, ranges and bars in words are printed as they are meant", "[cli][reference]") {
  const Finished run = run_to_end("sluice", {"reference", "policies"});
  CHECK(holds(run.out, "* Sections: inbound; once in a section\n"));
  CHECK(holds(
      run.out,
      "* Sections: inbound, backend, outbound, on-error\n* Scopes: global, workspace, product, api, operation\n"));
  CHECK(holds(run.out, "| `code` | integer 200 to 599 | yes |  | yes |"));
  CHECK(holds(run.out, "| `exists-action` | `override`, `skip`, `append`, `delete` |  | `override` | yes |"));
}

TEST_CASE("the reference of expressions is printed; an unknown topic is wrong usage", "[cli][reference]") {
  const Finished known = run_to_end("sluice", {"reference", "expressions"});
  CHECK(known.code == 0);
  CHECK(holds(known.out, "### `string`\n"));
  const Finished unknown = run_to_end("sluice", {"reference", "nothing"});
  CHECK(unknown.code == 2);
  CHECK(unknown.err == "sluice reference: there is nothing about 'nothing'; topics: expressions, policies\n");
}
