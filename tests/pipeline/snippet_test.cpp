// SPDX-License-Identifier: Apache-2.0
#include "pipeline/compile/snippet.hpp"

#include "pipeline/support.hpp"

#include <sluice/policy_document.hpp>

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;

namespace {

std::string check(std::string text) {
  return summary(check_policy_document({std::move(text), "test.xml"}, PolicyRegistry::with_builtins(), {}));
}

}  // namespace

TEST_CASE("what begins with a document's element is a document", "[pipeline][snippet]") {
  CHECK_FALSE(is_snippet("<policies/>"));
  CHECK_FALSE(is_snippet("\xEF\xBB\xBF  <?xml version='1.0'?> <!-- <a/> --><fragment>"));
  CHECK_FALSE(is_snippet(""));
  CHECK_FALSE(is_snippet("no markup <a/>"));
  CHECK_FALSE(is_snippet("<!-- does not end <a/>"));
  CHECK_FALSE(is_snippet("<sql-data-source/>"));
  CHECK(is_snippet("<!-- --><set-header/>"));
  CHECK(is_snippet("<inbound>"));
}

TEST_CASE("a snippet is checked in the first section that takes all of it", "[pipeline][snippet]") {
  const PolicyRegistry registry = PolicyRegistry::with_builtins();
  const auto begin = [&](std::string text) {
    const std::string made = document_of_snippet({std::move(text), "test.xml"}, registry).text;
    return made.substr(0, made.find('\n'));
  };
  CHECK(begin("<set-status code=\"204\"/><set-header/>") == "<policies><inbound>");
  CHECK(begin("<set-variable name=\"a\" value=\"b\"/><forward-request/>") == "<policies><backend>");
  CHECK(begin("<cache-store duration=\"1\"/>") == "<policies><outbound>");
  CHECK(begin("<cache-lookup/><cache-store/>") == "<fragment>");
  CHECK(begin("<outbound/><inbound/>") == "<policies>");
}

TEST_CASE("findings of a snippet stand where it has them", "[pipeline][snippet]") {
  CHECK(check("<set-method>GET</set-method>") == "1:1 SL2001\n");
  CHECK(check("<set-method>GET</set-method>\n  <set-status />\n<set-status code=\"1\" />") ==
        "1:1 SL2001\n2:3 SL2105\n3:13 SL2106\n");
  CHECK(check("<cache-lookup vary-by-developer=\"false\" vary-by-developer-groups=\"false\" />") == "1:1 SL2001\n");
  CHECK(check("<inbound>\n<nonsense />\n</inbound>") == "1:1 SL2001\n2:1 SL2101\n");
}
