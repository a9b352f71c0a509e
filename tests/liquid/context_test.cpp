// SPDX-License-Identifier: Apache-2.0
// What templates see of the running request.
#include <sluice/liquid.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;

namespace {

std::string of_context(std::string_view text) {
  LiquidFixture fixture;
  Request& request = fixture.context.request;
  RequestContext& context = fixture.context.context;
  REQUIRE(request.set_url("https://gateway.test:8443/api/items/7?q=a%20b&q=c&r=1"));
  request.method = "POST";
  request.client_address = "203.0.113.7";
  request.headers.set("X-Priority", "high");
  request.headers.append("X-Many", "a");
  request.headers.append("X-Many", "b");
  context.original_method = "PUT";
  static const MatchedParameter matched[] = {{"id", "7"}};
  context.matched_parameters = matched;
  context.variables.set("name", Value::string("text"));
  context.replace_response().status = 404;
  context.response.headers.set("X-Answer", "yes");
  return fixture.render(text);
}

}  // namespace

TEST_CASE("the request's parts", "[liquid][context]") {
  CHECK(of_context("{{ context.Request.Method }} {{ context.Request.OriginalMethod }} {{ context.Request.IpAddress }} "
                   "{{ context.Request.HasBody }}") == "POST PUT 203.0.113.7 false");
  CHECK(of_context("{{ context.Request.MatchedParameters.id }}{{ context.Request.MatchedParameters[\"id\"] }}"
                   "[{{ context.Request.MatchedParameters['x'] }}]") == "77[]");
  CHECK(of_context("[{{ context.Request.ClientCertificates }}]") == "[]");
  CHECK(of_context("[{{ context.Nothing.More }}{{ context.Request.Nothing }}]") == "[]");
}

TEST_CASE("URLs and their parts", "[liquid][context]") {
  CHECK(of_context("{{ context.Request.OriginalUrl.Scheme }} {{ context.Request.OriginalUrl.Host }} "
                   "{{ context.Request.OriginalUrl.Port }} {{ context.Request.OriginalUrl.Path }} "
                   "{{ context.Request.OriginalUrl.QueryString }}") ==
        "https gateway.test 8443 /api/items/7 ?q=a%20b&q=c&r=1");
  CHECK(of_context("{{ context.Request.OriginalUrl.Query.q }} {{ context.Request.OriginalUrl.Query['r'] }}") ==
        "a b,c 1");
  const std::string url = "https://gateway.test:8443/api/items/7?q=a%20b&q=c&r=1";
  CHECK(of_context("{{ context.Request.OriginalUrl }}") == url);
  CHECK(of_context("{{ context.Request.OriginalUrl.ToUri }} {{ context.Request.OriginalUrl.ToString }}") ==
        url + " " + url);
}

TEST_CASE("headers by name and in order", "[liquid][context]") {
  CHECK(of_context("{{ context.Request.Headers.X-Priority }} {{ context.Request.Headers['x-many'] }}") == "high a,b");
  CHECK(of_context("{% for h in context.Request.Headers %}{{ h.Key }}: {{ h.Value }}\n{% endfor %}") ==
        "X-Priority: high\nX-Many: a,b\n");
  CHECK(of_context("{% if context.Request.Headers contains 'X-Priority' %}t{% endif %}") == "t");
}

TEST_CASE("the answer's parts", "[liquid][context]") {
  CHECK(
      of_context(
          "{{ context.Response.StatusCode }} {{ context.Response.Method }} {{ context.Response.Headers.X-Answer }}") ==
      "404 POST yes");
  LiquidFixture before;
  CHECK(before.render("[{{ context.Response.StatusCode }}]") == "[]");
}

TEST_CASE("variables, with what is in them", "[liquid][context]") {
  CHECK(of_context("{{ context.Variables.name }} {{ context.Variables[\"name\"] }}[{{ context.Variables.x }}]") ==
        "text text[]");
  CHECK(of_context("{{ context.Variables.size }}") == "1");
}

TEST_CASE("what changes something is out of reach", "[liquid][context]") {
  // Methods are no parts, by whatever name.
  CHECK(of_context("[{{ context.Trace }}{{ context['$items'] }}{{ context.Request.Headers.GetValueOrDefault }}]") ==
        "[]");
  CHECK(of_context("[{{ context.Request.Body.As }}]") == "[]");
}
