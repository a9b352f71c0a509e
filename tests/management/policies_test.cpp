// SPDX-License-Identifier: Apache-2.0
#include "management/policies.hpp"

#include "management/service.hpp"

using namespace sluice;
using management::Answer;
using management::to_well_formed;
using test::answering;
using test::policy;
using test::resource;
using test::Service;
using test::text_at;

TEST_CASE("Policies of all scopes are put, run and removed", "[management][policies]") {
  Service service;
  service.load().make_shop();
  service.done("PUT", "policies/policy",
               policy("<policies><inbound /><backend><forward-request /></backend></policies>"));
  service.done("PUT", "apis/shop/operations/list/policies/policy", policy(answering("one")));
  CHECK(service.get("http://gw/shop/items") == "200 one");
  service.done("DELETE", "apis/shop/operations/list/policies/policy");
  CHECK(service.get("http://gw/shop/items") == "200 items");
  CHECK(service.call("GET", "apis/shop/operations/list/policies/policy").status == 404);
  service.done("PUT", "products/p", resource(R"("displayName":"p","subscriptionRequired":false)"));
  service.done("PUT", "products/p/policies/policy", policy(answering("product")));
  CHECK(text_at(service.call("GET", "products/p/policies"), "value.0.name") == "policy");
  CHECK(text_at(service.call("GET", "policies"), "count") == "1");
  service.done("DELETE", "policies/policy");
  CHECK(text_at(service.call("GET", "policies"), "count") == "0");
}

TEST_CASE("A broken policy is refused with its line and column, and what was there goes on", "[management][policies]") {
  Service service;
  service.load().make_shop();
  const Answer answer =
      service.call("PUT", "apis/shop/policies/policy",
                   policy("<policies>\n  <inbound>\n    <rate-limit calls=\"x\" />\n  </inbound>\n</policies>"));
  CHECK(answer.status == 400);
  CHECK(text_at(answer, "error.code") == "ValidationError");
  CHECK(text_at(answer, "error.details.0.target") == "apis/shop/policy.xml");
  CHECK(text_at(answer, "error.details.0.code").starts_with("SL2"));
  CHECK(text_at(answer, "error.details.0.message").starts_with("Line 3, column "));
  CHECK(service.get("http://gw/shop/items") == "200 items");
  CHECK(text_at(service.call("GET", "apis/shop/policies/policy?format=rawxml"), "properties.value") ==
        answering("items"));
}

TEST_CASE("Format xml wants well-formed XML, rawxml does not", "[management][policies]") {
  Service service;
  service.load().make_shop();
  const std::string raw =
      "<policies><inbound><base /><return-response><set-body>@(1 < 2 && true ? \"yes\" : "
      "\"no\")</set-body></return-response></inbound></policies>";
  const std::string escaped =
      "<policies><inbound><base /><return-response><set-body>@(1 &lt; 2 &amp;&amp; true ? &quot;yes&quot; : "
      "&quot;no&quot;)</set-body></return-response></inbound></policies>";
  const Answer refused = service.call("PUT", "apis/shop/policies/policy", policy(raw, "xml"));
  CHECK(refused.status == 400);
  CHECK(text_at(refused, "error.details.0.message").starts_with("Line 1, column "));
  service.done("PUT", "apis/shop/policies/policy", policy(raw));
  CHECK(service.get("http://gw/shop/items") == "200 yes");
  CHECK(text_at(service.call("GET", "apis/shop/policies/policy"), "properties.value") == escaped);
  CHECK(text_at(service.call("GET", "apis/shop/policies/policy"), "properties.format") == "xml");
  CHECK(text_at(service.call("GET", "apis/shop/policies/policy?format=rawxml"), "properties.value") == raw);
  service.done("PUT", "apis/shop/policies/policy", policy(escaped, "xml"));
  CHECK(service.get("http://gw/shop/items") == "200 yes");
  CHECK(service.call("GET", "apis/shop/policies/policy?format=json").status == 400);
}

TEST_CASE("Without a format a document is xml; links and other formats are refused by name", "[management][policies]") {
  Service service;
  service.load().make_shop();
  const auto put = [&](const std::string& properties) {
    return service.call("PUT", "apis/shop/policies/policy", resource(properties));
  };
  CHECK(put(R"("value":"<policies><inbound><base/></inbound></policies>")").status == 200);
  for (const char* format : {"xml-link", "rawxml-link", "yaml", ""}) {
    const Answer answer = put("\"value\":\"https://example.test/p.xml\",\"format\":\"" + std::string(format) + "\"");
    INFO(answer.body);
    CHECK(answer.status == 400);
    CHECK(text_at(answer, "error.message").find('\'' + std::string(format) + '\'') != std::string::npos);
  }
  CHECK(put(R"("format":"rawxml")").status == 400);
  CHECK(put(R"("format":"rawxml","value":1)").status == 400);
}

TEST_CASE("Fragments are put, used and kept from being removed while they are", "[management][policies]") {
  Service service;
  service.load().make_shop();
  const Answer made = service.done(
      "PUT", "policyFragments/hello",
      R"({"properties":{"description":"d","format":"rawxml","value":"<fragment><return-response><set-body>hello</set-body></return-response></fragment>"}})");
  CHECK(made.status == 201);
  CHECK(text_at(made, "properties.description") == "d");
  CHECK(text_at(made, "properties.value").starts_with("<fragment>"));
  service.done("PUT", "apis/shop/policies/policy",
               policy("<policies><inbound><include-fragment fragment-id=\"hello\" /></inbound></policies>"));
  CHECK(service.get("http://gw/shop/items") == "200 hello");
  CHECK(service.call("DELETE", "policyFragments/hello").status == 400);
  CHECK(service.get("http://gw/shop/items") == "200 hello");
  service.done("DELETE", "apis/shop/policies/policy");
  service.done("DELETE", "policyFragments/hello");
  CHECK(text_at(service.call("GET", "policyFragments"), "count") == "0");
}

TEST_CASE("Documents become well formed where they are not, and stay the same elsewhere", "[management][policies]") {
  const std::string same = "<a b=\"x &amp; y\" c='it&apos;s'><!-- < & \" --><d>t &lt; u</d><![CDATA[< &]]>_</a>";
  CHECK(to_well_formed(same) == same);
  CHECK(to_well_formed("<a b=\"@(x < \"q\" && y > 'c')\">@{ return a < b; }</a>") ==
        "<a b=\"@(x &lt; &quot;q&quot; &amp;&amp; y &gt; &apos;c&apos;)\">@{ return a &lt; b; }</a>");
  CHECK(to_well_formed("<a>") == "<a>");
}
